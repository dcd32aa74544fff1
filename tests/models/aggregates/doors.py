"""Builds doors for counting tests: complete answers made from the form itself, so that no test lists every question."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import orjson

from models.form.context import Door, door_contexts
from models.form.definition import load
from models.form.rules import applies
from models.records import TABLE, Record
from models.register import Door as Entry

FORM = load()
NAME, SEX, BORN, KIN, MARITAL, RESIDENCE = (
    FORM.role("member", role) for role in ("name", "sex", "born", "kinship", "marital", "residence")
)


def new_id() -> str:
    return str(uuid.uuid4())


def answer(item):
    """Some plain answer of a question."""
    if item.type == "choices":
        last = item.choices[-1]
        return [last.value]
    if item.type == "choice":
        return item.choices[0].value
    if item.type == "rows":
        return [{"row": new_id(), **{column.id: answer(column) for column in item.columns}}]
    return {"boolean": False, "integer": 1, "number": 1, "date": "1990-01-01", "text": "x"}.get(item.type, "x")


@dataclass
class House:
    """One door being built; ``fill`` answers every core question that applies."""

    id: str = field(default_factory=new_id)
    dasawisma: str = "35.22.14.2011/D001"
    household: dict = field(default_factory=dict)
    families: dict = field(default_factory=dict)
    members: dict = field(default_factory=dict)
    events: dict = field(default_factory=dict)
    visits: list = field(default_factory=list)

    def family(self, **answers):
        key = new_id()
        self.families[key] = {"household": self.id, **answers}
        return key

    def member(self, family=None, *, sex="P", born="1990-01-01", kin="kepala_keluarga", **answers):
        family = family or next(iter(self.families), None) or self.family()
        key = new_id()
        given = {"household": self.id, "family": family, NAME: "N", SEX: sex, BORN: born, KIN: kin}
        self.members[key] = given | answers
        return key

    def event(self, kind, on, member=None, **answers):
        key = new_id()
        self.events[key] = {"household": self.id, "type": kind, "on": on, "member": member, **answers}
        return key

    def door(self) -> Door:
        return Door(self.id, self.household, self.families, self.members, self.events)

    def fill(self, on: date = date(2026, 11, 23)):
        """Answer every core question that is asked and not answered, until none is left."""
        self.household.setdefault("dasawisma", self.dasawisma)
        for _ in range(3):
            contexts = door_contexts(FORM, self.door(), on)
            groups = (("household", {self.id: self.household}), ("family", self.families), ("member", self.members))
            for kind, records in groups:
                for key, answers in records.items():
                    for item in FORM.kinds[kind].fields.values():
                        if item.required and item.id not in answers and applies(item.show_if, answers, contexts[key]):
                            answers[item.id] = answer(item)
        return self

    def visit(self, outcome="selesai", on="2026-11-20", seen=10_000, *, withheld=False):
        self.visits.append({"id": new_id(), "on": on, "outcome": outcome, "seen": seen, "withheld": withheld})
        return self


def store(session, keyring, world, house: House, *, moment=datetime(2026, 11, 20, 3, tzinfo=UTC), seq=1, **entry):
    """Write a house as the sync would: one row a record, an entry in the register."""
    desa = world.area[house.dasawisma.split("/")[0]]
    place = world.area[house.dasawisma]

    def row(kind, key, fields, state="active", **more):
        body = {name: value for name, value in fields.items() if value is not None}
        session.add(
            Record(
                id=key, kind=kind, desa=desa, dasawisma=place, household=house.id, version=seq, state=state,
                document=keyring.seal(desa, TABLE, key, orjson.dumps(body)), salt=bytes(16),
                history=orjson.dumps({"s": [[seq, "o", 1, 1, None, None, 0]]}).decode(), asked=more.get("asked"),
                confirmations=more.get("confirmations"), created_at=moment,
            )
        )  # fmt: skip

    confirming = [one for one in house.visits if one["outcome"] in ("selesai", "tidak_berubah")]
    lines = [[one["on"], one["seen"], one["outcome"], one["id"], one["withheld"]] for one in confirming]
    household = {"dasawisma": house.dasawisma, **house.household}
    row("household", house.id, household, household.get("state", "active"), confirmations=lines)
    for kind, records in (("family", house.families), ("member", house.members), ("event", house.events)):
        for key, fields in records.items():
            row(kind, key, fields, fields.get("state", "active"))
    for one in house.visits:
        state = "active" if one is house.visits[-1] else "superseded"
        seq += 1
        row(
            "visit",
            one["id"],
            {"household": house.id, "on": one["on"], "outcome": one["outcome"], "seen": one["seen"]},
            state,
        )
    given = {"origin": "import", "listed_at": moment} | entry
    session.add(Entry(household=house.id, desa=desa, dasawisma=place, **given))
    session.flush()
