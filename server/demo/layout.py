"""Decides the areas of the demonstration desa and who lives where: 4 dusun, RW, RT, 40 dasa wisma, about 600 doors."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from models.exchange.places import Place, PlaceBook
from models.exchange.rows import Row, Table
from models.exchange.rtm import RtmLine
from models.exchange.values import Cell
from server.demo.people import WORDS, Family, Person, Registry

DASAWISMA = 40
SMALLEST, LARGEST = 12, 18
COLUMNS: dict[str, str] = WORDS["columns"]
HEADINGS = tuple(COLUMNS.values())


@dataclass(frozen=True)
class Group:
    """One dasa wisma: its name, where it lies, and the KK behind each of its doors."""

    name: str
    place: Place
    doors: list[list[Family]]


def groups(random: Random, day: date) -> list[Group]:
    """The 40 dasa wisma with everybody in them, as of a day."""
    registry = Registry(random, day)
    places = _places()
    names = [f"{flower} {number}" for flower in WORDS["flowers"] for number in range(1, 5)]
    found = []
    for number in range(DASAWISMA):
        place = places[number * len(places) // DASAWISMA]
        doors = [registry.door() for _ in range(random.randint(SMALLEST, LARGEST))]
        found.append(Group(names[number], place, doors))
    return found


def _places() -> list[Place]:
    """Every RT in order, with its RW and dusun."""
    places, rw = [], 0
    for dusun, count in zip(WORDS["dusun"], WORDS["rw_of_dusun"], strict=True):
        for _ in range(count):
            rw += 1
            places += [Place(dusun, f"{rw:02}", f"{rt:03}") for rt in range(1, WORDS["rt_of_rw"][rw - 1] + 1)]
    return places


def make_book(book: PlaceBook, found: list[Group]) -> None:
    """Let the book make every area, dasa wisma in the order of their names' codes."""
    for group in found:
        book.area(group.place)
    for group in found:
        book.dasawisma(group.place, group.name)


def as_table(random: Random, found: list[Group]) -> tuple[Table, list[RtmLine]]:
    """Everybody as rows of an OpenSID file with the column for dasa wisma, and RTM lines that say who shares a door."""
    rows: list[Row] = []
    lines: list[RtmLine] = []
    number = 0
    for group in found:
        for door in group.doors:
            number += 1
            address = f"{random.choice(WORDS['streets'])} No. {random.randint(1, 90)}"
            for family in door:
                for person in family.people:
                    row = len(rows) + 2
                    rows.append(Row(row, _cells(group, family, person, address)))
                    lines.append(RtmLine(row, person.nik, f"{number:04}", is_head=person is door[0].people[0]))
    return Table(HEADINGS, HEADINGS, rows), lines


def _cells(group: Group, family: Family, person: Person, address: str) -> dict[str, Cell]:
    given: dict[str, Any] = {
        "address": address,
        "dusun": group.place.dusun,
        "rw": group.place.rw,
        "rt": group.place.rt,
        "family_number": family.number,
        "religion": "1",
        "citizenship": "1",
        "state": "1",
        "dasawisma": group.name,
    }
    own = {name: getattr(person, name) for name in COLUMNS if name not in given}
    return {COLUMNS[name]: value if name == "born" else str(value) for name, value in (given | own).items()}
