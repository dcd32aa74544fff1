"""Requests nobody should send: hostile values, damaged bytes, broken transport."""
