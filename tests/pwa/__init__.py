"""The phone app held against the server, outside a browser."""
