"""The sync contract seen from outside: an independent phone against the HTTP interface."""
