"""Areas an import needs."""

# ruff: noqa: PT018 (one fact in two halves)

import pytest

from models.exchange.places import PLACEHOLDER, AreaLine, Place, PlaceBook, UnknownDasawismaError, place_of

DESA = "35.22.14.2011"


def test_place_of__words_and_numbers__become_codes() -> None:
    assert place_of("DUSUN KRAJAN", "RW 2", "3") == Place("Krajan", "02", "003")
    assert place_of("-", "-", "0") == Place(None, None, None)
    assert place_of(None, "002", "RT.011") == Place(None, "02", "011")


def test_dasawisma__first_door_of_an_rt__makes_every_level_once() -> None:
    book = PlaceBook(DESA, [])
    first = book.dasawisma(Place("Krajan", "02", "003"), None)
    assert first == f"{DESA}/D001"
    assert book.dasawisma(Place("KRAJAN", "02", "003"), None) == first
    assert [(area.level, area.code) for area in book.new] == [
        ("dusun", f"{DESA}/DS01"),
        ("rw", f"{DESA}/RW02"),
        ("rt", f"{DESA}/RW02-RT003"),
        ("dasawisma", first),
    ]
    assert book.new[-1].name == PLACEHOLDER and book.new[-1].is_placeholder


def test_dasawisma__no_levels__hangs_on_the_desa() -> None:
    book = PlaceBook(DESA, [])
    book.dasawisma(Place(), None)
    assert [(area.level, area.parent) for area in book.new] == [("dasawisma", DESA)]
    book.area(Place(None, None, "001"))
    assert book.new[-1].code == f"{DESA}/RT001"


def test_area__same_rw_number_in_two_dusun__gets_its_own_code() -> None:
    book = PlaceBook(DESA, [])
    codes = {book.area(Place(dusun, "01", "001")) for dusun in ("Krajan", "Ngrandu", "Sumber")}
    assert codes == {f"{DESA}/RW01-RT001", f"{DESA}/DS02-RW01-RT001", f"{DESA}/DS03-RW01-RT001"}


def test_dasawisma__named__is_found_by_name_or_code_anywhere_in_the_desa() -> None:
    known = AreaLine("dasawisma", f"{DESA}/D014", "Melati 3", f"{DESA}/RW01-RT001")
    book = PlaceBook(DESA, [known])
    place = Place("Krajan", "02", "003")
    assert {book.dasawisma(place, name) for name in ("melati 3", "D014", "d014", f"{DESA}/D014")} == {known.code}
    assert book.new == []
    assert book.dasawisma(place, "Melati 4") == f"{DESA}/D015"


@pytest.mark.parametrize("named", ["D099", "35.22.14.2012/D014"])
def test_dasawisma__code_of_another_desa__is_refused(named: str) -> None:
    book = PlaceBook(DESA, [AreaLine("dasawisma", f"{DESA}/D014", "Melati 3", DESA)])
    with pytest.raises(UnknownDasawismaError):
        book.dasawisma(Place(), named)
