"""Decides which JSON values can be stored, before any question is asked about their meaning.

Text loses NUL and other control characters (not tab and new line), lone surrogates become U+FFFD, and the rest is
brought to NFC.  What no database and no browser hold alike is impossible: a number beyond 2^53, NaN, text over 500
characters, nesting over six levels.
"""

import math
import re
from typing import Any
from unicodedata import normalize

LARGEST = 2**53
LONGEST = 500
SHORT = 100
DEEPEST = 6
WIDEST = 500
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
SURROGATE = re.compile("[\ud800-\udfff]")

TOO_LONG, TOO_DEEP, NUMBER, UNREADABLE = "too_long", "too_deep", "number", "value"


class ImpossibleError(Exception):
    """A value that costs its field; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unstorable:
    """Stands for a JSON number that Python's reader met and nothing can hold (NaN, 2^70 …)."""


UNSTORABLE = Unstorable()


def text(value: str) -> str:
    """The text as it is stored."""
    if value.isascii() and value.isprintable():
        return value
    value = SURROGATE.sub("\ufffd", CONTROL.sub("", value))
    return normalize("NFC", value)


def is_plain(given: Any) -> bool:
    """Whether a value is stored exactly as it is; most are."""
    if type(given) is str:
        return len(given) <= SHORT and given.isascii() and given.isprintable()
    return given is None or given is True or given is False


def value(given: Any, depth: int = 0) -> Any:
    """The value as it is stored; raises ImpossibleError."""
    if is_plain(given):
        return given
    if isinstance(given, str):
        return _short(text(given))
    if isinstance(given, int | float):
        return _number(given)
    if depth >= DEEPEST:
        raise ImpossibleError(TOO_DEEP)
    if isinstance(given, list) and len(given) <= WIDEST:
        return [item if is_plain(item) else value(item, depth + 1) for item in given]
    if isinstance(given, dict) and len(given) <= WIDEST:
        return {_short(text(str(key))): value(item, depth + 1) for key, item in given.items()}
    raise ImpossibleError(NUMBER if isinstance(given, Unstorable) else TOO_LONG)


def _short(given: str) -> str:
    if len(given) > LONGEST:
        raise ImpossibleError(TOO_LONG)
    return given


def _number(given: float) -> float:
    if isinstance(given, float) and not math.isfinite(given):
        raise ImpossibleError(NUMBER)
    if abs(given) > LARGEST:
        raise ImpossibleError(NUMBER)
    return given


def same(one: Any, other: Any) -> bool:
    """Whether two stored values say the same: case, spaces and Unicode form of text do not count."""
    return bool(_plain(one) == _plain(other))


def _plain(given: Any) -> Any:
    if isinstance(given, str):
        return " ".join(normalize("NFC", given).casefold().split())
    if isinstance(given, list):
        return [_plain(item) for item in given]
    if isinstance(given, dict):
        return {key: _plain(item) for key, item in given.items()}
    return ("bool", given) if isinstance(given, bool) else given
