"""Decides what a phone is sent: records in their current state, in the order of their versions, page by page.

``changes`` reads one snapshot and writes nothing.  A page holds up to 512 KiB of records and departures; a page cut
inside a desa leaves every dasawisma of it at the last version sent: nothing is sent twice, nothing is passed over.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Integer, Text, bindparam, cast, select
from sqlalchemy.orm import Session

from models.history import Departure
from models.records import TABLE, FeedDigest
from models.register import Door
from models.sealing import Keyring
from models.sql import Read, among
from models.structure import LIVE
from models.territory import Area, DesaSequence
from sync import digest
from sync.batch import RECORD, TABLES
from sync.cursor import Cursor
from sync.forms import copy_of, is_older, name_in, shown, today
from sync.rights import Place

PAGE_BYTES = 512 * 1024
FETCH = 400
FEW = 4
DEPARTURE, DOOR = TABLES[Departure.__tablename__], TABLES[Door.__tablename__]
AREA, SEQUENCE, FEED = (TABLES[table.__tablename__] for table in (Area, DesaSequence, FeedDigest))
ID, KIND = 2, 3
_LINES = select(
    RECORD.c.version,
    RECORD.c.dasawisma,
    RECORD.c.id,
    RECORD.c.kind,
    RECORD.c.desa,
    RECORD.c.state,
    cast(RECORD.c.confirmed_on, Text),
    cast(RECORD.c.confirmations, Text),
    RECORD.c.asked,
    RECORD.c.document,
).where(
    RECORD.c.version > bindparam("since"),
    RECORD.c.state.in_([bindparam(None, state) for state in LIVE]),
)
_PAGE = RECORD.c.version, bindparam("most", type_=Integer)
BY_AREA = Read(_LINES.where(RECORD.c.dasawisma == bindparam("of")).order_by(_PAGE[0]).limit(_PAGE[1]))
BY_DESA = Read(_LINES.where(RECORD.c.desa == bindparam("of")).order_by(_PAGE[0]).limit(_PAGE[1]))
UNACCEPTED = Read(select(DOOR.c.household).where(among(DOOR.c.household, "ids"), DOOR.c.accepted_at.is_(None)))
GONE = Read(
    select(DEPARTURE.c.dasawisma, DEPARTURE.c.version, DEPARTURE.c.record, DEPARTURE.c.why, DEPARTURE.c.to)
    .where(among(DEPARTURE.c.dasawisma, "ids"), DEPARTURE.c.version > bindparam("since"))
    .order_by(DEPARTURE.c.version)
)
SUMS = Read(select(FEED.c.dasawisma, FEED.c.digest, FEED.c["count"]).where(among(FEED.c.dasawisma, "ids")))
REACHED = Read(
    select(AREA.c.id, SEQUENCE.c.seq).join(SEQUENCE, SEQUENCE.c.desa == AREA.c.desa_id).where(among(AREA.c.id, "ids"))
)
TOPS = Read(select(SEQUENCE.c.desa, SEQUENCE.c.seq, SEQUENCE.c.departure_horizon).where(among(SEQUENCE.c.desa, "ids")))


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
    form: str | None = None


def start(cursor: Cursor | None, epoch: str, person: int, form: str) -> Cursor:
    """Return where reading begins: at the cursor, or at the beginning."""
    written = copy_of(form)
    if cursor is None or cursor.epoch != epoch or cursor.form != written:
        return Cursor(epoch, person, written)
    return cursor


def check_not_ahead(session: Session, cursor: Cursor | None, epoch: str) -> None:
    """Raise CursorAheadError where a cursor of this epoch knows numbers its desa has not given yet."""
    if cursor is None or cursor.epoch != epoch or not cursor.seqs:
        return
    for area, seq in REACHED.all(session, ids=sorted(cursor.seqs)):
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
        if any(reader.seqs[place.id] != reader.tops[desa] for place in places if place.desa == desa):
            _read_desa(reader, desa)
    page = reader.page
    page.scope = _scope(reader)
    page.building = frozenset(reader.building)
    page.cursor = replace(cursor, seqs=dict(reader.seqs), building=page.building if page.more else frozenset())
    return page


def _reader(session: Session, keyring: Keyring, places: list[Place], cursor: Cursor, again: tuple[str, ...]) -> _Reader:
    """Set every dasawisma to where it is read from: zero where it is new, asked for again, or too old."""
    desa = sorted({place.desa for place in places})
    rows = {key: (top, horizon) for key, top, horizon in TOPS.all(session, ids=desa)} if desa else {}
    seqs, building = {}, set(cursor.building)
    for place in places:
        seq = cursor.seqs.get(place.id)
        is_old = place.code in again or (seq or 0) < rows[place.desa][1]
        if seq is None or (is_old and place.id not in cursor.building):
            seq = 0
            building.add(place.id)
        seqs[place.id] = seq
    tops = {key: top for key, (top, _) in rows.items()}
    form = cursor.form if is_older(cursor.form) else None
    return _Reader(session, keyring, places, seqs, building & seqs.keys(), tops, Page(), form)


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
    if not departures:
        return records
    return _woven(records, departures)


def _woven(records: Iterator[tuple[int, Any]], departures: list[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    waiting = list(reversed(departures))
    for record in records:
        while waiting and waiting[-1][0] <= record[0]:
            yield waiting.pop()
        yield record
    yield from reversed(waiting)


def _records(reader: _Reader, mine: list[Place]) -> Iterator[tuple[int, bytes]]:
    """Return (version, JSON line) of every live record the phone does not have.

    A few dasawisma are read one by one, each by its index, and merged; many by the desa's own order of versions.
    """
    codes = {place.id: orjson.dumps(place.code) for place in mine}
    if len(mine) <= FEW:
        parts = [_rows(reader, BY_AREA, place.id, reader.seqs[place.id]) for place in mine]
        rows = parts[0] if len(parts) == 1 else heapq.merge(*parts, key=itemgetter(0))
    else:
        since = min(reader.seqs[place.id] for place in mine)
        whole = _rows(reader, BY_DESA, mine[0].desa, since)
        rows = (row for row in whole if row[1] in codes and row[0] > reader.seqs[row[1]])
    for version, area, parts_of in rows:
        yield version, _line(reader.keyring, parts_of, codes[area], reader.form)


def _rows(reader: _Reader, read: Read, of: int, since: int) -> Iterator[tuple[int, int, Any]]:
    """Return (version, dasawisma, (row, waits for the desa)) in the order of versions, fetched in parts."""
    while True:
        rows = read.all(reader.session, of=of, since=since, most=FETCH)
        doors = [row[ID] for row in rows if row[KIND] == "household"]
        waits = {door for (door,) in UNACCEPTED.all(reader.session, ids=doors)} if doors else ()
        for row in rows:
            yield row[0], row[1], (row, row[ID] in waits)
        if len(rows) < FETCH:
            return
        since = rows[-1][0]


def _line(keyring: Keyring, found: tuple[Any, bool], code: bytes, form: str | None) -> bytes:
    """Return a record as the wire has it: its head put together, its document passed through or carried to a form."""
    (version, _, name, kind, desa, state, confirmed_on, confirmations, asked, document), waits = found
    head = f'{{"kind":"{kind}","id":"{name}","version":{version},"state":"{state}"'
    if kind == "household":
        day = f'"{confirmed_on}"' if confirmed_on else "null"
        head += f',"confirmed_on":{day},"accepted":{"false" if waits else "true"}'
        if confirmations and confirmations != "null":
            head += f',"confirmations":{confirmations}'
    opened = keyring.open(desa, TABLE, name, document)
    if form:
        opened = orjson.dumps(shown(kind, orjson.loads(opened), form))
        days = orjson.loads(asked) if asked else {}
        asked = orjson.dumps({name_in(kind, key, today(), form): day for key, day in days.items()}).decode()
    if asked and asked != "{}":
        head += f',"asked_on":{asked}'
    return b'%b,"dasawisma":%b,"fields":%b}' % (head.encode(), code, opened)


def _departures(reader: _Reader, mine: list[Place]) -> list[tuple[int, dict[str, Any]]]:
    """Return (version, ``gone`` line) of what left since; a copy that starts from zero has nothing to lose."""
    codes = {place.id: place.code for place in mine if reader.seqs[place.id]}
    if not codes:
        return []
    since = min(reader.seqs[area] for area in codes)
    found = []
    for area, version, record, why, to in GONE.all(reader.session, ids=list(codes), since=since):
        if version > reader.seqs[area]:
            line = {"id": record, "from": codes[area], "version": version, "why": why}
            found.append((version, line | ({"to": to} if to else {})))
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
    rows = SUMS.all(reader.session, ids=[place.id for place in reader.places]) if reader.places else ()
    sums = {area: (value, count) for area, value, count in rows}
    lines = []
    for place in reader.places:
        value, count = sums.get(place.id, (0, 0))
        lines.append(
            {
                "dasawisma": place.code,
                "name": place.name,
                "seq": reader.seqs[place.id],
                "count": count,
                "digest": digest.text(value),
                "from_zero": place.id in reader.building,
            }
        )
    return lines
