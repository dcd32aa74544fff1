"""GET /api/recap: books from records, their sums, their files, and who may read them."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest

from server.transaction import write
from tests.builders import DESA
from tests.models.aggregates.doors import KIN, MARITAL, RESIDENCE, House, store

MOMENT = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture
def houses(app, keyring, world):
    """A couple with a child and a lodger's mother away; a single old man next door; a house in another RT."""
    first = House()
    first.household["urutan"] = 2
    first.member(sex="L", born="1988-02-01", kin="kepala_keluarga", nama="Budi", **{MARITAL: "kawin"})
    wife = first.member(sex="P", born="1990-05-01", kin="istri", nama="Ani", **{MARITAL: "kawin"})
    first.member(sex="P", born="2023-01-01", kin="anak", nama="Cici")
    first.member(sex="P", born="1960-01-01", kin="orang_tua", nama="Dewi", **{RESIDENCE: "merantau"})
    first.event("hamil", "2026-09-01", wife)
    second = House()
    second.household["urutan"] = 1
    second.member(sex="L", born="1950-01-01", nama="=Eko", **{MARITAL: "cerai_mati"})
    third = House(dasawisma=f"{DESA}/D003")
    third.member(sex="P", born="1975-01-01", nama="Fitri", **{KIN: "kepala_keluarga", MARITAL: "kawin"})
    with write() as session:
        for number, one in enumerate((first, second, third)):
            store(session, keyring, world, one.fill().visit(), seq=10 * number + 1)
    return first, second, third


@pytest.fixture
def budi(world, sign_in):
    return sign_in(world.person["budi"])


def numbers(book, row):
    return {column["ref"]: row[column["number"] - 1] for column in book["columns"] if column["ref"]}


def test_recap__416a__a_row_a_house_in_walking_order(houses, budi):
    book = budi.get(f"/api/recap/4.16a/{DESA}/D001").json
    assert [row["cells"][1] for row in book["rows"]] == ["=Eko", "Budi"]
    second = numbers(book, book["rows"][1]["cells"])
    wanted = {"kk": 1, "jiwa_l": 1, "jiwa_p": 2, "balita_p": 1, "pus": 1, "wus": 1, "ibu_hamil": 1, "lansia": 0}
    assert {key: second[key] for key in wanted} == wanted
    assert numbers(book, book["total"])["jiwa_l"] == 2
    assert len(book["columns"]) == 29


def test_recap__higher_books__sum_the_rows_below(houses, budi, world, sign_in):
    rt = budi.get(f"/api/recap/4.16b/{DESA}/RW01-RT001").json
    assert [row["cells"][1] for row in rt["rows"]] == ["Melati 1", "Melati 2"]
    rw = budi.get(f"/api/recap/4.16c/{DESA}/RW01").json
    desa = budi.get(f"/api/recap/4.17a/{DESA}").json
    kecamatan = sign_in(world.person["rahayu"]).get("/api/recap/4.17b/35.22.14").json
    for book in (rw, desa, kecamatan):
        total = numbers(book, book["total"])
        assert (total["krt"], total["kk"], total["jiwa_l"], total["jiwa_p"], total["pus"]) == (3, 3, 2, 3, 1)
    assert numbers(rw, rw["rows"][0]["cells"])["jiwa_p"] == 2
    assert numbers(kecamatan, kecamatan["rows"][0]["cells"])["dasawisma"] == 3


def test_recap__csv__bom_labels_numbers_and_no_formula(houses, budi):
    answer = budi.get(f"/api/recap/4.16a/{DESA}/D001?format=csv")
    assert answer.data.startswith("\ufeff4.16a".encode())
    rows = list(csv.reader(StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[3][1] == "Nama kepala rumah tangga"
    assert rows[4] == [str(number) for number in range(1, 30)]
    assert rows[5][1] == "'=Eko"
    assert rows[-1][1] == "Jumlah"


def test_recap__xlsx__opens(houses, budi):
    from io import BytesIO

    from openpyxl import load_workbook

    sheet = load_workbook(BytesIO(budi.get(f"/api/recap/4.17a/{DESA}?format=xlsx").data)).active
    assert [cell.value for cell in sheet[5]] == list(range(1, 34))


def test_recap__past_day__ages_of_that_day(houses, world, sign_in, clock):
    clock.forward(days=800)
    budi = sign_in(world.person["budi"])
    now = budi.get(f"/api/recap/4.17a/{DESA}").json
    then = budi.get(f"/api/recap/4.17a/{DESA}?as_of=2026-11-23").json
    assert (numbers(now, now["total"])["balita_p"], numbers(then, then["total"])["balita_p"]) == (0, 1)
    assert numbers(then, then["total"])["ibu_hamil"] == 1


def test_recap__monthly__stock_and_flow(houses, budi, keyring, world):
    found = budi.get(f"/api/recap/4.19a/{DESA}").json
    assert numbers(found, found["total"])["ibu_hamil"] == 1
    assert numbers(found, found["total"])["ibu_melahirkan"] == 0
    assert {row["cells"][-1] for row in found["rows"]} == {"belum lapor"}


def test_recap__level_skipped__no_row_lost(houses, budi, world):
    from models.territory import Area

    with write() as session:
        place = session.get_one(Area, world.area[f"{DESA}/D003"])
        desa = session.get_one(Area, world.area[DESA])
        place.parent_id, place.path = desa.id, f"{desa.path}{place.id}."
    book = budi.get(f"/api/recap/4.17a/{DESA}").json
    assert [row["cells"][1] for row in book["rows"]] == ["Krajan", "(tanpa dusun)"]
    assert [numbers(book, row["cells"])["krt"] for row in book["rows"]] == [2, 1]
    assert numbers(book, book["total"])["dasawisma"] == 3
    children = budi.get(f"/api/coverage/{DESA}").json["children"]
    assert [(one["level"], one["doors"]["listed"]) for one in children] == [("dusun", 2), ("dasawisma", 1)]


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("siti", f"4.16a/{DESA}/D001", 200), ("sri", f"4.16a/{DESA}/D001", 403), ("lestari", f"4.16a/{DESA}/D001", 200),
        ("rahayu", f"4.16a/{DESA}/D001", 403), ("bappeda", f"4.16a/{DESA}/D001", 403), ("bappeda", f"4.17a/{DESA}", 200),
        ("bappeda", f"4.16c/{DESA}/RW01", 403), ("kominfo", "4.17c/35.22", 200), ("joko", f"4.17a/{DESA}", 403),
        ("siti", f"4.17a/{DESA}", 403), ("budi", f"4.17a/{DESA}/D001", 404), ("budi", f"9.99/{DESA}", 404),
        ("hadi", f"4.17a/{DESA}", 403),
    ],
)  # fmt: skip
def test_recap__by_role(world, sign_in, name, path, status):
    assert sign_in(world.person[name]).get(f"/api/recap/{path}").status_code == status


def test_recap__names_read_by_an_office__written_down(houses, budi, world):
    from models.account import AccessLog

    budi.get(f"/api/recap/4.16a/{DESA}/D001")
    with write() as session:
        assert session.query(AccessLog).one().subject == f"4.16a {DESA}/D001"
