"""Tables as XLSX: a data sheet with frozen header and a metadata sheet; codes stay text."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from models.aggregates.totals import Totals
from server.downloads.cells import safe
from server.downloads.totals_table import columns_of, dictionary_of, metadata_of, rows_of

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = PatternFill("solid", fgColor="DDEBF7")
TEXT = "@"


def totals_workbook(totals: Totals) -> bytes:
    """Totals as a workbook: sheet ``Data`` and sheet ``Metadata``."""
    book = Workbook()
    data = book.worksheets[0]
    data.title = "Data"
    columns = columns_of(totals)
    _fill(data, [[column.label for column in columns], [column.name for column in columns], *rows_of(totals)])
    _head(data, 2, f"{get_column_letter(2 * _levels(totals) + 1)}3")
    for index, column in enumerate(columns, start=1):
        if column.unit == "kode":
            for row in range(3, data.max_row + 1):
                data.cell(row, index).number_format = TEXT
    sheet = book.create_sheet("Metadata")
    _fill(
        sheet,
        [
            ["Keterangan", "Isi"],
            *metadata_of(totals),
            [],
            ["Kolom", "Judul", "Satuan", "Definisi"],
            *dictionary_of(totals),
        ],
    )
    _head(sheet, 1, "A2")
    return _bytes(book)


def _levels(totals: Totals) -> int:
    return len(totals.lines[0].places) if totals.lines else 1


def book_workbook(book: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> bytes:
    """A recap book as a workbook of one sheet; ``rows`` as ``csv_file.book_rows`` makes them."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = book["book"]
    _fill(sheet, rows)
    _head(sheet, 5, "C6")
    return _bytes(workbook)


def _fill(sheet: Worksheet, rows: Sequence[Sequence[Any]]) -> None:
    for row in rows:
        sheet.append([safe(cell) for cell in row])
    for index, column in enumerate(sheet.columns, start=1):
        longest = max((len(str(cell.value)) for cell in column if cell.value is not None), default=0)
        sheet.column_dimensions[get_column_letter(index)].width = min(max(longest + 1, 8), 40)


def _head(sheet: Worksheet, rows: int, freeze: str) -> None:
    sheet.freeze_panes = freeze
    for row in sheet.iter_rows(min_row=1, max_row=rows):
        for cell in row:
            cell.font, cell.fill, cell.alignment = Font(bold=True), HEAD, Alignment(wrap_text=True, vertical="top")


def _bytes(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()
