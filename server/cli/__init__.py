"""The dawis command."""
