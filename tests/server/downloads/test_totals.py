"""Totals for planners: codes as text, coverage beside, the same numbers in both files."""

import csv
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from server.transaction import write
from tests.builders import DESA
from tests.models.aggregates.doors import House, store


@pytest.fixture
def analyst(app, keyring, world, sign_in):
    made = House()
    made.member(sex="P")
    made.member(sex="L", kin="anak")
    with write() as session:
        store(session, keyring, world, made.fill().visit())
    return sign_in(world.person["bappeda"])


def lines(answer):
    return list(csv.DictReader(StringIO(answer.text.lstrip("\ufeff"))))


def test_totals__csv__a_line_a_desa_with_coverage(analyst):
    answer = analyst.get("/download/totals/35.22.csv")
    found = lines(answer)
    assert [line["kode_desa"] for line in found] == ["35.22.14.2011", "35.22.14.2012", "35.22.15.1001"]
    first = found[0]
    assert (first["nama_kecamatan"], first["rumah_lengkap"], first["persen_lengkap"]) == (
        "Kapas",
        "1",
        "belum dapat dihitung",
    )
    assert (first["krt"], first["jiwa_l"], first["jiwa_p"]) == ("1", "1", "1")
    assert answer.headers["Content-Disposition"].endswith('.csv"')


def test_totals__xlsx__same_numbers_text_codes_frozen_metadata(analyst):
    book = load_workbook(BytesIO(analyst.get("/download/totals/35.22.xlsx").data))
    data, metadata = book["Data"], book["Metadata"]
    names = [cell.value for cell in data[2]]
    sheet = [{name: cell.value for name, cell in zip(names, row, strict=True)} for row in data.iter_rows(min_row=3)]
    plain = lines(analyst.get("/download/totals/35.22.csv"))
    assert [{key: str(value) for key, value in line.items()} for line in sheet] == plain
    assert isinstance(sheet[0]["kode_desa"], str)
    assert data.freeze_panes
    described = {row[0].value for row in metadata.iter_rows()}
    assert set(names) <= described


def test_totals__levels__kecamatan_sums_its_desa(analyst):
    found = lines(analyst.get("/download/totals/35.22.csv?level=kecamatan"))
    assert [(line["kode_kecamatan"], line["krt"]) for line in found] == [("35.22.14", "1"), ("35.22.15", "0")]
    assert analyst.get("/download/totals/35.22.csv?level=rt").status_code == 422


@pytest.mark.parametrize(
    ("name", "status"), [("kominfo", 200), ("hadi", 403), ("siti", 403), ("budi", 403), ("evaluator", 200)]
)
def test_totals__by_role(analyst, world, sign_in, name, status):
    assert sign_in(world.person[name]).get("/download/totals/35.22.csv").status_code == status


def test_totals__own_desa__for_its_admin(analyst, world, sign_in):
    found = lines(sign_in(world.person["budi"]).get(f"/download/totals/{DESA}.csv"))
    assert [line["kode_desa"] for line in found] == [DESA]
