"""Sessions, guards, keys, headers."""
