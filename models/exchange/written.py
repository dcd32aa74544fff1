"""Decides how rows become a file: XLSX with every text as text, or CSV with `;` that Excel opens by itself.

A text that a spreadsheet program would run as a formula keeps its characters in XLSX (typed as text); in CSV an
apostrophe stands before it only where `guard` is asked for, since an exchange file must come back unchanged.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from models.exchange.values import Cell

FORMULA_STARTS = ("=", "+", "-", "@", "\t")


def as_csv(rows: Iterable[Sequence[Cell]], *, separator: str = ";", guard: bool = False) -> bytes:
    """The rows as UTF-8 with BOM."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerows([[_guarded(cell) if guard else _plain(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Sequence[Cell]], title: str) -> bytes:
    """The rows as one sheet; texts are typed as text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=cast("Any", value))
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_table(path: Path, rows: Iterable[Sequence[Cell]], *, title: str = "Data", guard: bool = False) -> None:
    """Write the rows beside the place and move them there: XLSX by the name's ending, else CSV."""
    is_sheet = path.suffix.lower() == ".xlsx"
    part = path.with_name(path.name + ".part")
    part.write_bytes(as_xlsx(rows, title) if is_sheet else as_csv(rows, guard=guard))
    part.replace(path)


def _plain(cell: Cell) -> str:
    if isinstance(cell, date):
        return f"{cell.day:02}-{cell.month:02}-{cell.year:04}"
    return "" if cell is None else str(cell)


def _guarded(cell: Cell) -> str:
    text = _plain(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
