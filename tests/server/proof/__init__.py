"""The check of a database."""
