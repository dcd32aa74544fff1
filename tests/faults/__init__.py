"""Real faults: processes that die at every point, power that fails, disks that fill, and many writers at once."""
