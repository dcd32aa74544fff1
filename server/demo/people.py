"""Decides who lives in the demonstration desa: invented families with Javanese names, the same for the same seed.

Nobody is real.  A NIK has the region of the kecamatan, the birth date and a serial from 9000 up; Dukcapil's serials
of one day never reach that.  Codes are SIAK's, as OpenSID files use them.
"""

# ruff: noqa: PLR2004 (ages and shares of an invented population)

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

WORDS: dict[str, Any] = json.loads((Path(__file__).parent / "names.json").read_text("utf-8"))
REGION = "352214"
FIRST_SERIAL = 9000
HEAD, WIFE, CHILD, IN_LAW, GRANDCHILD, PARENT, RELATIVE = 1, 3, 4, 5, 6, 7, 9
SINGLE, MARRIED, DIVORCED, WIDOWED = 1, 2, 3, 4
MALE, FEMALE = 1, 2


@dataclass
class Person:
    """One invented person; numbers are SIAK codes."""

    name: str
    sex: int
    born: date
    kinship: int
    marital: int
    education: int
    occupation: int
    birthplace: str
    nik: str


@dataclass
class Family:
    """One KK: its number and its people, the head first."""

    number: str
    people: list[Person]


class Registry:
    """Makes people; serials and KK numbers are never given twice."""

    def __init__(self, random: Random, today: date) -> None:
        self.random, self.today = random, today
        self._serial: Iterator[int] = iter(range(FIRST_SERIAL, 99_999))
        self._names: set[str] = set()

    def door(self) -> list[Family]:
        """The KK behind one door: one, now and then two."""
        families = [self.family()]
        if self.random.random() < 0.06:
            families.append(self.family(young=True))
        return families

    def family(self, *, young: bool = False) -> Family:
        """One KK of a likely shape."""
        shapes: tuple[Callable[[], list[Person]], ...] = (
            self._couple,
            self._couple,
            self._couple,
            self._old_couple,
            self._widow,
            self._three,
        )
        people = self._couple(22, 34) if young else self.random.choice(shapes)()
        recorded = self.today - timedelta(days=self.random.randrange(200, 5000))
        return Family(f"{REGION}{recorded:%d%m%y}{self._next():04}", people)

    def _next(self) -> int:
        serial = next(self._serial)
        return FIRST_SERIAL + (serial - FIRST_SERIAL) % 1000

    def _couple(self, low: int = 24, high: int = 58) -> list[Person]:
        age = self.random.randrange(low, high)
        wife_age = max(19, age - self.random.randrange(0, 6))
        head = self._person(MALE, age, HEAD, MARRIED)
        wife = self._person(FEMALE, wife_age, WIFE, MARRIED)
        return [head, wife, *self._children(wife_age)]

    def _children(self, mother_age: int) -> list[Person]:
        oldest = mother_age - self.random.randrange(19, 26)
        children: list[Person] = []
        while oldest >= 0 and len(children) < 4 and self.random.random() < 0.68:
            if oldest < 25:
                children.append(self._person(self._sex(), oldest, CHILD, SINGLE))
            oldest -= self.random.randrange(2, 7)
        return children

    def _old_couple(self) -> list[Person]:
        age = self.random.randrange(58, 80)
        people = [
            self._person(MALE, age, HEAD, MARRIED),
            self._person(FEMALE, age - self.random.randrange(0, 8), WIFE, MARRIED),
        ]
        if self.random.random() < 0.3:
            people.append(self._person(self._sex(), self.random.randrange(19, 32), CHILD, SINGLE))
        return people

    def _widow(self) -> list[Person]:
        sex = FEMALE if self.random.random() < 0.8 else MALE
        state = WIDOWED if self.random.random() < 0.7 else DIVORCED
        age = self.random.randrange(38, 84)
        people = [self._person(sex, age, HEAD, state)]
        if self.random.random() < 0.5:
            people.append(self._person(self._sex(), max(4, age - self.random.randrange(22, 38)), CHILD, SINGLE))
        return people

    def _three(self) -> list[Person]:
        people = self._couple(30, 50)
        age = self.random.randrange(64, 88)
        people.append(self._person(FEMALE if self.random.random() < 0.7 else MALE, age, PARENT, WIDOWED))
        return people

    def _sex(self) -> int:
        return self.random.choice((MALE, FEMALE))

    def _person(self, sex: int, age: int, kinship: int, marital: int) -> Person:
        born = self.today - timedelta(days=int(age * 365.25) + self.random.randrange(1, 364))
        day = born.day + (40 if sex == FEMALE else 0)
        years = (self.today - born).days // 365
        return Person(
            name=self._name(sex, years),
            sex=sex,
            born=born,
            kinship=kinship,
            marital=marital,
            education=self._education(years),
            occupation=self._occupation(sex, years, kinship),
            birthplace=self.random.choice(WORDS["birthplaces"]),
            nik=f"{REGION}{day:02}{born:%m%y}{self._next():04}",
        )

    def _name(self, sex: int, age: int) -> str:
        kind = "male" if sex == MALE else "female"
        generation = "old" if age >= 55 else "middle" if age >= 28 else "young"
        for _ in range(12):
            first = self.random.choice(WORDS[f"{kind}_{generation}"])
            second = (
                self.random.choice(WORDS[f"{kind}_second"]) if generation != "old" or self.random.random() < 0.3 else ""
            )
            name = f"{first} {second}".strip() if first != second else first
            if name not in self._names:
                break
        self._names.add(name)
        return name

    def _education(self, age: int) -> int:
        if age < 7:
            return 1
        if age < 13:
            return 2
        if age < 16:
            return 3
        if age < 19:
            return 4
        weights = (1, 3, 10, 5, 3, 0, 0, 0) if age >= 55 else (0, 1, 5, 8, 12, 0.3, 1, 2.5)
        return self.random.choices(range(1, 9), weights)[0]

    def _occupation(self, sex: int, age: int, kinship: int) -> int:
        if age < 7:
            return 1
        if age < 19:
            return 3
        if sex == FEMALE and kinship != CHILD:
            return self.random.choices((2, 9, 84, 15, 65, 20, 88), (12, 5, 3, 2, 1, 2, 2))[0]
        if age >= 70:
            return self.random.choice((1, 9))
        return self.random.choices((9, 20, 19, 15, 88, 84, 5, 81, 26, 85, 3), (11, 4, 4, 5, 4, 2, 0.7, 1, 1, 0.4, 0.5))[
            0
        ]
