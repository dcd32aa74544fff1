"""Decides which accepted facts look wrong: looked for after the merge, at the doors it touched, and only ever flagged.

What one door shows by itself comes from the form (``models.form.findings``).  Here: what needs other doors, or the way
an answer came.  A finding whose cause is gone closes by itself; one the desa answered stays answered.

| code | about | meaning |
|---|---|---|
| nik_taken | member | the same NIK is live behind another door of the desa |
| no_household | household | its door was deleted while people or families still hang on it |
| many_taps | visit | over 10 "tidak berubah" within 30 minutes; no freshness until answered |
| dated_ahead | visit | says it was made after it was received; no freshness until answered |
| redirected | record | written for a record that was merged into this one |
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from models.form.context import Door, door_contexts
from models.form.definition import load
from models.form.findings import door_findings, watched
from models.history import Edit, Finding, PatchLog
from models.sql import Read, among
from models.structure import LIVE, STRUCTURE
from sync.batch import RECORD, TABLES, Batch
from sync.incoming import Incoming
from sync.rows import Row

FINDING = TABLES[Finding.__tablename__]
AT_DOORS = Read(
    select(*(FINDING.c[name] for name in ("id", "code", "record", "subject", "state", "household"))).where(
        among(FINDING.c.household, "ids")
    )
)
HOLDERS = Read(
    select(RECORD.c.id, RECORD.c.desa, RECORD.c.nik_index, RECORD.c.household, RECORD.c.state).where(
        among(RECORD.c.nik_index, "ids")
    )
)
NIK_TAKEN, NO_HOUSEHOLD, MANY_TAPS, DATED_AHEAD, REDIRECTED = (
    "nik_taken",
    "no_household",
    "many_taps",
    "dated_ahead",
    "redirected",
)
HAPPENED = (MANY_TAPS, DATED_AHEAD, REDIRECTED)
"""Findings about how something came: they do not go away by themselves."""
TOLD = ("heads", "nik_twice", NIK_TAKEN, NO_HOUSEHOLD, *HAPPENED)
"""Findings the author hears of at once; the others are the desa's to look through."""
WATCHED = watched(load().version) | {key for keys in STRUCTURE.values() for key in keys if key != "position"}
MOST_TAPS, WINDOW = 10, timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Found:
    """One finding; ``subject`` tells findings of one code and record apart."""

    code: str
    record: str
    household: str
    subject: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it one finding."""
        return self.code, self.record, self.subject


class Tap(NamedTuple):
    """One "tidak berubah": when it was made, its visit and the door."""

    at: datetime
    visit: str
    household: str


def look(batch: Batch, person: int | None, edit: str | None) -> None:
    """Bring the findings of the doors in question up to date; new ones are told to the author."""
    if not batch.suspects and not batch.found:
        return
    doors = sorted(batch.suspects)
    batch.load_doors(doors)
    behind: dict[str, list[Row]] = defaultdict(list)
    for row in batch.rows.values():
        if row and row.household in batch.suspects and row.state in LIVE and row.kind != "visit":
            behind[row.household].append(row)
    found = [one for door in doors for one in _of_door(batch, door, behind[door])]
    found += _taken(batch, [row for rows in behind.values() for row in rows])
    _write(batch, doors, [*found, *batch.found], (person, edit))


def _of_door(batch: Batch, household: str, rows: list[Row]) -> list[Found]:
    """Return what one door shows by itself."""
    answers: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        answers[row.kind][row.id] = row.fields(batch.tools.keyring)
    house = answers["household"].get(household)
    if house is None:
        return [Found(NO_HOUSEHOLD, household, household)] if answers["family"] or answers["member"] else []
    form = load()
    door = Door(household, house, answers["family"], answers["member"], answers["event"])
    own = batch.rows[household]
    assert own is not None
    contexts = door_contexts(form, door, batch.today)
    code = batch.place(own).code.split("/")[0]
    return [
        Found(one.code, one.record, household, one.subject, dict(one.details))
        for one in door_findings(form, door, contexts, code)
    ]


def _taken(batch: Batch, rows: list[Row]) -> list[Found]:
    """Return members whose NIK is live behind another door of their desa."""
    mine = [row for row in rows if row.nik_index]
    others: dict[tuple[int, bytes | None], set[str | None]] = defaultdict(set)
    for row in batch.rows.values():
        if row and row.nik_index and row.state in LIVE:
            others[row.desa, row.nik_index].add(row.household)
    wanted = sorted({row.nik_index for row in mine if row.nik_index})
    for name, desa, nik, household, state in HOLDERS.all(batch.session, ids=wanted) if wanted else ():
        if name not in batch.rows and state in LIVE:
            others[desa, nik].add(household)
    return [
        Found(NIK_TAKEN, row.id, row.household or "")
        for row in mine
        if others[row.desa, row.nik_index] - {row.household}
    ]


def _write(batch: Batch, doors: list[str], found: Iterable[Found], author: tuple[int | None, str | None]) -> None:
    """Add what is new, close what is gone, open again what came back."""
    known: dict[tuple[str, str, str], tuple[int, str]] = {}
    asked = sorted({*doors, *(one.household for one in batch.found)})
    known_at: dict[tuple[str, str, str], str] = {}
    for number, code, record, subject, state, household in AT_DOORS.all(batch.session, ids=asked):
        known[code, record, subject], known_at[code, record, subject] = (number, state), household
    now = {one.key: one for one in found}
    person, edit = author
    for key, one in now.items():
        if key not in known:
            _add(batch, one, edit)
            if one.code in TOLD:
                about = {"record": one.record, "code": one.code, "details": one.details}
                batch.tell([person], "finding", edit or "", **about)
        elif known[key][1] == "gone":
            batch.update("finding", known[key][0], state="open")
    for key, (number, state) in known.items():
        if key not in now and state == "open" and key[0] not in HAPPENED and known_at[key] in batch.suspects:
            batch.update("finding", number, state="gone")


def _add(batch: Batch, one: Found, edit: str | None) -> None:
    row = batch.rows.get(one.record) or batch.rows.get(one.household)
    assert row is not None
    batch.insert(
        "finding",
        desa=row.desa,
        dasawisma=row.dasawisma,
        household=one.household,
        record=one.record,
        code=one.code,
        subject=one.subject,
        details=one.details,
        edit=edit,
        state="open",
        created_at=batch.tools.now,
        answered_by=None,
        answered_at=None,
    )


def suspect(batch: Batch, row: Row, keys: Iterable[str], *, is_new: bool) -> None:
    """Have a record's door looked at where one of the keys that changed can matter to what looks wrong."""
    if row.household and row.kind != "visit" and (is_new or not WATCHED.isdisjoint(keys)):
        batch.suspects.add(row.household)


def burst(batch: Batch, incoming: Incoming, visit: Row) -> list[Tap]:
    """Return every tap of a burst this visit belongs to: over 10 within 30 minutes by the author's corrected clock."""
    moment, person = incoming.corrected_at or incoming.received_at, incoming.author.person
    if person is None:
        return []
    if person not in batch.taps:
        batch.taps[person] = _earlier_taps(batch, person, incoming.received_at - timedelta(days=1))
    mine = Tap(moment, visit.id, visit.household or "")
    taps = batch.taps[person] = sorted([*batch.taps[person], mine])
    at, found = taps.index(mine), set()
    for start in range(max(0, at - MOST_TAPS), at + 1):
        window = taps[start : start + MOST_TAPS + 1]
        if len(window) > MOST_TAPS and window[-1].at - window[0].at < WINDOW:
            found.update(window)
    return sorted(found)


def _earlier_taps(batch: Batch, person: int, since: datetime) -> list[Tap]:
    query = (
        select(Edit.corrected_at, Edit.received_at, RECORD.c.id, RECORD.c.household)
        .join(PatchLog, PatchLog.edit == Edit.id)
        .join(RECORD, RECORD.c.id == PatchLog.record)
        .where(Edit.author == person, Edit.is_tap, Edit.received_at > since, RECORD.c.kind == "visit")
    )
    return [Tap(row[0] or row[1], row[2], row[3] or "") for row in batch.session.execute(query)]
