"""Independent totals of desa."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from models.exchange.reasons import UnreadableFileError
from models.exchange.reference import ReferenceLine, read_reference

TODAY = date(2026, 11, 23)


def written(folder: Path, text: str) -> Path:
    path = folder / "reference.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_read_reference__codes_and_numbers__in_either_style(tmp_path: Path) -> None:
    text = "Kode Desa;KK;Orang;Sumber;Tanggal\n35.22.14.2011;1.204;3518;Dukcapil;30-06-2026\n3522142012;900;;Dukcapil;2026-06-30\n"
    lines, rejections = read_reference(written(tmp_path, text), TODAY)
    assert rejections == []
    assert lines[0] == ReferenceLine(2, "35.22.14.2011", 1204, 3518, "Dukcapil", date(2026, 6, 30))
    assert (lines[1].code, lines[1].people) == ("35.22.14.2012", None)


def test_read_reference__xlsx_numbers__are_read(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["kode", "jumlah kk", "jumlah penduduk"])
    sheet.append([3522142011, 1204, 3518.0])
    book.save(tmp_path / "a.xlsx")
    lines, _ = read_reference(tmp_path / "a.xlsx", TODAY, "Dukcapil semester I", date(2026, 6, 30))
    assert (lines[0].code, lines[0].families, lines[0].people) == ("35.22.14.2011", 1204, 3518)


def test_read_reference__bad_rows__come_back_with_column_and_reason(tmp_path: Path) -> None:
    text = "kode;kk;orang;sumber;tanggal\n12;5;;D;30-06-2026\n3522142011;x;;D;30-06-2026\n3522142011;;;D;1-1-2026\n3522142011;4;;D;\n"
    lines, rejections = read_reference(written(tmp_path, text), TODAY)
    assert lines == []
    assert [(one.row, one.column, one.code) for one in rejections] == [
        (2, "kode desa", "nilai_mustahil"),
        (3, "kk", "nilai_mustahil"),
        (4, "kk", "kosong"),
        (5, "tanggal", "kosong"),
    ]


def test_read_reference__no_column_kk__says_what_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="kode desa, kk"):
        read_reference(written(tmp_path, "kode;orang\n3522142011;4\n"), TODAY)
