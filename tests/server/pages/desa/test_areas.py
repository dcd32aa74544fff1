import pytest

from models.database import db
from models.territory import area_by_code
from tests.builders import DESA, NEIGHBOUR


@pytest.fixture
def add(world, sign_in):
    client = sign_in(world.person["budi"])

    def send(level, name, parent=DESA):
        return client.post(f"/desa/{DESA}/wilayah", data={"level": level, "name": name, "parent": parent})

    return send


@pytest.mark.parametrize(
    "case",
    [
        ("dusun", "Sumber Rejo", DESA, "DS02", "Sumber Rejo"),
        ("rw", "2", f"{DESA}/DS01", "RW02", "RW 02"),
        ("rt", "RT 7", f"{DESA}/RW01", "RW01-RT007", "RT 007"),
        ("rt", "3", DESA, "RT003", "RT 003"),
        ("dasawisma", "  Kenanga   2 ", f"{DESA}/RW01-RT001", "D004", "Kenanga 2"),
    ],
)
def test_area__new__gets_its_code(add, case):
    level, name, parent, code, stored = case
    assert add(level, name, parent).status_code == 303
    made = area_by_code(db.session(), f"{DESA}/{code}")
    assert (made.name, made.level) == (stored, level)
    assert made.path.startswith(area_by_code(db.session(), parent).path)


@pytest.mark.parametrize(
    "case",
    [
        ("dasawisma", "", DESA, "Isi nama"),
        ("rw", "Kulon", DESA, "Isi nomornya"),
        ("rt", "1", f"{DESA}/RW01", "Wilayah ini sudah ada"),
        ("dusun", "X", f"{DESA}/RW01", "Pilih wilayah di atasnya"),
        ("desa", "X", DESA, "Pilih jenis"),
        ("dasawisma", "X", NEIGHBOUR, "Pilih wilayah di atasnya"),
    ],
)
def test_area__wrong_input__said_on_the_page(add, case):
    level, name, parent, words = case
    answer = add(level, name, parent)
    assert answer.status_code == 422
    assert words in answer.text
