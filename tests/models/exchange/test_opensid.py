"""Rows of OpenSID's resident file."""

# ruff: noqa: PT018 (one fact in two halves)

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.exchange.opensid import Reading, read_residents
from models.exchange.opensid_columns import opensid_columns
from models.exchange.places import Place
from models.exchange.reasons import UnreadableFileError
from models.exchange.rows import read_table
from models.exchange.rtm import read_rtm
from models.form.definition import load

TODAY = date(2026, 11, 23)
FORM = load()
COLUMNS = opensid_columns()
SITI = {
    "nama": "SITI AMINAH",
    "no_kk": "3522140101120001",
    "nik": "3522144101900001",
    "sex": "2",
    "tanggallahir": "01-01-1990",
    "kk_level": "1",
    "status_kawin": "CERAI MATI",
    "agama_id": "ISLAM",
    "dusun": "KRAJAN",
    "rw": "2",
    "rt": "003",
    "status_dasar": "1",
    "alamat": "JL. MELATI",
}


def read(folder: Path, *rows: dict[str, Any], headings: tuple[str, ...] = ()) -> Reading:
    names = headings or tuple(dict.fromkeys(name for row in rows for name in row))
    lines = [";".join(names), *(";".join(str(row.get(name, "")) for name in names) for row in rows)]
    path = folder / "warga.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_residents(read_table(path, COLUMNS.by_name), COLUMNS, TODAY, FORM)


def member(role: str) -> str:
    return FORM.role("member", role)


def test_columns__opensid__are_43() -> None:
    assert len(COLUMNS.standard) == 43
    assert COLUMNS.standard[:3] == ("alamat", "dusun", "rw")


def test_read_residents__codes_or_words__give_the_same_answers(tmp_path: Path) -> None:
    coded = SITI | {
        "nik": "3522144101900002",
        "status_kawin": "4",
        "agama_id": "01",
        "sex": "PEREMPUAN",
        "kk_level": "Kepala Keluarga",
    }
    one, other = read(tmp_path, SITI, coded).people
    assert one.answers["member"] == other.answers["member"] | {member("nik"): one.nik}
    assert one.answers["member"][member("marital")] == "cerai_mati"
    assert one.answers["member"][member("sex")] == "P"
    assert one.is_head and other.is_head
    assert one.answers["member"][member("born")] == "1990-01-01"
    assert one.answers["household"][FORM.role("household", "address")] == "JL. MELATI"


def test_read_residents__columns_in_any_order__are_found(tmp_path: Path) -> None:
    plain = read(tmp_path, SITI).people[0]
    shuffled = read(tmp_path, SITI, headings=tuple(sorted(SITI))).people[0]
    assert plain.answers == shuffled.answers
    assert plain.place == Place("Krajan", "02", "003")


def test_read_residents__every_bad_cell__comes_back_with_row_column_and_reason(tmp_path: Path) -> None:
    bad = SITI | {"tanggallahir": "31-02-1990", "sex": "3", "nik": "3,52214E+15"}
    reading = read(tmp_path, SITI, bad)
    assert [resident.row for resident in reading.people] == [2]
    assert {(one.row, one.column): one.text for one in reading.rejections} == {
        (3, "nik"): "NIK rusak oleh Excel (3,52214E+15); ubah kolom menjadi teks lalu isi ulang dari sumbernya",
        (3, "sex"): "3 tidak ada dalam daftar kode kolom ini",
        (3, "tanggallahir"): "tanggal 31-02-1990 tidak ada di kalender",
    }


def test_read_residents__same_nik_twice__second_is_rejected(tmp_path: Path) -> None:
    reading = read(tmp_path, SITI, SITI | {"nama": "ORANG LAIN"})
    assert [(one.row, one.column, one.text) for one in reading.rejections] == [(3, "nik", "NIK sama dengan baris 2")]


@pytest.mark.parametrize("nik", ["0", "", "-", "0352214201100001"])
def test_read_residents__no_nik_yet__is_a_person_all_the_same(tmp_path: Path, nik: str) -> None:
    [resident] = read(tmp_path, SITI | {"nik": nik}).people
    assert resident.nik is None
    assert resident.answers["member"][member("nik")] is None
    assert resident.answers["member"][member("nik_reason")] == "belum_ber_nik"


@pytest.mark.parametrize("status", ["2", "MATI", "3", "PINDAH", "9"])
def test_read_residents__not_alive__makes_nobody(tmp_path: Path, status: str) -> None:
    reading = read(tmp_path, SITI | {"status_dasar": status})
    assert (reading.people, reading.rejections) == ([], [])
    assert reading.skipped[0].text == f"status dasar {status}: tidak membuat warga"


def test_read_residents__levels_the_desa_does_not_have__are_skipped(tmp_path: Path) -> None:
    [resident] = read(tmp_path, SITI | {"dusun": "-", "rw": "-"}).people
    assert resident.place == Place(None, None, "003")


def test_read_residents__column_dasawisma_and_position__are_read(tmp_path: Path) -> None:
    [resident] = read(tmp_path, SITI | {"dasawisma": "Melati 3", "lat": "-7,19", "lng": "111.9"}).people
    assert resident.dasawisma == "Melati 3"
    assert resident.answers["household"]["position"] == {"lat": -7.19, "lon": 111.9, "accuracy_m": None}


def test_read_residents__name_missing__is_rejected(tmp_path: Path) -> None:
    assert [one.column for one in read(tmp_path, SITI | {"nama": ""}).rejections] == ["nama"]


def test_read_residents__no_column_to_find_anybody_by__turns_the_file_down(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        read(tmp_path, {"nama": "Siti", "sex": "2"})


def test_read_residents__every_printed_code_and_word__is_read_back() -> None:
    for column in COLUMNS.all:
        for value, (code, word) in column.printed.items():
            assert column.read(code, TODAY) == value
            assert column.read(word, TODAY) == value, (column.name, word)


def test_read_rtm__heads_and_members__by_number(tmp_path: Path) -> None:
    path = tmp_path / "rtm.csv"
    text = "NIK,NOMOR RUMAH TANGGA,STATUS HUBUNGAN\n3522144101900001,R-1,1\n3522144101900002,R-1,ANGGOTA\n123,R-1,2\n3522144101900003,,2\n"
    path.write_text(text)
    lines, rejections = read_rtm(path)
    assert [(line.nik[-4:], line.number, line.is_head) for line in lines] == [
        ("0001", "R-1", True),
        ("0002", "R-1", False),
    ]
    assert [(one.row, one.column, one.code) for one in rejections] == [
        (4, "NIK", "nik_bukan_16"),
        (5, "NOMOR RUMAH TANGGA", "kosong"),
    ]
