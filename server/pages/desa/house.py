"""Opens the records of doors for reading: whose house it is, and each record's answers in the form's order.

``Shown`` is one record: ``sections`` hold (title, [Answer]); an answer asked here and missing has ``text`` None.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.form.context import Door as Behind
from models.form.context import door_contexts
from models.form.definition import Field, Form, load
from models.form.rules import applies
from models.records import Record, fields_of, of_doors
from models.sealing import Keyring
from models.structure import LIVE
from server.pages.desa.answers import text_of

ORDER = ("household", "family", "member", "event", "visit")


class Answer(NamedTuple):
    """One question of a record and how its answer reads; None where it is asked and not answered."""

    field: str
    label: str
    text: str | None
    is_core: bool


@dataclass
class Shown:
    """One live record for reading."""

    id: str
    kind: str
    title: str
    state: str
    sections: list[tuple[str, list[Answer]]] = field(default_factory=list)


@dataclass(frozen=True)
class Label:
    """What a door is called in a list: the head's name, and where it stands."""

    name: str
    address: str
    order: int


class House:
    """The live records of one door, opened."""

    def __init__(self, form: Form, keyring: Keyring, household: str, rows: Iterable[Record]) -> None:
        """``rows`` may hold records that are not live; they are left out."""
        self.form, self.household = form, household
        self.rows = sorted(
            (row for row in rows if row.state in LIVE), key=lambda row: (ORDER.index(row.kind), row.created_at, row.id)
        )
        self.fields = {row.id: fields_of(keyring, row) for row in self.rows}

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Fields of the records of a kind, by id."""
        return {row.id: self.fields[row.id] for row in self.rows if row.kind == kind}

    def name(self, record: str) -> str | None:
        """The name of a member of this house."""
        name = self.fields.get(record, {}).get(self.form.role("member", "name"))
        return name if isinstance(name, str) else None

    def label(self) -> Label:
        """The head of the house, else the first head of a family, else what the list calls the house."""
        role, own = self.form.role, self.fields.get(self.household, {})
        address = own.get(role("household", "address")) or ""
        number, order = own.get(role("household", "house_number")), own.get(role("household", "order"))
        if number:
            address = f"{address} no. {number}".strip()
        name = (
            self.name(str(own.get(role("household", "head"))))
            or self._first_head()
            or own.get(role("household", "label"))
        )
        return Label(str(name or "Belum ada nama"), str(address), order if isinstance(order, int) else 10**6)

    def _first_head(self) -> str | None:
        heads = self.form.meaning("member", "kinship", "head")
        kinship, name = self.form.role("member", "kinship"), self.form.role("member", "name")
        active = [fields for fields in self.of("member").values() if fields.get("state", "active") == "active"]
        first = next((fields for fields in active if fields.get(kinship) in heads), active[0] if active else {})
        return first.get(name)

    def shown(self, as_of: date) -> list[Shown]:
        """Every record with the questions asked of it on a day, and other answers it holds."""
        behind = Behind(
            self.household, self.fields.get(self.household, {}), self.of("family"), self.of("member"), self.of("event")
        )
        contexts: Mapping[str, Mapping[str, Any]] = door_contexts(self.form, behind, as_of)
        return [self._show(row, contexts.get(row.id, {})) for row in self.rows]

    def titles(self) -> list[Shown]:
        """Every record with its title only."""
        return [Shown(row.id, row.kind, self._title(row), row.state) for row in self.rows]

    def _show(self, row: Record, context: Mapping[str, Any]) -> Shown:
        fields = self.fields[row.id]
        shown = Shown(row.id, row.kind, self._title(row), row.state)
        structure = [
            self._answer(item, key, fields) for key, item in self.form.kinds[row.kind].structure.items() if key in _TOLD
        ]
        if structure:
            shown.sections.append(("", [answer for answer in structure if answer.text]))
        for section in self.form.kinds[row.kind].sections:
            answers = [
                self._answer(item, item.id, fields)
                for item in section.fields
                if fields.get(item.id) is not None or (item.required and applies(item.show_if, fields, context))
            ]
            if answers:
                shown.sections.append((section.title, answers))
        return shown

    def _answer(self, item: Field, key: str, fields: Mapping[str, Any]) -> Answer:
        return Answer(
            key, item.label or _TOLD.get(key, key), text_of(self.form, item, fields.get(key), self.name), item.required
        )

    def _title(self, row: Record) -> str:
        fields = self.fields[row.id]
        if row.kind == "household":
            return "Rumah"
        if row.kind == "family":
            return f"KK {fields.get(self.form.role('family', 'number')) or 'tanpa nomor'}"
        if row.kind == "member":
            return self.name(row.id) or "Warga tanpa nama"
        item = self.form.kinds[row.kind].structure["type" if row.kind == "event" else "outcome"]
        what = text_of(self.form, item, fields.get("type" if row.kind == "event" else "outcome"), self.name)
        return f"{'Peristiwa' if row.kind == 'event' else 'Kunjungan'}: {what or '–'}"


_TOLD = {"on": "Tanggal", "outcome": "Hasil", "type": "Peristiwa", "member": "Warga"}


def open_house(session: Session, keyring: Keyring, household: str) -> House:
    """The house of one door."""
    return House(load(), keyring, household, of_doors(session, [household]))


def labels_of(session: Session, keyring: Keyring, dasawisma: int) -> dict[str, Label]:
    """What each door of a dasa wisma is called, by household id."""
    by_door: dict[str, list[Record]] = defaultdict(list)
    query = select(Record).where(
        Record.dasawisma == dasawisma, Record.kind.in_(("household", "member")), Record.state.in_(LIVE)
    )
    for row in session.scalars(query):
        if row.household:
            by_door[row.household].append(row)
    form = load()
    return {household: House(form, keyring, household, rows).label() for household, rows in by_door.items()}
