"""The benchmark's own arithmetic and workload: a wrong measure is worse than none."""
