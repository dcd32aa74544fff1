"""Workload W: one desa of 80 dasa wisma with 15 doors each, the same for every server.

    whole = make()                    1,200 households of 26 fields, about 4,230 persons of 21, one family a door
    whole.documents()                 the records as flat documents, for servers that know no families

Everything follows from a seed.  Fields are asked of the form definition: complete legal answers of whole doors, filled
up with further plain questions to the two widths, one value each.  A family rides along in each door for Dawis and is
counted nowhere.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any

from models.form.context import Door as Answers
from models.form.definition import Field, Form, load
from models.form.rules import applies
from tests.builders_form import context_for, door_for

DESA, DASAWISMA, DOORS = "35.22.14.2011", 80, 15
PEOPLE = (1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 6)
WIDTH = {"household": 26, "member": 21}
LONGEST = 12
"""Of a long list of choices only the first are taken: a desa knows a dozen occupations, not ninety."""
PLAIN = ("text", "integer", "choice", "boolean")
TODAY = date(2026, 11, 20)
BEGAN_MS, DOOR_MS, DASAWISMA_MS = 1_795_390_000_000, 1_200_000, 13_000
STREETS = "Melati Mawar Anggrek Kenanga Flamboyan Cempaka Dahlia Teratai Kamboja Bougenvil".split()
TOWNS = "Bojonegoro Tuban Lamongan Ngawi Blora Cepu Nganjuk Madiun Jombang Gresik".split()
GIVEN = (
    "Siti Budi Agus Sri Endang Wati Joko Dewi Eko Rina Slamet Yuni Hadi Lestari Nur Ahmad Fitri Bambang Ratna Supri "
    "Tuti Wahyu Indah Rudi Ani Dwi Tri Puji Sari Iwan Yanti Heru"
).split()
LAST = (
    "Santoso Wijaya Lestari Rahayu Setiawan Utami Nugroho Wulandari Hidayat Kusuma Saputra Handayani Purnomo Astuti "
    "Susanto Permata Hartono Maharani Prasetyo Anggraini"
).split()
NAMED, PLACED, ADDRESSED = "name", "birthplace", "address"
EDITED = {
    "household": ("address", "house_number", "label", "water", "staple", "latrine_count", "waste_bin", "drain"),
    "member": ("name", "birthplace", "occupation", "membership", "disability", "contraception", "savings"),
}
"""The questions that are edited later, by the role they play in the form; every record keeps them."""


@dataclass(frozen=True)
class Door:
    """One door: answers of the household, of its family, and of its members by id."""

    id: str
    dasawisma: str
    position: dict[str, float]
    household: dict[str, Any]
    family_id: str
    family: dict[str, Any]
    members: dict[str, dict[str, Any]]

    def documents(self) -> Iterator[dict[str, Any]]:
        """The household and its persons as flat documents; the family's answers stand in the household's."""
        house = {"id": self.id, "kind": "household", "dasawisma": self.dasawisma, "position": self.position}
        yield house | self.household | self.family
        for member, answers in self.members.items():
            yield {"id": member, "kind": "member", "dasawisma": self.dasawisma, "household": self.id, **answers}


@dataclass(frozen=True)
class Workload:
    """All doors by dasa wisma."""

    doors: dict[str, tuple[Door, ...]]

    def documents(self, dasawisma: str | None = None) -> list[dict[str, Any]]:
        """The flat documents of a dasa wisma, or of all."""
        chosen = self.doors.values() if dasawisma is None else (self.doors[dasawisma],)
        return [document for doors in chosen for door in doors for document in door.documents()]

    def ids(self) -> set[str]:
        """Ids of all records that count."""
        return {document["id"] for document in self.documents()}


def code_of(number: int) -> str:
    """The code of the n-th dasa wisma, counted from one."""
    return f"{DESA}/D{number:03d}"


@cache
def make(seed: int = 1, dasawisma: int = DASAWISMA, doors: int = DOORS, first: int = 1) -> Workload:
    """The workload of a seed; ``first`` is the number of its first dasa wisma."""
    maker = Maker(load(), Random(seed))  # noqa: S311 (invented people, not secrets)
    numbers = range(first, first + dasawisma)
    return Workload({code_of(n): tuple(maker.door(n, place) for place in range(doors)) for n in numbers})


class Maker:
    """Draws doors one after another."""

    def __init__(self, form: Form, random: Random) -> None:
        self.form, self.random, self.count = form, random, 0

    def id(self, instant: int) -> str:
        """A UUIDv7 of that millisecond."""
        low = self.random.getrandbits(80) & ~(0xF << 76) & ~(0x3 << 62) | (7 << 76) | (2 << 62)
        return str(uuid.UUID(int=(instant << 80) | low))

    def door(self, number: int, place: int) -> Door:
        """The door a kader visits as her n-th, some minutes after the one before."""
        instant = BEGAN_MS + place * DOOR_MS + number * DASAWISMA_MS
        drawn = door_for(self.form, self.random, TODAY, people=self.random.choice(PEOPLE))
        ids = {member: self.id(instant + 1 + n) for n, member in enumerate(drawn.members)}
        family = {self.form.role("family", "number"): self.digits(f"{self.random.randint(1, 28):02d}0915")}
        return Door(
            id=self.id(instant),
            dasawisma=code_of(number),
            position=self._position(),
            household=self._household(drawn),
            family_id=self.id(instant),
            family=family,
            members={ids[member]: self._member(answers) for member, answers in drawn.members.items()},
        )

    def _household(self, drawn: Answers) -> dict[str, Any]:
        """Answers that with the position and the family's number make the width."""
        answers = dict(drawn.household) | {self.form.role("household", ADDRESSED): self._address()}
        answers[self.form.role("household", "class")] = min(self.form.meaning("household", "class", "dwelling"))
        return self._filled("household", answers, WIDTH["household"] - 2)

    def _member(self, drawn: dict[str, Any]) -> dict[str, Any]:
        """Answers that with the household's id make the width; every person has a NIK that fits."""
        role = self.form.role
        answers = {key: value for key, value in drawn.items() if key not in self.form.kinds["member"].structure}
        answers.pop(role("member", "nik_reason"), None)
        born, sex = answers[role("member", "born")], answers[role("member", "sex")]
        day = int(born[8:]) + 40 * (sex in self.form.meaning("member", "sex", "female"))
        answers |= {
            role("member", "nik"): self.digits(f"{day:02d}{born[5:7]}{born[2:4]}"),
            role("member", NAMED): self._name(),
            role("member", PLACED): self.random.choice(TOWNS),
        }
        return self._filled("member", answers, WIDTH["member"] - 1)

    def _filled(self, kind: str, answers: dict[str, Any], width: int) -> dict[str, Any]:
        """Cut to the width, or filled up with further plain questions that everybody may be asked."""
        answers = self._simplified(kind, answers)
        facts = context_for(self.form, kind, answers, TODAY)
        for item in self.form.kinds[kind].fields.values():
            if len(answers) < width and item.id not in answers and is_plain(item, answers, facts):
                answers[item.id] = self.value(kind, item)
        asked = [key for key in self.form.kinds[kind].fields if key in answers]
        kept = _first_kept(asked, {self.form.role(kind, role) for role in EDITED[kind]} | self._identity(kind), width)
        return {key: answers[key] for key in kept}

    def _simplified(self, kind: str, answers: dict[str, Any]) -> dict[str, Any]:
        """Without rows, with one choice where several may be taken, and without what is then no longer asked."""
        kept: dict[str, Any] = {}
        facts = context_for(self.form, kind, answers, TODAY)
        for item in self.form.kinds[kind].fields.values():
            if item.id not in answers or item.type == "rows" or not applies(item.show_if, answers, facts):
                answers = {key: value for key, value in answers.items() if key != item.id}
                continue
            if item.type == "choices":
                alone = [choice.value for choice in item.choices if choice.exclusive]
                answers = answers | {item.id: alone or [item.choices[0].value]}
            elif item.id == self.form.roles[kind].get("occupation"):
                answers = answers | {item.id: self.value(kind, item)}
            kept[item.id] = answers[item.id]
        return kept

    def _identity(self, kind: str) -> set[str]:
        return {self.form.role(kind, role) for role in ("nik", "born", "sex", "kinship")} if kind == "member" else set()

    def value(self, kind: str, item: Field) -> Any:
        """A likely value of a plain question."""
        if item.type == "text":
            return self._text(kind, item)
        if item.type == "integer":
            return self.random.randint(1, 4)
        if item.type == "boolean":
            return self.random.choice((True, False))
        return self.random.choice(item.choices[:LONGEST]).value

    def _text(self, kind: str, item: Field) -> str:
        if item.id == self.form.roles[kind].get(NAMED):
            return self._name()
        if item.id == self.form.roles[kind].get(PLACED):
            return self.random.choice(TOWNS)
        return self._address() if item.id == self.form.roles[kind].get(ADDRESSED) else str(self.random.randint(1, 200))

    def _name(self) -> str:
        return f"{self.random.choice(GIVEN)} {self.random.choice(GIVEN)} {self.random.choice(LAST)}"

    def _address(self) -> str:
        return f"Jl. {self.random.choice(STREETS)} No. {self.random.randint(1, 200)}"

    def _position(self) -> dict[str, float]:
        lat, lon = -7.15 - self.random.random() / 50, 111.88 + self.random.random() / 50
        return {"lat": round(lat, 6), "lon": round(lon, 6), "accuracy_m": 12}

    def digits(self, day: str) -> str:
        """Sixteen digits with a serial of their own: nobody shares a NIK or a no KK."""
        self.count += 1
        return f"352214{day}{self.count % 9999 + 1:04d}"


def is_plain(item: Field, answers: dict[str, Any], facts: dict[str, Any]) -> bool:
    """Whether a question of one value is asked of this record."""
    is_open = item.type in PLAIN and item.merge == "observed" and item.widget != "hidden"
    return is_open and applies(item.show_if, answers, facts)


def _first_kept(asked: list[str], wanted: set[str], width: int) -> list[str]:
    """The wanted questions and the first others, in the form's order."""
    others = [key for key in asked if key not in wanted]
    room = width - sum(key in wanted for key in asked)
    chosen = wanted | set(others[:room])
    return [key for key in asked if key in chosen]


def dumps(value: Any) -> bytes:
    """Compact JSON, as every client here sends it."""
    return json.dumps(value, separators=(",", ":")).encode()
