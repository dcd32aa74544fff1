import pytest

from models.account import AccessLog
from models.database import db
from tests.builders import DESA, NEIGHBOUR


def test_book__paper_layout__groups_numbers_and_total(world, sign_in, phone_of, house):
    house(phone_of("siti"))
    page = sign_in(world.person["budi"]).get(f"/rekap/4.17a/{DESA}").text
    assert 'scope="colgroup" colspan="10">Jumlah anggota keluarga</th>' in page
    assert all(f"<th>{number}</th>" in page for number in range(1, 34))
    assert "Krajan" in page
    assert "Jumlah</th>" in page
    assert f"/api/recap/4.17a/{DESA}?as_of=2026-11-23&amp;format=csv" in page


def test_book__of_a_past_day__says_that_day(world, sign_in):
    page = sign_in(world.person["budi"]).get(f"/rekap/4.17a/{DESA}?tanggal=2026-06-30").text
    assert "30 Juni 2026" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [("30-06-2026", "Tanggal tidak terbaca"), ("2026-02-31", "tidak terbaca"), ("2027-01-01", "belum tiba")],
)
def test_book__wrong_day__said_in_words(world, sign_in, given, words):
    answer = sign_in(world.person["budi"]).get(f"/rekap/4.17a/{DESA}?tanggal={given}")
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize("path", [f"4.17b/{DESA}", f"9.99/{DESA}", "4.17a/35.22.14"])
def test_book__not_of_this_level__not_found(world, sign_in, path):
    assert sign_in(world.person["endang"]).get(f"/rekap/{path}").status_code == 404


def test_book_with_names__desa_admin_only_and_written_down(world, sign_in, phone_of, house):
    house(phone_of("siti"))
    address = f"/rekap/4.16a/{DESA}/D001"
    assert "Siti Aminah" in sign_in(world.person["budi"]).get(address).text
    for name in ("bappeda", "kominfo", "endang", "joko"):
        assert sign_in(world.person[name]).get(address).status_code == 403
    assert [row.person_id for row in db.session.query(AccessLog)] == [world.person["budi"]]


def test_list__books_by_reader__names_only_where_allowed(world, sign_in):
    budi = sign_in(world.person["budi"]).get(f"/rekap/{DESA}").text
    assert all(book in budi for book in ("4.16a", "4.16b", "4.16d", "4.17a", "4.19a"))
    bappeda = sign_in(world.person["bappeda"]).get("/rekap/35.22").text
    assert "4.17c" in bappeda
    assert "4.16" not in bappeda
    assert sign_in(world.person["joko"]).get(f"/rekap/{DESA}").status_code == 403
    assert NEIGHBOUR not in budi
