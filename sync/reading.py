"""Decides what an edit of the wire says: shape by shape, damage costing as little as it can.

A value that cannot be stored, or a structural key with an impossible value, costs its field.  A patch without kind, id
or object shape costs the edit.  Nothing here costs the request.
"""

import re
from datetime import UTC, date, datetime
from typing import Any

from models.form.values import FIRST_DAY, LAST_DAY
from models.structure import OUTCOMES, REFERENCES, STATES, STRUCTURAL
from sync.clean import LARGEST, ImpossibleError, is_plain, text, value
from sync.edit import Adjust, Edit, Patch, Unread

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
LONGEST_NAME, LONGEST_FIELD, LONGEST_CODE = 64, 100, 40
UNREADABLE, SEALED = "unreadable", "sealed"
CHOICE, REFERENCE, POSITION, DAY, CODE, ADJUST, NAME = (
    "choice",
    "reference",
    "position",
    "date",
    "code",
    "adjust",
    "field",
)


MOST_NAMES = 2048
_names: dict[str, str] = {}
"""Field ids that were read before, as they are stored."""


class _UnreadableError(Exception):
    """An edit that has not the shape of one."""


def read_edit(given: Any, form: str) -> Edit | Unread:
    """Read one element of ``edits``; ``form`` is the request's, for edits that name none."""
    if not isinstance(given, dict):
        return Unread(None, None, UNREADABLE)
    n, name = number(given.get("n")), identifier(given.get("id"))
    n = n if n and n > 0 else None
    if n is None or name is None or "raw" in given:
        return Unread(n, name, UNREADABLE)
    if "sealed" in given:
        return Unread(n, name, SEALED)
    try:
        patches = tuple(_patch(item) for item in _list(given.get("patches")))
    except _UnreadableError:
        return Unread(n, name, UNREADABLE)
    settles = given.get("settles")
    decided = tuple(text(item) for item in settles if isinstance(item, str)) if isinstance(settles, list) else ()
    named = given.get("form")
    if not isinstance(named, str | None):
        return Unread(n, name, UNREADABLE)
    version = text(named)[:LONGEST_CODE] if named else form
    return Edit(n, name, instant(given.get("at")), day(given.get("visited_on")), version, patches, decided)


def _patch(given: Any) -> Patch:
    if not isinstance(given, dict):
        raise _UnreadableError
    kind, name = given.get("kind"), given.get("id")
    if not isinstance(kind, str) or not isinstance(name, str) or not UUID.match(name.lower()):
        raise _UnreadableError
    base = number(given.get("base", 0))
    if base is None or base < 0:
        raise _UnreadableError
    lost: list[tuple[str, str]] = []
    values = _values(kind, _dict(given.get("set")), lost)
    changes = _adjusts(_dict(given["adjust"]), lost) if given.get("adjust") is not None else {}
    return Patch(text(kind)[:LONGEST_CODE], name.lower(), base, values, changes, tuple(lost))


def _values(kind: str, given: dict[str, Any], lost: list[tuple[str, str]]) -> dict[str, Any]:
    """Read ``set``; what cannot be stored goes to ``lost``."""
    structure = STRUCTURAL.get(kind, frozenset())
    values: dict[str, Any] = {}
    for field, item in given.items():
        key = _names.get(field)
        if key is not None and key not in structure and is_plain(item):
            values[key] = item
            continue
        key = field_name(field)
        try:
            stored = value(item)
            values[_known(key, NAME)] = structural(str(key), stored) if key in structure else stored
        except ImpossibleError as error:
            lost.append((key or text(field)[:LONGEST_FIELD], error.code))
    return values


def _adjusts(given: dict[str, Any], lost: list[tuple[str, str]]) -> dict[str, Adjust]:
    changes: dict[str, Adjust] = {}
    for field, item in given.items():
        key = field_name(field)
        try:
            changes[_known(key, NAME)] = _adjust(item)
        except ImpossibleError as error:
            lost.append((key or text(field)[:LONGEST_FIELD], error.code))
    return changes


def _adjust(given: Any) -> Adjust:
    add, remove = (given.get("add"), given.get("remove")) if isinstance(given, dict) else (1, 1)
    if not isinstance(add, list | None) or not isinstance(remove, list | None):
        raise ImpossibleError(ADJUST)
    return Adjust(tuple(value(add or [])), tuple(value(remove or [])))


def structural(key: str, given: Any) -> Any:
    """Return the structural value as stored; raises ImpossibleError."""
    if key in REFERENCES:
        return _reference(given)
    if key == "position":
        return _position(given)
    if key == "on":
        return _known(day(given), DAY)
    if key == "seen":
        seen = number(given)
        return _known(seen if seen is None or seen >= 0 else None, "number")
    if key in {"outcome", "state"} and given not in (OUTCOMES if key == "outcome" else (*STATES, None)):
        raise ImpossibleError(CHOICE)
    if key in {"dasawisma", "type"} and not (isinstance(given, str) and 0 < len(given) <= LONGEST_CODE):
        raise ImpossibleError(CODE)
    if key == "state_reason" and not isinstance(given, str | None):
        raise ImpossibleError(CODE)
    return given


def _known(given: Any, code: str) -> Any:
    if given is None:
        raise ImpossibleError(code)
    return given


def _reference(given: Any) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str) or not UUID.match(given.lower()):
        raise ImpossibleError(REFERENCE)
    return given.lower()


def _position(given: Any) -> Any:
    if given is None:
        return None
    try:
        lat, lon, accuracy = (given.get(key) for key in ("lat", "lon", "accuracy_m"))
        good = abs(lat) <= 90 and abs(lon) <= 180 and (accuracy is None or accuracy >= 0)  # noqa: PLR2004 (degrees)
    except (AttributeError, TypeError):
        good = False
    if not good or any(isinstance(item, bool) for item in (lat, lon, accuracy)):
        raise ImpossibleError(POSITION)
    return given


def number(given: Any) -> int | None:
    """Return an integer that fits 2^53, or None."""
    return given if type(given) is int and abs(given) <= LARGEST else None


def identifier(given: Any) -> str | None:
    """Return a usable id of an edit or outbox (1 to 64 printable characters), or None."""
    if not isinstance(given, str) or not 0 < len(given) <= LONGEST_NAME:
        return None
    return given if given.isascii() and given.isprintable() else None


def field_name(given: str) -> str | None:
    """Return a usable field id, or None."""
    if not (0 < len(given) <= LONGEST_FIELD and given.isprintable() and "/" not in given):
        return None
    name = text(given)
    if len(_names) < MOST_NAMES:
        _names[given] = name
    return name


def instant(given: Any) -> datetime | None:
    """Return an aware instant of an ISO text, or None; a text without zone is UTC."""
    if not isinstance(given, str):
        return None
    try:
        moment = datetime.fromisoformat(given)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(given: Any) -> str | None:
    """Return an ISO day of the form 2026-11-22 that can be counted with (as for questions), or None."""
    try:
        found = date.fromisoformat(given).isoformat() if isinstance(given, str) and len(given) == 10 else ""  # noqa: PLR2004
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= LAST_DAY else None


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise _UnreadableError
    return given


def _dict(given: Any) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise _UnreadableError
    return given
