"""Decides what one cell means: text, number string of 16 digits, day, coordinate; hidden characters never count.

Dukcapil's files carry zero-width characters, no-break spaces and apostrophes before numbers; Excel turns long numbers
into floats. A cell that cannot be what it says raises UnreadableCellError; an empty one (also `-` and `0000-00-00`)
is None.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from models.exchange.reasons import UnreadableCellError

Cell: TypeAlias = str | int | float | bool | datetime | date | None
NONE_WORDS = frozenset({"", "-", "--", "null", "none", "n/a", "0000-00-00", "00-00-0000"})
EXCEL_ERRORS = frozenset({"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!"})
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_LAST_SERIAL = 80_000
OLDEST_YEARS = 130
DIGITS, YEAR_DIGITS = 16, 4
EXACT_FLOAT = 2**53
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{1,4})")
YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$")
LOST_NUMBER = re.compile(r"\A\d+([.,]\d+)?[eE]\+?\d+\Z")


def heading(cell: Cell) -> str:
    """A column heading as a name: hidden characters gone, lower case, one `_` for anything between words."""
    return re.sub(r"[^0-9a-z]+", "_", visible(cell).lower()).strip("_")


def visible(cell: Cell) -> str:
    """The cell as text: NFC, no control or format characters, one space between words."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_FLOAT:
        cell = int(cell)
    text = unicodedata.normalize("NFC", "" if cell is None else str(cell))
    kept = (" " if letter in "\n\r\t" else letter for letter in text)
    text = "".join(letter for letter in kept if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return " ".join(text.split())


def read_text(cell: Cell, limit: int = 500) -> str | None:
    """Visible text, None when empty or `-`."""
    text = visible(cell)
    if text.lower() in EXCEL_ERRORS:
        raise UnreadableCellError("rumus_salah", value=text)
    if text.lower() in NONE_WORDS:
        return None
    if len(text) > limit:
        raise UnreadableCellError("terlalu_panjang", limit=limit)
    return text


def read_number16(cell: Cell, kind: str) -> str | None:
    """A NIK (`kind` "nik") or no KK ("kk") as 16 digits; None when empty or 0.

    Anything but digits is dropped first (hidden characters, spaces, quotes). A number Excel has rounded is refused.
    """
    if isinstance(cell, float) and not (cell.is_integer() and abs(cell) < EXACT_FLOAT):
        raise UnreadableCellError(f"{kind}_rusak", value=f"{cell:.4G}")
    text = visible(cell)
    if LOST_NUMBER.match(text.replace(" ", "")):
        raise UnreadableCellError(f"{kind}_rusak", value=text)
    digits = re.sub(r"[^0-9]", "", text)
    if not digits.strip("0"):
        return None
    if len(digits) != DIGITS:
        raise UnreadableCellError(f"{kind}_bukan_16", length=len(digits))
    if isinstance(cell, (int, float)) and digits.endswith("0" if isinstance(cell, float) else "0000"):
        raise UnreadableCellError(f"{kind}_rusak", value=text)
    return digits


def is_temporary(number: str) -> bool:
    """OpenSID's own numbers for people or KK without one begin with 0."""
    return number.startswith("0")


def read_day(cell: Cell, today: date) -> date | None:
    """A calendar day not after `today`, at most 130 years back; None when empty."""
    day = _day(cell)
    if day is None:
        return None
    if day > today:
        raise UnreadableCellError("tanggal_mendatang", value=f"{day:%d-%m-%Y}")
    if day.year < today.year - OLDEST_YEARS:
        raise UnreadableCellError("tanggal_terlalu_lama", value=_printed(day))
    return day


def _printed(day: date) -> str:
    return f"{day.day:02}-{day.month:02}-{day.year:04}"


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and 0 < cell < EXCEL_LAST_SERIAL:
        return EXCEL_EPOCH + timedelta(days=int(cell))
    text = read_text(cell)
    if text is None or re.fullmatch(r"[0\W]+", text):
        return None
    bare = CLOCK.sub("", text)
    if match := YEAR_FIRST.fullmatch(bare):
        return _calendar(text, *map(int, match.groups()))
    if match := DAY_FIRST.fullmatch(bare):
        if len(match[3]) != YEAR_DIGITS:
            raise UnreadableCellError("tanggal_tahun_pendek", value=text)
        return _calendar(text, int(match[3]), int(match[2]), int(match[1]))
    raise UnreadableCellError("tanggal_tak_terbaca", value=text)


def _calendar(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnreadableCellError("tanggal_mustahil", value=text) from error


def read_coordinate(cell: Cell, limit: float) -> float | None:
    """A latitude (`limit` 90) or longitude (180), decimal comma allowed; None when empty or 0."""
    text = read_text(cell)
    if text is None:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError as error:
        raise UnreadableCellError("koordinat_salah", value=text) from error
    if not -limit <= value <= limit:
        raise UnreadableCellError("koordinat_salah", value=text)
    return value or None


def kept(cell: Cell) -> Any:
    """A cell as JSON that `restored` turns into the same cell again."""
    if isinstance(cell, datetime):
        return {"instant": cell.isoformat()}
    return {"day": cell.isoformat()} if isinstance(cell, date) else cell


def restored(value: Any) -> Cell:
    """The cell `kept` was given."""
    if isinstance(value, dict):
        return datetime.fromisoformat(value["instant"]) if "instant" in value else date.fromisoformat(value["day"])
    return value  # type: ignore[no-any-return]
