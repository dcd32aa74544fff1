"""Whether a database holds what it promises to hold."""
