"""Decides what a phone is sent: records in their current state, in the order of their versions, page by page.

``changes`` reads one snapshot and writes nothing.  A page holds up to 512 KiB of records and departures; a page cut
inside a desa leaves every dasawisma of it at the last version sent: nothing is sent twice, nothing is passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.history import Departure
from models.records import TABLE, FeedDigest
from models.register import Door
from models.sealing import Keyring
from models.structure import LIVE
from models.territory import Area, DesaSequence
from sync import digest
from sync.batch import RECORD, TABLES
from sync.cursor import Cursor
from sync.rights import Place
from sync.wire import record_line

PAGE_BYTES = 512 * 1024
FETCH = 400
DEPARTURE = TABLES[Departure.__tablename__]
DOOR = TABLES[Door.__tablename__]


class CursorAheadError(Exception):
    """A valid cursor is ahead of its desa's sequence: the database went back without a new epoch."""


@dataclass(slots=True)
class Page:
    """What one answer carries, and where the next one goes on."""

    records: list[bytes] = field(default_factory=list)
    gone: list[dict[str, Any]] = field(default_factory=list)
    scope: list[dict[str, Any]] = field(default_factory=list)
    cursor: Cursor | None = None
    building: frozenset[int] = frozenset()
    more: bool = False
    size: int = 0

    def is_full(self, line: bytes = b"") -> bool:
        """Whether this line belongs on the next page (the first one never does)."""
        return self.size > 0 and self.size + len(line) >= PAGE_BYTES

    def add(self, line: bytes | dict[str, Any]) -> None:
        """Put a record or a departure on the page."""
        if isinstance(line, bytes):
            self.records.append(line)
            self.size += len(line) + 1
        else:
            self.gone.append(line)
            self.size += len(orjson.dumps(line)) + 1


@dataclass(slots=True)
class _Reader:
    """One pull under way: a snapshot, a scope, and how far each dasawisma is."""

    session: Session
    keyring: Keyring
    places: list[Place]
    seqs: dict[int, int]
    building: set[int]
    tops: dict[int, int]
    page: Page


def start(cursor: Cursor | None, epoch: str, person: int, form: str) -> Cursor:
    """Return where reading begins: at the cursor, or at the beginning."""
    if cursor is None or cursor.epoch != epoch or cursor.form != form:
        return Cursor(epoch, person, form)
    return cursor


def check_not_ahead(session: Session, cursor: Cursor | None, epoch: str) -> None:
    """Raise CursorAheadError where a cursor of this epoch knows numbers its desa has not given yet."""
    if cursor is None or cursor.epoch != epoch or not cursor.seqs:
        return
    query = select(Area.id, DesaSequence.seq).join(DesaSequence, DesaSequence.desa == Area.desa_id)
    for area, seq in session.execute(query.where(Area.id.in_(sorted(cursor.seqs)))):
        if cursor.seqs[area] > seq:
            raise CursorAheadError


def changes(session: Session, keyring: Keyring, places: list[Place], cursor: Cursor, again: tuple[str, ...]) -> Page:
    """Return the next page for somebody whose scope is ``places``."""
    reader = _reader(session, keyring, places, cursor, again)
    _revoked(reader, cursor)
    for desa in sorted({place.desa for place in places}):
        if reader.page.is_full():
            reader.page.more = True
            break
        _read_desa(reader, desa)
    page = reader.page
    page.scope = _scope(reader)
    page.building = frozenset(reader.building)
    page.cursor = replace(cursor, seqs=dict(reader.seqs), building=page.building if page.more else frozenset())
    return page


def _reader(session: Session, keyring: Keyring, places: list[Place], cursor: Cursor, again: tuple[str, ...]) -> _Reader:
    """Set every dasawisma to where it is read from: zero where it is new, asked for again, or too old."""
    desa = sorted({place.desa for place in places})
    query = select(DesaSequence.desa, DesaSequence.seq, DesaSequence.departure_horizon)
    rows = {row.desa: row for row in session.execute(query.where(DesaSequence.desa.in_(desa)))}
    seqs, building = {}, set(cursor.building)
    for place in places:
        seq = cursor.seqs.get(place.id)
        is_old = place.code in again or (seq or 0) < rows[place.desa].departure_horizon
        if seq is None or (is_old and place.id not in cursor.building):
            seq = 0
            building.add(place.id)
        seqs[place.id] = seq
    tops = {row.desa: row.seq for row in rows.values()}
    return _Reader(session, keyring, places, seqs, building & seqs.keys(), tops, Page())


def _read_desa(reader: _Reader, desa: int) -> None:
    """Read one desa up to the end of the page or of the desa; a departure and its record are never cut apart."""
    mine = [place for place in reader.places if place.desa == desa]
    codes = {place.id: place.code for place in mine}
    last = 0
    for version, line in _merged(_records(reader, mine), _departures(reader, mine)):
        if version > last and reader.page.is_full(line if isinstance(line, bytes) else b""):
            reader.page.more = True
            for area in codes:
                reader.seqs[area] = max(reader.seqs[area], last)
            return
        last = version
        reader.page.add(line)
    for area in codes:
        reader.seqs[area] = reader.tops[desa]


def _merged(records: Iterator[tuple[int, Any]], departures: list[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    """Return both in one order, a departure before a record of the same version."""
    waiting = list(reversed(departures))
    for record in records:
        while waiting and waiting[-1][0] <= record[0]:
            yield waiting.pop()
        yield record
    yield from reversed(waiting)


def _since(reader: _Reader, mine: list[Place], area: Any, version: Any) -> ColumnElement[bool]:
    """Return the condition "newer than that dasawisma's place in the cursor"."""
    groups: dict[int, list[int]] = {}
    for place in mine:
        groups.setdefault(reader.seqs[place.id], []).append(place.id)
    return or_(*(and_(area.in_(ids), version > seq) for seq, ids in groups.items()))


def _records(reader: _Reader, mine: list[Place]) -> Iterator[tuple[int, bytes]]:
    """Return (version, JSON line) of every live record the phone does not have, fetched in parts."""
    codes = {place.id: place.code for place in mine}
    since = _since(reader, mine, RECORD.c.dasawisma, RECORD.c.version)
    last = 0
    while True:
        query = (
            select(
                RECORD.c.id,
                RECORD.c.kind,
                RECORD.c.desa,
                RECORD.c.version,
                RECORD.c.dasawisma,
                RECORD.c.state,
                RECORD.c.confirmed_on,
                RECORD.c.confirmations,
                RECORD.c.asked,
                RECORD.c.document,
                and_(DOOR.c.household.is_not(None), DOOR.c.accepted_at.is_(None)).label("waits"),
            )
            .outerjoin(DOOR, DOOR.c.household == RECORD.c.id)
            .where(since, RECORD.c.version > last, RECORD.c.state.in_(LIVE))
        )
        rows = reader.session.execute(query.order_by(RECORD.c.version).limit(FETCH)).all()
        for row in rows:
            yield row.version, _line(reader.keyring, row, codes[row.dasawisma])
        if len(rows) < FETCH:
            return
        last = rows[-1].version


def _line(keyring: Keyring, row: Any, code: str) -> bytes:
    head = {"kind": row.kind, "id": row.id, "version": row.version, "dasawisma": code, "state": row.state}
    if row.kind == "household":
        head |= {"confirmed_on": row.confirmed_on, "accepted": not row.waits}
        if row.confirmations:
            head["confirmations"] = row.confirmations
    if row.asked:
        head["asked_on"] = orjson.Fragment(row.asked)
    return record_line(head, keyring.open(row.desa, TABLE, row.id, row.document))


def _departures(reader: _Reader, mine: list[Place]) -> list[tuple[int, dict[str, Any]]]:
    """Return (version, ``gone`` line) of what left since; a copy that starts from zero has nothing to lose."""
    codes = {place.id: place.code for place in mine}
    old = [place for place in mine if reader.seqs[place.id]]
    if not old:
        return []
    since = _since(reader, old, DEPARTURE.c.dasawisma, DEPARTURE.c.version)
    found = []
    for row in reader.session.execute(select(DEPARTURE).where(since).order_by(DEPARTURE.c.version)):
        line = {"id": row.record, "from": codes[row.dasawisma], "version": row.version, "why": row.why}
        found.append((row.version, line | ({"to": row.to} if row.to else {})))
    return found


def _revoked(reader: _Reader, cursor: Cursor) -> None:
    """Take back what is no longer in scope, one whole dasawisma after another."""
    lost = sorted(cursor.seqs.keys() - reader.seqs.keys())
    if not lost:
        return
    codes = dict(reader.session.execute(select(Area.id, Area.code).where(Area.id.in_(lost))).all())
    for area in lost:
        if reader.page.is_full():
            reader.page.more = True
            reader.seqs[area] = cursor.seqs[area]
            continue
        where = RECORD.c.dasawisma == area, RECORD.c.state.in_(LIVE)
        rows = reader.session.execute(select(RECORD.c.id, RECORD.c.version).where(*where).order_by(RECORD.c.version))
        known = [(row.id, row.version + 1) for row in rows]
        left = select(DEPARTURE.c.record, DEPARTURE.c.version)
        left = left.where(DEPARTURE.c.dasawisma == area, DEPARTURE.c.version > cursor.seqs[area])
        known += [(row.record, row.version) for row in reader.session.execute(left)]
        for record, version in known:
            reader.page.add({"id": record, "from": codes.get(area, ""), "version": version, "why": "revoked"})


def _scope(reader: _Reader) -> list[dict[str, Any]]:
    """Return every dasawisma of the scope with its number, count and digest in this snapshot."""
    ids = [place.id for place in reader.places]
    query = select(FeedDigest.dasawisma, FeedDigest.digest, FeedDigest.count).where(FeedDigest.dasawisma.in_(ids))
    sums = {row.dasawisma: row for row in reader.session.execute(query)}
    lines = []
    for place in reader.places:
        known = sums.get(place.id)
        lines.append(
            {
                "dasawisma": place.code,
                "name": place.name,
                "seq": reader.seqs[place.id],
                "count": known.count if known else 0,
                "digest": digest.text(known.digest if known else 0),
                "from_zero": place.id in reader.building,
            }
        )
    return lines
