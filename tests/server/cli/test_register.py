"""``dawis register``: what the command says, writes and refuses."""

import csv
import json

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from models.records import Record
from models.register import ReferenceTotal
from server.transaction import snapshot
from tests.server.register.files import DESA, HEADINGS, read_csv, two_families, write_csv


@pytest.fixture
def bad_file(tmp_path):
    """Two families, and five rows that cannot be taken."""
    good = two_families()
    bad = [
        good[0] | {"nama": "KEMBAR"},
        good[0] | {"nik": "3522140101800009", "tanggallahir": "31-02-1990"},
        good[0] | {"nik": "3,5E+15", "sex": "9"},
        good[0] | {"nik": "3522140101800008", "no_kk": ""},
        good[0] | {"nik": "3522140101800007", "status_dasar": "2"},
    ]
    return write_csv(tmp_path / "warga.csv", [*good, *bad])


def members():
    with snapshot() as session:
        return session.scalar(select(func.count()).select_from(Record).where(Record.kind == "member"))


def test_import__dry_run__says_what_would_happen_and_writes_nothing(dawis, world, bad_file):
    result = dawis("register", "import", str(bad_file), "--desa", DESA, "--dry-run", "--json")
    said = json.loads(result.stdout)
    assert (said["rows"], said["people"], said["rejected"], said["skipped"]) == (9, 4, 4, 1)
    assert (said["dry_run"], said["members"]["new"], members()) == (True, 4, 0)


def test_import__rejected_rows__come_back_with_row_column_and_reason(dawis, world, bad_file, tmp_path):
    errors = tmp_path / "ditolak.csv"
    result = dawis("register", "import", str(bad_file), "--desa", DESA, "--errors", str(errors), "--json")
    assert result.exit_code == 0, result.output
    lines = read_csv(errors)
    assert lines[0] == ["baris", "kolom", "alasan"]
    assert [(line[0], line[1]) for line in lines[1:]] == [
        ("6", "nik"),
        ("7", "tanggallahir"),
        ("8", "nik"),
        ("8", "sex"),
        ("9", "no_kk"),
    ]
    assert all(line[2] for line in lines[1:])
    assert members() == 4
    assert json.loads(result.stdout)["skips"] == [
        {"row": 10, "column": "status_dasar", "reason": "status dasar 2: tidak membuat warga"}
    ]


def test_import__no_errors_file_named__is_written_beside_the_file(dawis, world, bad_file):
    said = json.loads(dawis("register", "import", str(bad_file), "--desa", DESA, "--dry-run", "--json").stdout)
    assert said["errors_file"] == str(bad_file.with_name("warga-ditolak.csv"))
    assert len(read_csv(bad_file.with_name("warga-ditolak.csv"))) == 6


def test_import__twice_then_undo__json_only_on_standard_output(dawis, world, tmp_path):
    path = str(write_csv(tmp_path / "warga.csv", two_families()))
    first = json.loads(dawis("register", "import", path, "--desa", DESA, "--json").stdout)
    second = json.loads(dawis("register", "import", path, "--desa", DESA, "--json").stdout)
    assert (second["import"], second["edits"], second["members"]) == (None, 0, {"new": 0, "changed": 0})
    undone = json.loads(dawis("register", "undo", first["import"], "--json").stdout)
    assert undone["deleted"] == 8
    assert dawis("register", "undo", first["import"]).exit_code == 1
    assert dawis("register", "undo", "nothing").exit_code == 1


def test_import__xlsx_in_any_order_and_part__is_read(dawis, world, tmp_path):
    book = Workbook()
    sheet = book.active
    names = ("rt", "nik", "nama", "no_kk", "kk_level", "sex", "tanggallahir")
    sheet.append(["DATA PENDUDUK DESA"])
    sheet.append([name.upper() for name in names])
    for row in two_families():
        sheet.append([row[name] for name in names])
    book.save(tmp_path / "warga.xlsx")
    said = json.loads(dawis("register", "import", str(tmp_path / "warga.xlsx"), "--desa", DESA, "--json").stdout)
    assert (said["rejected"], said["members"]["new"], said["placeholders"]) == (0, 4, 2)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 broken", b"a;b\n1;2\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)]
)
def test_import__bad_file__one_sentence_and_nothing_written(dawis, world, tmp_path, data):
    path = tmp_path / "rusak.xlsx"
    path.write_bytes(data)
    result = dawis("register", "import", str(path), "--desa", DESA, "--json")
    assert result.exit_code == 1
    assert (result.stdout, members()) == ("", 0)
    assert "Error: " in result.stderr


def test_import__unknown_desa__is_refused(dawis, world, tmp_path):
    path = write_csv(tmp_path / "warga.csv", two_families())
    assert dawis("register", "import", str(path), "--desa", "35.22.14.2099").exit_code == 1


def test_export__after_import__gives_the_same_file_back(dawis, world, tmp_path):
    write_csv(tmp_path / "warga.csv", two_families())
    dawis("register", "import", str(tmp_path / "warga.csv"), "--desa", DESA)
    assert dawis("register", "export", str(tmp_path / "keluar.csv"), "--desa", DESA).exit_code == 0
    with (tmp_path / "warga.csv").open(newline="") as file:
        assert read_csv(tmp_path / "keluar.csv") == list(csv.reader(file))
    assert read_csv(tmp_path / "keluar.csv")[0] == list(HEADINGS)


def test_reference__totals_by_semester__are_kept_and_replaced(dawis, world, tmp_path):
    path = tmp_path / "acuan.csv"
    path.write_text(
        "kode desa;kk;orang;sumber;tanggal\n3522142011;640;1.985;Dukcapil;30-06-2026\n9999999999;1;1;D;30-06-2026\n"
    )
    said = json.loads(dawis("register", "reference", str(path), "--json").stdout)
    assert (said["loaded"], said["errors"][0]["column"]) == (1, "kode desa")
    path.write_text("kode,kk\n35.22.14.2011,650\n")
    assert dawis("register", "reference", str(path), "--source", "Dukcapil", "--date", "2026-06-30").exit_code == 0
    with snapshot() as session:
        [total] = session.scalars(select(ReferenceTotal))
        assert (total.families, total.people, total.source) == (650, None, "Dukcapil")
