"""Recap books from outside: a small desa made over HTTP, every column worked out by hand, today and on past days."""

import csv
import io

import pytest

from tests.builders import DESA, NEIGHBOUR
from tests.contract.outsider import House
from tests.contract.phone import new_id
from tests.contract.test_review_counting import DW1, DW2, DW3, desk, form, siti

__all__ = ["desk", "form", "siti"]
MEASURES = [
    "krt", "kk", "l", "p", "balita_l", "balita_p", "pus", "wus", "hamil", "menyusui", "lansia", "buta_l", "buta_p",
    "sehat", "tidak_sehat", "sampah", "spal", "pdam", "sumur", "sungai", "dll", "mck", "beras", "non_beras", "up2k",
    "pekarangan", "industri", "lingkungan",
]  # fmt: skip
FIRST = {"4.16b": 3, "4.16c": 4, "4.16d": 5, "4.17a": 6, "4.17b": 7, "4.17c": 8}
AREAS = {
    "4.16b": f"{DESA}/RW01-RT001",
    "4.16c": f"{DESA}/RW01",
    "4.16d": f"{DESA}/DS01",
    "4.17a": DESA,
    "4.17b": "35.22.14",
    "4.17c": "35.22",
}


def columns(book):
    """The column of every measure, after the printed forms: what differs from level to level is written out here."""
    order = list(MEASURES)
    if book == "4.16b":
        order[order.index("buta_l") : order.index("buta_p") + 1] = ["buta", "khusus"]
        order.remove("sungai")
        order.remove("mck")
        order.insert(order.index("pdam"), "mck")
    elif book == "4.17a":
        order[order.index("buta_l") : order.index("buta_p") + 1] = ["buta"]
    return {name: number for number, name in enumerate(order, start=FIRST[book])}


def person(house, index, **answers):
    house.answers[house.people[index]] |= answers


@pytest.fixture
def village(siti, form, desk):
    """Four doors and an empty one: a couple with a baby and a grandmother, lodgers, an institution, somebody away."""
    one = House(siti, form, DW1, people=5)
    one.answers[one.id] |= {
        "sumber_air": "sungai", "jamban": True, "mck": True, "tangki_septik": True, "makanan_pokok": "non_beras",
        "up2k": True, "pekarangan": ["toga", "perikanan"], "industri": ["pangan"], "kesehatan_lingkungan": True,
        "tempat_sampah": True, "spal": False, "kriteria_rumah": "tidak_sehat_layak_huni",
    }  # fmt: skip
    bisa, tiga, dua = ["bisa"], ["baca", "tulis", "hitung"], ["baca", "tulis"]
    kawin = {"status_kawin": "kawin", "buta": bisa}
    person(one, 0, jenis_kelamin="L", tanggal_lahir="1990-01-01", hubungan="kepala_keluarga", **kawin)
    person(one, 1, jenis_kelamin="P", tanggal_lahir="1995-06-01", hubungan="istri", **kawin)
    person(
        one, 2, jenis_kelamin="P", tanggal_lahir="2021-11-24", hubungan="anak", status_kawin="belum_kawin", buta=tiga
    )
    person(one, 3, jenis_kelamin="P", tanggal_lahir="1966-11-23", hubungan="orangtua", status_kawin="cerai_mati", buta=tiga, kebutuhan_khusus="cacat_fisik")  # fmt: skip
    person(one, 4, jenis_kelamin="L", tanggal_lahir="2000-01-01", hubungan="anak", status_kawin="belum_kawin", buta=tiga, status_tinggal="merantau")  # fmt: skip
    one.save()
    two = House(siti, form, DW2, people=3)
    two.answers[two.id] |= {"sumber_air": "pdam", "makanan_pokok": "beras", "pekarangan": ["tidak_ada"], "industri": ["tidak_ada"], "up2k": False, "spal": True, "tempat_sampah": False, "jamban": False, "kesehatan_lingkungan": False, "kriteria_rumah": "sehat_layak_huni"}  # fmt: skip
    for key in ("mck", "tangki_septik", "jumlah_jamban"):
        del two.answers[two.id][key]
    person(two, 0, jenis_kelamin="L", tanggal_lahir="2012-11-23", hubungan="kepala_keluarga", status_kawin="belum_kawin", buta=tiga, status_tinggal="kontrak_kos", enam_bulan=True)  # fmt: skip
    person(two, 1, jenis_kelamin="P", tanggal_lahir="1976-11-23", hubungan="istri", status_tinggal="kontrak_kos", enam_bulan=True, **{**kawin, "buta": dua})  # fmt: skip
    person(two, 2, jenis_kelamin="P", tanggal_lahir="1990-11-23", hubungan="famili_lain", status_tinggal="kontrak_kos", enam_bulan=False, **kawin)  # fmt: skip
    two.save()
    institution = House(siti, form, DW2, people=1)
    institution.answers[institution.id] |= {"jenis_pintu": "institusi", "sumber_air": "sumur"}
    person(institution, 0, jenis_kelamin="L", tanggal_lahir="1940-01-01", status_tinggal="asrama", enam_bulan=True, buta=bisa, status_kawin="belum_kawin")  # fmt: skip
    institution.save()
    empty = House(siti, form, DW2, people=1)
    person(empty, 0, status_tinggal="merantau")
    empty.save()
    siti.sync()
    assert {verdict["verdict"] for verdict in siti.verdicts.values()} == {"applied"}
    return one, two, institution, empty


BY_HAND = {
    DW1: {"krt": 1, "kk": 1, "l": 1, "p": 3, "balita_p": 1, "pus": 1, "wus": 1, "lansia": 1, "buta": 1, "buta_p": 1,
          "khusus": 1, "tidak_sehat": 1, "sampah": 1, "sungai": 1, "mck": 1, "non_beras": 1, "up2k": 1,
          "pekarangan": 1, "industri": 1, "lingkungan": 1},
    DW2: {"krt": 1, "kk": 3, "l": 2, "p": 1, "lansia": 1, "buta": 1, "buta_l": 1, "sehat": 1, "spal": 1, "pdam": 1,
          "beras": 1},
}  # fmt: skip


def book_of(client, book, **query):
    answer = client.get(f"/api/recap/{book}/{AREAS.get(book, DW1)}", query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def shown(found, cells, book):
    by_number = dict(zip((column["number"] for column in found["columns"]), cells, strict=True))
    return {name: by_number[number] for name, number in columns(book).items() if by_number[number]}


def wanted(place, book):
    made = dict(BY_HAND[place])
    if book == "4.16b" and made.pop("sungai", None):
        made["dll"] = 1
    names = set(columns(book))
    return {name: number for name, number in made.items() if name in names}


def test_416b__every_column(village, desk):
    found = book_of(desk.kominfo, "4.16b")
    rows = {row["area"]: row for row in found["rows"]}
    for place in (DW1, DW2):
        assert shown(found, rows[place]["cells"], "4.16b") == wanted(place, "4.16b"), place


@pytest.mark.parametrize("book", list(FIRST))
def test_books__total_of_the_desa(village, desk, book):
    found = book_of(desk.kominfo, book)
    both = [wanted(place, book) for place in (DW1, DW2)]
    names = {*both[0], *both[1]}
    assert shown(found, found["total"], book) == {n: both[0].get(n, 0) + both[1].get(n, 0) for n in names}
    assert [column["number"] for column in found["columns"]] == list(range(1, len(found["columns"]) + 1))


def test_417c__counts_areas_without_placeholders(village, desk):
    found = book_of(desk.kominfo, "4.17c")
    cells = next(row["cells"] for row in found["rows"] if row["area"] == "35.22.14")
    assert cells[2:7] == [2, 2, 2, 4, 6]


def test_416a__names_and_columns(village, desk):
    found = book_of(desk.budi, "4.16a")
    (row,) = found["rows"]
    cells = dict(enumerate(row["cells"], start=1))
    picked = {number: cells[number] for number in range(3, 29) if cells[number]}
    assert picked == {3: 1, 4: 1, 5: 3, 7: 1, 8: 1, 9: 1, 12: 1, 13: 1, 14: 1, 16: 1, 17: 1, 19: 1, 22: 1, 24: 1, 25: 1, 26: 1, 27: 1, 28: 1}  # fmt: skip
    text = desk.budi.get(f"/api/recap/4.16a/{DW1}?format=csv").get_data(as_text=True)
    assert list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))


def test_as_of__ages_and_records_of_that_day(village, desk, siti, clock):
    """A day later the child is five and no balita; yesterday's book does not change, whatever is written today."""
    today = {book: book_of(desk.kominfo, book) for book in FIRST}
    clock.forward(days=1)
    siti.today = "2026-11-24"
    tomorrow = book_of(desk.kominfo, "4.17a")
    assert shown(tomorrow, tomorrow["total"], "4.17a").get("balita_p") is None
    one, two, *_ = village
    siti.save(
        siti.patch("member", one.people[1], state="moved"),
        siti.patch("household", one.id, sumber_air="sumur", dasawisma=DW2),
        siti.patch("household", two.id, state="deleted", state_reason="x"),
    )
    siti.sync()
    assert book_of(desk.kominfo, "4.17a")["total"] != tomorrow["total"]
    for book, before in today.items():
        assert book_of(desk.kominfo, book, as_of="2026-11-23") == before, book
    assert book_of(desk.kominfo, "4.17a", as_of="2026-11-22")["total"][5:10] == [0, 0, 0, 0, 0]


def test_mother__from_events_only_with_their_lifetimes(village, desk, siti, clock):
    one = village[0]
    wife = one.people[1]
    event = {"household": one.id, "member": wife}

    def hamil():
        found = book_of(desk.kominfo, "4.17a")
        got = shown(found, found["total"], "4.17a")
        return got.get("hamil", 0), got.get("menyusui", 0)

    siti.save(siti.patch("member", wife, status_ibu="hamil", hamil=True, sid_asli=None))
    siti.sync()
    assert hamil() == (0, 0), "no field makes a mother"
    siti.save(siti.patch("event", new_id(), type="hamil", on="2026-01-27", **event))
    siti.sync()
    assert hamil() == (1, 0), "day 300"
    clock.forward(days=1)
    siti.today = "2026-11-24"
    assert hamil() == (0, 0), "day 301"
    siti.save(
        siti.patch(
            "event", new_id(), type="melahirkan", on="2026-11-24", hasil_persalinan="lahir_hidup", disusui=True, **event
        )
    )
    siti.sync()
    assert hamil() == (0, 1)


def test_monthly__stock_and_flow(village, desk, siti):
    one = village[0]
    event = {"household": one.id, "member": one.people[1]}
    siti.save(
        siti.patch("event", new_id(), type="hamil", on="2026-02-01", **event),
        siti.patch("event", new_id(), type="melahirkan", on="2026-11-01", hasil_persalinan="lahir_hidup", **event),
        siti.patch(
            "event", new_id(), type="lahir", on="2026-10-31", household=one.id, member=one.people[2], ibu=one.people[1]
        ),
    )
    siti.sync()
    found = desk.kominfo.get(f"/api/recap/4.19a/{DESA}").json
    total = dict(enumerate(found["total"], start=1))
    assert [total[number] for number in (6, 7, 8, 9, 10, 11)] == [0, 1, 1, 0, 0, 0]
    assert {row["cells"][-1] for row in found["rows"]} != {0}


def test_gross_and_foreign__not_counted_here(village, desk, siti):
    other = desk.kominfo.get(f"/api/recap/4.17a/{NEIGHBOUR}").json
    assert not any(cell for cell in other["total"][5:] if isinstance(cell, int))
    assert DW3
