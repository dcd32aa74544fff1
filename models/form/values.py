"""One reader per question type: a JSON value in, the stored value out, or `BadValueError` with a code.

Stored shapes: text str; integer int; number int|float; date "YYYY-MM-DD"; choice str; choices list of str;
boolean; nik, kk 16 digits; phone digits with an optional leading +; position {"lat","lon","accuracy_m"};
rows list of {"row": uuid, column: value, …}.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from unicodedata import normalize

from models.form.definition import Field
from models.form.nik import is_nik
from models.form.rules import NONRESPONSE

LARGEST = 2**53
LONGEST = 500
MOST = 500
FIRST_DAY, LAST_DAY = "1850-01-01", "2200-12-31"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9]{8,15}", re.ASCII)
_SPACING = re.compile(r"[\s().\-]+")


class BadValueError(ValueError):
    """An impossible value; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _text(_: Field, value: Any) -> str:
    """NFC, without control characters, trimmed, at most 500 characters."""
    if not isinstance(value, str):
        raise BadValueError("type")
    if len(value) <= LONGEST and value.isascii() and value.isprintable():
        return value.strip()
    clean = normalize("NFC", _SURROGATE.sub("\ufffd", _CONTROL.sub("", value))).strip()
    if len(clean) > LONGEST:
        raise BadValueError("too_long")
    return clean


def _number(found: Field, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValueError("type")
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise BadValueError("number")
    low, high = found.min, found.max
    if (isinstance(low, int | float) and value < low) or (isinstance(high, int | float) and value > high):
        raise BadValueError("range")
    return value


def _integer(found: Field, value: Any) -> int:
    """A whole number; 3.0 is stored as 3."""
    number = _number(found, value)
    if number != int(number):
        raise BadValueError("type")
    return int(number)


def _date(found: Field, value: Any) -> str:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise BadValueError("date")
    try:
        date.fromisoformat(value)
    except ValueError:
        raise BadValueError("date") from None
    if not str(found.min or FIRST_DAY) <= value <= str(found.max or LAST_DAY):
        raise BadValueError("range")
    return value


def _choice(found: Field, value: Any) -> str:
    """A finer choice or a group; a group with one finer choice becomes that choice."""
    if not isinstance(value, str) or value not in found.values:
        raise BadValueError("choice")
    if found.choice(value) is None:
        group = found.group_of(value)
        if group is not None and len(group.choices) == 1:
            return group.choices[0]
    return value


def _choices(found: Field, value: Any) -> list[str]:
    """Each option once, in the order given."""
    if not isinstance(value, list) or len(value) > MOST:
        raise BadValueError("type")
    return list(dict.fromkeys(_choice(found, item) for item in value))


def _boolean(_: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadValueError("type")
    return value


def _digits(_: Field, value: Any) -> str:
    """Sixteen ASCII digits, nothing else, after trimming."""
    if not isinstance(value, str) or not is_nik(value.strip()):
        raise BadValueError("digits")
    return value.strip()


def _phone(_: Field, value: Any) -> str:
    """8 to 15 digits; spaces, dots, dashes and brackets are dropped, 62… and +62… become 0…."""
    if not isinstance(value, str) or not _PHONE.fullmatch(plain := _SPACING.sub("", value)):
        raise BadValueError("phone")
    return re.sub(r"\A\+?62", "0", plain)


def _position(_: Field, value: Any) -> dict[str, Any]:
    """Degrees within the globe and a non-negative accuracy in metres, or none."""
    if not isinstance(value, Mapping):
        raise BadValueError("position")
    lat, lon, accuracy = (value.get(key) for key in ("lat", "lon", "accuracy_m"))
    if not _within(lat, -90, 90) or not _within(lon, -180, 180):
        raise BadValueError("position")
    if accuracy is not None and not _within(accuracy, 0, LARGEST):
        raise BadValueError("position")
    return {"lat": lat, "lon": lon, "accuracy_m": accuracy}


def _within(value: Any, low: float, high: float) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and low <= value <= high


def _rows(found: Field, value: Any) -> list[dict[str, Any]]:
    """Rows by key `row`, the last of two equal keys; unknown columns are kept, null ones dropped."""
    if not isinstance(value, list) or len(value) > MOST:
        raise BadValueError("type")
    rows = [_row(found, item) for item in value]
    return list({row["row"]: row for row in rows}.values())


def _row(found: Field, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not isinstance(value.get("row"), str):
        raise BadValueError("row")
    if not _UUID.fullmatch(value["row"].lower()):
        raise BadValueError("row")
    row = {key: item for key, item in value.items() if item is not None} | {"row": value["row"].lower()}
    for column in found.columns:
        item = row.get(column.id)
        if item is not None and not (isinstance(item, str) and item in NONRESPONSE):
            row[column.id] = READERS[column.type](column, item)
    return row


READERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "boolean": _boolean,
    "nik": _digits,
    "kk": _digits,
    "phone": _phone,
    "position": _position,
    "rows": _rows,
}
