"""Decides which XLSX files are opened: plain workbooks, no macro, no bomb; sheets are read row by row.

Formulas are read as the values Excel stored last. A workbook of another kind, a cut-off archive or one that unpacks to
more than 400 MB raises UnreadableFileError.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from openpyxl import load_workbook

from models.exchange.reasons import UnreadableFileError

if TYPE_CHECKING:
    from openpyxl import Workbook

    from models.exchange.values import Cell

MAX_UNPACKED = 400 * 1024 * 1024
MACROS = "vbaproject.bin"
WORKBOOK = "xl/workbook.xml"


def sheets(data: bytes) -> Iterator[Iterator[tuple[int, list[Cell]]]]:
    """Every sheet of the workbook as numbered rows."""
    _inspect(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises KeyError, ValueError, BadZipFile and XML errors alike
        raise UnreadableFileError("rusak") from error
    yield from (_rows(book, name) for name in book.sheetnames)


def _inspect(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFileError("rusak") from error
    names = {member.filename for member in members}
    if any(name.lower().endswith(MACROS) for name in names):
        raise UnreadableFileError("makro")
    if WORKBOOK not in names:
        raise UnreadableFileError("bukan_tabel")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise UnreadableFileError("terlalu_besar", limit="400 MB setelah dibuka")


def _rows(book: Workbook, name: str) -> Iterator[tuple[int, list[Cell]]]:
    sheet = book[name]
    if not hasattr(sheet, "reset_dimensions"):
        return
    sheet.reset_dimensions()
    try:
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, cast("list[Cell]", list(row))
    except Exception as error:  # a cut-off sheet fails only while it is read
        raise UnreadableFileError("rusak") from error
