"""Decides how CSV bytes become rows: UTF-8 (BOM or not), UTF-16 with BOM, else cp1252; `,` `;` tab or `|` between.

The separator is the one that splits the first non-empty line most often outside quotes; Excel's `sep=;` line wins.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.exchange.reasons import UnreadableFileError

if TYPE_CHECKING:
    from models.exchange.values import Cell

SEPARATORS = (";", ",", "\t", "|")
MAX_CELL = 100_000


def sheets(data: bytes) -> Iterator[Iterator[tuple[int, list[Cell]]]]:
    """The one sheet of a CSV file."""
    text = decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    yield _rows(text)


def decoded(data: bytes) -> str:
    """The text of the bytes; a file that is no text raises UnreadableFileError."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if data.count(0) > len(data) // 100:
        raise UnreadableFileError("bukan_tabel")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _rows(text: str) -> Iterator[tuple[int, list[Cell]]]:
    offset = 0
    if text[:4].lower() == "sep=" and "\n" in text:
        separator, text, offset = text[4], text.split("\n", 1)[1], 1
    else:
        separator = _separator(text)
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    number = offset
    try:
        for cells in reader:
            yield number + 1, list(cells)
            number = offset + reader.line_num
    except csv.Error as error:
        raise UnreadableFileError("csv_rusak", row=number + 1) from error


def _separator(text: str) -> str:
    first = next((line for line in text.split("\n") if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=outside.count)
