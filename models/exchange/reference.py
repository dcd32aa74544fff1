"""Decides how independent totals of desa are read: code, KK, people, source and day, one desa a row.

    kode desa ; kk ; orang ; sumber ; tanggal
    35.22.14.2011 ; 1.204 ; 3.518 ; Dukcapil semester I 2026 ; 30-06-2026

Codes with or without dots; numbers with or without separators; source and day may be given for the whole file instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.exchange.reasons import Rejection, UnreadableCellError, UnreadableFileError
from models.exchange.rows import Row, read_table
from models.exchange.values import Cell, heading, read_day, read_text, visible

HEADINGS = {
    "kode": ("kode desa", "kode", "kode wilayah", "kode kelurahan", "kode desa/kelurahan", "desa"),
    "kk": ("kk", "jumlah kk", "keluarga", "jumlah keluarga"),
    "orang": ("orang", "penduduk", "jumlah penduduk", "jiwa", "jumlah jiwa"),
    "sumber": ("sumber", "source"),
    "tanggal": ("tanggal", "date", "per tanggal", "keadaan"),
}
MOST = 500_000
DESA_DIGITS = 10


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """The totals of one desa; `people` is None where the source has no such number."""

    row: int
    code: str
    families: int
    people: int | None
    source: str
    on: date


def read_reference(
    path: Path, today: date, source: str | None = None, on: date | None = None
) -> tuple[list[ReferenceLine], list[Rejection]]:
    """All readable lines and what was turned down; `source` and `on` fill missing cells.

    Raises UnreadableFileError.
    """
    table = read_table(path, (name for names in HEADINGS.values() for name in names))
    columns = {wanted: _column(table.names, names) for wanted, names in HEADINGS.items()}
    if columns["kode"] is None or columns["kk"] is None:
        raise UnreadableFileError("tanpa_judul", wanted="kode desa, kk")
    lines: list[ReferenceLine] = []
    rejections: list[Rejection] = []
    for row in table.rows:
        try:
            lines.append(_line(row, columns, today, source, on))
        except _RowError as error:
            rejections.append(Rejection(row.number, error.column, error.code, error.details))
    return lines, rejections


class _RowError(UnreadableCellError):
    def __init__(self, column: str, code: str, **details: object) -> None:
        super().__init__(code, **details)
        self.column = column


def _column(names: Iterable[str], wanted: tuple[str, ...]) -> str | None:
    spelled = [heading(name) for name in wanted]
    return next((name for name in names if heading(name) in spelled), None)


def _line(row: Row, columns: dict[str, str | None], today: date, source: str | None, on: date | None) -> ReferenceLine:
    def cell(wanted: str) -> Cell:
        return row.cells.get(columns[wanted] or "")

    families = _number(cell("kk"), "kk")
    if families is None:
        raise _RowError("kk", "kosong")
    try:
        day = read_day(cell("tanggal"), today) or on
        named = read_text(cell("sumber"), 120) or source
    except UnreadableCellError as error:
        raise _RowError("tanggal", error.code, **error.details) from error
    if day is None or named is None:
        raise _RowError("tanggal" if day is None else "sumber", "kosong")
    return ReferenceLine(row.number, _code(cell("kode")), families, _number(cell("orang"), "orang"), named, day)


def _code(cell: Cell) -> str:
    digits = re.sub(r"[^0-9]", "", visible(cell))
    if len(digits) != DESA_DIGITS:
        raise _RowError("kode desa", "nilai_mustahil", value=visible(cell) or "(kosong)")
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}"


def _number(cell: Cell, column: str) -> int | None:
    text = visible(cell)
    if text in {"", "-"}:
        return None
    if not re.fullmatch(r"\d{1,3}([., ]\d{3})+|\d+", text) or int(re.sub(r"\D", "", text)) > MOST:
        raise _RowError(column, "nilai_mustahil", value=text)
    return int(re.sub(r"\D", "", text))
