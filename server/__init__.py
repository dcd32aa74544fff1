"""Who asks, over HTTP or on the command line, and what they get."""
