"""Decides how a value stands in a table file: never as a formula.

A text that begins with = + - @, tab or return could be run by a spreadsheet; it gets an apostrophe in front.
"""

from typing import Any

RISKY = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> Any:
    """The value as it may stand in CSV or XLSX."""
    if isinstance(value, str) and value.startswith(RISKY):
        return "'" + value
    return value
