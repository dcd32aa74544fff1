"""Writes resident files for tests: two families of the desa, as OpenSID exports them."""

import csv
from pathlib import Path
from typing import Any

from models.exchange.opensid_columns import opensid_columns

DESA = "35.22.14.2011"
HEADINGS = opensid_columns().standard
COMMON = {
    "alamat": "JL. MELATI",
    "dusun": "KRAJAN",
    "rw": "01",
    "rt": "001",
    "agama_id": "1",
    "warganegara_id": "1",
    "status_dasar": "1",
    "hamil": "2",
}


def person(**cells: Any) -> dict[str, Any]:
    return {**dict.fromkeys(HEADINGS, ""), **COMMON, **cells}


def two_families() -> list[dict[str, Any]]:
    one, other = "3522140101120001", "3522140202130002"
    slamet = {"nik": "3522140101800001", "tanggallahir": "01-01-1980", "sex": "1", "kk_level": "1", "pekerjaan_id": "9"}
    siti = {"nik": "3522144202850001", "tanggallahir": "1985-02-02", "sex": "2", "kk_level": "3", "pekerjaan_id": "2"}
    bayi = {"nik": "0", "tanggallahir": "05/03/2024", "sex": "1", "kk_level": "4", "pendidikan_kk_id": "1"}
    parti = {"nik": "3522144303500001", "tanggallahir": "03-03-1950", "sex": "2", "kk_level": "1", "status_kawin": "4"}
    return [
        person(nama="SLAMET", no_kk=one, status_kawin="2", **slamet),
        person(nama="SITI AMINAH", no_kk=one, status_kawin="2", **siti),
        person(nama="BAYI KECIL", no_kk=one, status_kawin="1", **bayi),
        person(nama="PARTI", no_kk=other, rt="002", **parti),
    ]


def write_csv(path: Path, rows: list[dict[str, Any]], headings: tuple[str, ...] = HEADINGS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))
