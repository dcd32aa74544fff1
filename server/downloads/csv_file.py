"""Tables as CSV: UTF-8 with BOM, comma, CRLF, so that spreadsheets open them rightly."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from server.downloads.cells import safe

BOM = "\ufeff"
MIMETYPE = "text/csv; charset=utf-8"


def csv_bytes(rows: Iterable[Sequence[Any]]) -> bytes:
    """The file of some rows; None is an empty cell."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([["" if cell is None else safe(cell) for cell in row] for row in rows])
    return (BOM + out.getvalue()).encode()


def book_rows(book: Mapping[str, Any]) -> list[list[Any]]:
    """A recap book as printed: title, area, day; group headings, labels and column numbers; rows; the sum."""
    columns = book["columns"]
    return [
        [f"{book['book']} {book['title']}"],
        [book["name"], book["area"], book["as_of"]],
        _groups(columns),
        [column["label"] for column in columns],
        [column["number"] for column in columns],
        *(row["cells"] for row in book["rows"]),
        book["total"],
    ]


def _groups(columns: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """A group's heading stands over its first column."""
    before = [None, *(column["group"] for column in columns)]
    return [column["group"] if column["group"] != last else None for column, last in zip(columns, before, strict=False)]
