"""Counting on the server: brings the counted rows up to date, then answers from one snapshot."""
