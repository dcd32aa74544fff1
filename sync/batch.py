"""Everything one transaction has read and will write: loaded in bulk, changed in memory, written once at the end.

Reading comes after the locks (outbox, then the desa rows in key order), so that nothing read can be old.  A record of a
desa that was not locked raises LockAgainError, and the caller begins again with that desa among the locked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from dataclasses import field as dataclass_field
from datetime import date, datetime
from typing import Any

from orjson import loads
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.calendar import day_of
from models.database import Base
from models.history import Alias, Conflict
from models.records import TABLE
from models.sealing import Keyring
from models.sql import Read, among
from models.structure import LIVE
from models.territory import DesaSequence
from sync.rights import Place, places_by_code, places_by_id
from sync.rows import Row

CHUNK = 500
TABLES = Base.metadata.tables
RECORD = TABLES[TABLE]
COLUMNS = [
    RECORD.c[name]
    for name in (
        *("id", "kind", "desa", "dasawisma", "household", "family", "version", "state", "salt", "created_at"),
        *("document", "history", "asked", "nik_index", "kk_index", "confirmations", "confirmed_on", "is_soft"),
    )
]
"""In the order of ``Row``."""
SEQUENCE = TABLES[DesaSequence.__tablename__]
ALIAS = TABLES[Alias.__tablename__]
VISIT = RECORD.c.kind == "visit", RECORD.c.state.in_([bindparam(None, state) for state in LIVE])
BY_ID = Read(select(*COLUMNS).where(among(RECORD.c.id, "ids")))
BY_DOOR = Read(select(*COLUMNS).where(among(RECORD.c.household, "ids")))
BY_VISIT = Read(select(*COLUMNS).where(among(RECORD.c.household, "ids"), *VISIT).order_by(RECORD.c.version))
SURVIVORS = Read(select(ALIAS.c.record, ALIAS.c.survivor).where(among(ALIAS.c.record, "ids")))
LOCKED = (SEQUENCE.c.desa, SEQUENCE.c.seq, SEQUENCE.c.log_position, SEQUENCE.c.chain_head)
LOCK = Read(select(*LOCKED).where(among(SEQUENCE.c.desa, "ids")).order_by(SEQUENCE.c.desa).with_for_update())


class LockAgainError(Exception):
    """More desa must be locked from the start; ``desa`` are all that are needed."""

    def __init__(self, desa: frozenset[int]) -> None:
        super().__init__(sorted(desa))
        self.desa = desa


@dataclass(frozen=True, slots=True)
class Tools:
    """What the shell is given from above: keys, the moment of receipt, and a maker of new ids."""

    keyring: Keyring
    now: datetime
    new_id: Callable[[], str]


@dataclass(slots=True)
class DesaLock:
    """A locked desa: its sequence, and the end of its log."""

    desa: int
    seq: int
    log_position: int
    chain_head: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person will be told by her inbox."""

    person: int
    type: str
    edit: str
    record: str | None = None
    field: str | None = None
    code: str | None = None
    details: dict[str, Any] = dataclass_field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """One transaction's work."""

    session: Session
    tools: Tools
    rows: dict[str, Row | None] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    codes: dict[str, Place | None] = field(default_factory=dict)
    locked: dict[int, DesaLock] = field(default_factory=dict)
    visits: dict[str, str | None] = field(default_factory=dict)
    numbered: dict[str, int] = field(default_factory=dict)
    inserts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    updates: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    conflicts: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    found: list[Any] = field(default_factory=list)
    taps: dict[int, list[Any]] = field(default_factory=dict)
    held: dict[int, Any] = field(default_factory=dict)
    looked_up: set[str] = field(default_factory=set)
    waiting: dict[str, set[int]] = field(default_factory=dict)
    doors: set[str] = field(default_factory=set)
    reopened: set[str] = field(default_factory=set)
    suspects: set[str] = field(default_factory=set)
    transfers: dict[str, int | None] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day of receipt in Jakarta."""
        return day_of(self.tools.now)

    # locks and numbers

    def lock(self, desa: Iterable[int]) -> None:
        """Lock these desa in key order; a statement of its own, before the reads it protects."""
        wanted = sorted(set(desa) - self.locked.keys())
        if not wanted:
            return
        for row in LOCK.all(self.session, ids=wanted):
            self.locked[row[0]] = DesaLock(*row)

    def seq(self, desa: int) -> int:
        """Return the last number a desa has given."""
        return self._locked(desa).seq

    def take(self, desa: int) -> int:
        """Give the next number of a desa."""
        sequence = self._locked(desa)
        sequence.seq += 1
        return sequence.seq

    def raise_to(self, desa: int, number: int) -> None:
        """Let a desa's numbers go on above this one."""
        sequence = self._locked(desa)
        sequence.seq = max(sequence.seq, number)

    def next_version(self, row: Row | None, desa: int) -> int:
        """Return the version a record will have once this edit has changed it in that desa."""
        known = self.numbered.get(row.id) if row and row.desa == desa else None
        return known or self.seq(desa) + 1

    def _locked(self, desa: int) -> DesaLock:
        if desa not in self.locked:
            raise LockAgainError(frozenset({*self.locked, desa}))
        return self.locked[desa]

    # reading

    def load(self, ids: Iterable[str]) -> None:
        """Load these records, and the survivors of merged ones."""
        wanted = [one for one in dict.fromkeys(ids) if one not in self.rows]
        if wanted:
            self._read(BY_ID, wanted)
        for one in wanted:
            self.rows.setdefault(one, None)
        merged = [one for one in wanted if (row := self.rows[one]) and row.state == "merged"]
        if merged:
            self.aliases.update(SURVIVORS.all(self.session, ids=merged))
            self.load(self.aliases[one] for one in merged if one in self.aliases)

    def load_doors(self, households: Iterable[str]) -> None:
        """Load everything that hangs on these doors."""
        if wanted := list(households):
            self._read(BY_DOOR, wanted)

    def load_visits(self, households: Iterable[str]) -> None:
        """Load the current visit of each of these doors."""
        wanted = [one for one in dict.fromkeys(households) if one not in self.visits]
        for row in self._read(BY_VISIT, wanted) if wanted else ():
            if row.is_live:
                self.visits[row.household or ""] = row.id
        for one in wanted:
            self.visits.setdefault(one, None)

    def _read(self, query: Read, ids: list[str]) -> list[Row]:
        found = []
        for data in query.all(self.session, ids=ids):
            row = self.rows.get(data[0])
            if row is None:
                row = self.rows[data[0]] = _row(data)
            found.append(row)
        if self.locked:
            for row in found:
                self._locked(row.desa)
        return found

    def load_places(self, ids: Iterable[int], codes: Iterable[str]) -> None:
        """Load dasawisma by area id and by code."""
        for place in places_by_id(self.session, set(ids) - self.places.keys()).values():
            self.add_place(place)
        wanted = set(codes) - self.codes.keys()
        for place in places_by_code(self.session, wanted).values():
            self.add_place(place)
        for code in wanted:
            self.codes.setdefault(code, None)

    def add_place(self, place: Place) -> None:
        """Remember a dasawisma."""
        self.places[place.id] = self.codes[place.code] = place

    def place(self, row: Row) -> Place:
        """Return where a record is."""
        if row.dasawisma not in self.places:
            self.load_places([row.dasawisma], ())
        return self.places[row.dasawisma]

    def find(self, record: str) -> Row | None:
        """Return a record by id, the survivor for a merged one; None where it is not known."""
        seen = set()
        while record in self.aliases and record not in seen:
            seen.add(record)
            record = self.aliases[record]
        if record not in self.rows:
            self.load([record])
        return self.rows[record]

    def hanging(self, household: str) -> list[Row]:
        """Return what hangs on a door (loaded before), the household itself left out."""
        return [row for row in self.rows.values() if row and row.household == household and row.id != household]

    # writing

    def insert(self, table: str, **values: Any) -> None:
        """Write a row of a table at the end."""
        self.inserts.setdefault(table, []).append(values)

    def update(self, table: str, key: str | int, **values: Any) -> None:
        """Change a row of a table, by its key, at the end."""
        self.updates.setdefault(table, []).append({"key": key, **values})

    def tell(self, people: Iterable[int | None], type_: str, edit: str, **more: Any) -> None:
        """Tell these people, each once; nobody (an import) is passed over."""
        for person in dict.fromkeys(people):
            if person is not None:
                self.notes.append(Note(person, type_, edit, **more))

    def load_conflicts(self, names: Iterable[str]) -> None:
        """Load conflicts that edits settle, and their records."""
        table = TABLES[Conflict.__tablename__]
        for part in chunks(sorted(set(names))):
            for row in self.session.execute(select(table).where(table.c.id.in_(part))):
                self.conflicts[row.id] = row
        self.load(row.record for row in self.conflicts.values())


def chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut a list into parts that fit one IN list."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _row(data: Sequence[Any]) -> Row:
    """A record as it was read; ``data`` are ``COLUMNS``."""
    row = Row(*data[:10])
    row.loaded = (row.desa, row.dasawisma, row.version, row.is_live)
    row.document, row.history_text, asked, row.nik_index, row.kk_index, lines, row.confirmed_on, row.is_soft = data[10:]
    row.asked, row.confirmations = loads(asked) if asked else {}, list(lines or ())
    return row
