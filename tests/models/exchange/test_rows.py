"""Files that can and cannot be read as a table."""

# ruff: noqa: DTZ001 (spreadsheets know no time zone)

import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from models.exchange import rows as subject
from models.exchange.reasons import UnreadableFileError
from models.exchange.rows import read_table

WANTED = ("nama", "no_kk", "nik", "tanggallahir")


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def workbook(*lines: list[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refused(path: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_table(path, WANTED)
    assert str(caught.value)
    return caught.value.code


def test_read_table__title_rows_above__finds_the_headings(tmp_path: Path) -> None:
    data = workbook(
        ["Data Penduduk"], [], ["NIK", "Nama", "No KK", "Tanggal Lahir"], ["1", "Siti", "2", datetime(1990, 1, 2)]
    )
    table = read_table(written(tmp_path, "a.xlsx", data), WANTED)
    assert table.names == ("nik", "nama", "no_kk", "tanggallahir")
    assert table.rows[0].number == 4
    assert table.rows[0].cells["tanggallahir"] == datetime(1990, 1, 2)


def test_read_table__second_sheet_holds_the_data__is_taken(tmp_path: Path) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.append(["Petunjuk"])
    second = book.create_sheet("Data")
    second.append(["nama", "nik"])
    second.append(["Siti", "1"])
    book.save(tmp_path / "b.xlsx")
    assert read_table(tmp_path / "b.xlsx", WANTED).rows[0].cells["nama"] == "Siti"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_read_table__csv_dialects__are_read(tmp_path: Path, separator: str, encoding: str) -> None:
    text = separator.join(("nama", "no_kk")) + "\r\n" + separator.join(('"Siti é; A, B"', "12")) + "\r\n\r\n"
    table = read_table(written(tmp_path, "a.csv", text.encode(encoding)), WANTED)
    assert [row.cells for row in table.rows] == [{"nama": "Siti é; A, B", "no_kk": "12"}]


def test_read_table__excel_separator_line__keeps_row_numbers(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a.csv", b"sep=;\nnama;nik\nSiti;1\n"), WANTED)
    assert [(row.number, row.cells["nama"]) for row in table.rows] == [(3, "Siti")]


def test_read_table__password__says_so(tmp_path: Path) -> None:
    data = subject.OLE + bytes(600) + subject.PASSWORD_MARK + bytes(100)
    assert refused(written(tmp_path, "a.xlsx", data)) == "bersandi"
    assert refused(written(tmp_path, "b.xls", subject.OLE + bytes(600))) == "xls_lama"


def test_read_table__broken_zip__says_so(tmp_path: Path) -> None:
    whole = workbook(["nama", "nik"], ["Siti", "1"])
    assert refused(written(tmp_path, "a.xlsx", whole[: len(whole) // 2])) == "rusak"
    hollow = whole.replace(b"PK\x05\x06", b"PK\x05\x07")
    assert refused(written(tmp_path, "b.xlsx", hollow)) == "rusak"


def test_read_table__sheet_cut_off_inside__says_so(tmp_path: Path) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["nama", "nik"], ["Siti", "1"]))) as source,
        zipfile.ZipFile(out, "w") as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[:-60] if name.endswith("sheet1.xml") else data)
    assert refused(written(tmp_path, "a.xlsx", out.getvalue())) == "rusak"


def test_read_table__macro__says_so(tmp_path: Path) -> None:
    out = io.BytesIO(workbook(["nama", "nik"], ["Siti", "1"]))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert refused(written(tmp_path, "a.xlsm", out.getvalue())) == "makro"


def test_read_table__other_files__are_turned_down(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "x")
    assert refused(written(tmp_path, "a.docx", out.getvalue())) == "bukan_tabel"
    assert refused(written(tmp_path, "b.csv", bytes(range(256)) * 4 + bytes(500))) == "bukan_tabel"
    assert refused(written(tmp_path, "c.csv", b"")) == "kosong"
    assert refused(written(tmp_path, "d.csv", b"nama,nik\n")) == "kosong"
    assert refused(written(tmp_path, "e.csv", b"a,b\n1,2\n")) == "tanpa_judul"
    assert refused(written(tmp_path, "f.csv", b"nama,nik,Nama\nx,y,z\n")) == "judul_ganda"
    assert refused(written(tmp_path, "g.csv", b'nama,nik\n"Siti,1\n')) == "csv_rusak"
    assert refused(tmp_path / "none.csv") == "tak_ada"


def test_read_table__too_many_rows__is_turned_down_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "MAX_ROWS", 30)
    assert refused(written(tmp_path, "a.csv", b"nama,nik\n" + b"Siti,1\n" * 40)) == "terlalu_banyak_baris"
