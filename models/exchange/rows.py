"""Decides how a spreadsheet becomes rows: XLSX (read only) and CSV, wherever the heading row stands.

`read_table` gives a `Table`: the headings as printed, their names (lower case, `_` for spaces, hidden characters
gone) and rows with the number the spreadsheet program shows. Cells are `str | int | float | bool | datetime | None`,
as found. Whatever is wrong with the file as a whole raises UnreadableFileError before a single row is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from models.exchange import csv_rows, xlsx_rows
from models.exchange.reasons import UnreadableFileError
from models.exchange.values import Cell, heading

MAX_BYTES = 60 * 1024 * 1024
MAX_ROWS = 100_000
HEADING_WITHIN = 15
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD_MARK = "EncryptedPackage".encode("utf-16-le")
Numbered: TypeAlias = tuple[int, list[Cell]]
Progress: TypeAlias = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: its number in the file and its non-empty cells by column name."""

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A read file: `names` in file order, `headings` as printed, `rows` without empty lines."""

    names: tuple[str, ...]
    headings: tuple[str, ...]
    rows: list[Row]


def read_table(path: Path, wanted: Iterable[str], progress: Progress = lambda _count: None) -> Table:
    """Read the sheet of a file that has the most headings out of `wanted`.

    Headings count as equal whatever their case, spaces and underscores. Raises UnreadableFileError.
    """
    known = {heading(name).replace("_", ""): name for name in wanted}
    best: tuple[int, list[Numbered], Iterator[Numbered]] | None = None
    for sheet in _sheets(path):
        start, rest = _opening(sheet)
        score = max((_score(cells, known) for _, cells in start), default=0)
        if best is None or score > best[0]:
            best = (score, start, rest)
    if best is None or best[0] == 0:
        raise UnreadableFileError("tanpa_judul", wanted="nama, no_kk, nik")
    return _table(best[1], best[2], known, progress)


def _sheets(path: Path) -> Iterable[Iterator[Numbered]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError("tak_ada", name=path.name) from error
    if not data.strip():
        raise UnreadableFileError("kosong")
    if len(data) > MAX_BYTES:
        raise UnreadableFileError("terlalu_besar", limit="60 MB")
    if data.startswith(OLE):
        raise UnreadableFileError("bersandi" if PASSWORD_MARK in data else "xls_lama")
    return xlsx_rows.sheets(data) if data.startswith(b"PK") else csv_rows.sheets(data)


def _opening(sheet: Iterator[Numbered]) -> tuple[list[Numbered], Iterator[Numbered]]:
    start = [numbered for _, numbered in zip(range(HEADING_WITHIN), sheet, strict=False)]
    return start, sheet


def _score(cells: list[Cell], known: Mapping[str, str]) -> int:
    return len({_name(cell, known) for cell in cells} & set(known.values()))


def _name(cell: Cell, known: Mapping[str, str]) -> str:
    name = heading(cell)
    return known.get(name.replace("_", ""), name)


def _table(start: list[Numbered], rest: Iterator[Numbered], known: Mapping[str, str], progress: Progress) -> Table:
    position = max(range(len(start)), key=lambda at: (_score(start[at][1], known), -at))
    printed = start[position][1]
    while printed and printed[-1] in (None, ""):
        printed = printed[:-1]
    names = tuple(_name(cell, known) for cell in printed)
    for name in set(names) & set(known.values()):
        if names.count(name) > 1:
            raise UnreadableFileError("judul_ganda", column=name)
    rows: list[Row] = []
    for number, cells in [*start[position + 1 :]]:
        _take(rows, names, number, cells)
    for number, cells in rest:
        _take(rows, names, number, cells)
        if len(rows) > MAX_ROWS:
            raise UnreadableFileError("terlalu_banyak_baris", limit=f"{MAX_ROWS:,}".replace(",", "."))
        if number % 1000 == 0:
            progress(number)
    if not rows:
        raise UnreadableFileError("kosong")
    return Table(names, tuple(str(cell if cell is not None else "") for cell in printed), rows)


def _take(rows: list[Row], names: tuple[str, ...], number: int, cells: list[Cell]) -> None:
    found: dict[str, Cell] = {
        name: cell for name, cell in zip(names, cells, strict=False) if name and cell not in (None, "")
    }
    if any(not isinstance(cell, str) or cell.strip() for cell in found.values()):
        rows.append(Row(number, found))
