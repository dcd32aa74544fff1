"""Bugs we plant on purpose, one at a time: the simulator must find each, or it proves nothing."""
