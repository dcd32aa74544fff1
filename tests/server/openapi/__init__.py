"""The published document, and every role against it."""
