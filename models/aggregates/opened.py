"""Decides what is read of a door: its records opened, grouped, and laid out for counting.

``Behind`` is one door: the register's entry, the answers of everything that hangs on it, its visits in the order of the
desa's sequence, its confirmations, and for each answer that expires the day it was asked and the version it was set at.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import records
from models.calendar import day_of
from models.form import context
from models.records import Record
from models.register import Door
from models.sealing import Keyring
from models.structure import LIVE, SUPERSEDED

COLUMNS = (
    Record.id, Record.kind, Record.desa, Record.household, Record.state, Record.document, Record.history,
    Record.asked, Record.confirmations, Record.created_at, Record.salt,
)  # fmt: skip
PREFILL = 16
BATCH = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """One knock: the sequence number it arrived with, its outcome, its day, and whether an import made it."""

    id: str
    seq: int
    outcome: str
    on: date
    is_prefill: bool = False


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One confirming visit: its day, what its author had seen, its outcome, and whether freshness is withheld."""

    day: date
    seen: int
    outcome: str
    visit: str | None = None
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """When an answer that expires was asked, and the version it was last set at."""

    day: date
    version: int


@dataclass(slots=True)
class Behind:
    """One door with everything behind it; ``door`` is None where its household is no longer live."""

    household: str
    origin: str
    accepted_at: datetime | None
    door: context.Door | None = None
    visits: list[Visit] = field(default_factory=list)
    confirmations: list[Confirmation] = field(default_factory=list)
    asked: dict[tuple[str, str], Asked] = field(default_factory=dict)


@dataclass(slots=True)
class Opened:
    """One record in the clear."""

    id: str
    kind: str
    household: str | None
    state: str
    fields: dict[str, Any]
    created_at: datetime
    stamps: str
    asked: Mapping[str, str]
    confirmations: Sequence[Sequence[Any]]
    desa: int = 0
    salt: bytes = b""


def open_records(session: Session, keyring: Keyring, households: Sequence[str]) -> Iterator[Opened]:
    """Every record, live or not, that hangs on these doors."""
    for start in range(0, len(households), BATCH):
        part = households[start : start + BATCH]
        for row in session.execute(select(*COLUMNS).where(Record.household.in_(part))):
            yield _opened(keyring, row)


def open_desa(session: Session, keyring: Keyring, desa: int, left: Sequence[str]) -> Iterator[Opened]:
    """Every record, live or not, of a desa, and these that left it: whatever door each of them hangs on now."""
    for row in session.execute(select(*COLUMNS).where(Record.desa == desa)):
        yield _opened(keyring, row)
    for start in range(0, len(left), BATCH):
        part = left[start : start + BATCH]
        for row in session.execute(select(*COLUMNS).where(Record.id.in_(part), Record.desa != desa)):
            yield _opened(keyring, row)


def _opened(keyring: Keyring, row: Any) -> Opened:
    return Opened(
        id=row.id,
        kind=row.kind,
        household=row.household,
        state=row.state,
        fields=records.open_fields(keyring, row.desa, row.id, row.document),
        created_at=row.created_at,
        stamps=row.history,
        asked=orjson.loads(row.asked) if row.asked else {},
        confirmations=row.confirmations or (),
        desa=row.desa,
        salt=row.salt,
    )


def behind(doors: Iterable[Door], opened: Iterable[Opened]) -> Iterator[Behind]:
    """The records of each door put together; a record belongs where its ``household`` says."""
    grouped: dict[str, list[Opened]] = defaultdict(list)
    for one in opened:
        if one.household is not None:
            grouped[one.household].append(one)
    for door in doors:
        yield _behind(door, grouped.get(door.household, []))


def _behind(entry: Door, own: list[Opened]) -> Behind:
    found = Behind(entry.household, entry.origin, entry.accepted_at)
    live: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for one in own:
        if one.kind == "visit" and one.state in (*LIVE, SUPERSEDED):
            found.visits.append(_visit(one))
        elif one.state in LIVE:
            live[one.kind][one.id] = one.fields
            found.asked |= {(one.id, key): asked for key, asked in _asked(one)}
        if one.id == entry.household:
            found.confirmations = [_confirmation(line) for line in one.confirmations]
    found.visits.sort(key=lambda visit: visit.seq)
    house = live["household"].get(entry.household)
    if house is not None:
        found.door = context.Door(entry.household, house, live["family"], live["member"], live["event"])
    return found


def _visit(one: Opened) -> Visit:
    first = orjson.loads(one.stamps)["s"][0]
    received = day_of(one.created_at)
    on = context.day(one.fields.get("on")) or received
    return Visit(one.id, first[0], str(one.fields.get("outcome")), min(on, received), bool(first[6] & PREFILL))


def _confirmation(line: Sequence[Any]) -> Confirmation:
    day, seen, outcome, *rest = line
    return Confirmation(
        date.fromisoformat(day),
        int(seen or 0),
        outcome,
        rest[0] if rest else None,
        bool(rest[1]) if len(rest) > 1 else False,
    )


def _asked(one: Opened) -> Iterator[tuple[str, Asked]]:
    if not one.asked:
        return
    stamps = orjson.loads(one.stamps)
    touched = stamps.get("f", {})
    for key, asked in one.asked.items():
        yield key, Asked(date.fromisoformat(asked), stamps["s"][touched.get(key, 0)][0])
