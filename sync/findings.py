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
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models.form.context import Door, door_contexts
from models.form.definition import load
from models.form.findings import door_findings
from models.history import Edit, Finding
from models.structure import LIVE
from sync.batch import RECORD, TABLES, Batch, chunks
from sync.incoming import Incoming
from sync.rows import Row

FINDING = TABLES[Finding.__tablename__]
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


def look(batch: Batch, person: int | None, edit: str | None) -> None:
    """Bring the findings of every touched door up to date; new ones are told to the author."""
    doors = sorted(batch.doors)
    if not doors:
        return
    batch.load_doors(doors)
    behind: dict[str, list[Row]] = defaultdict(list)
    for row in batch.rows.values():
        if row and row.household in batch.doors and row.state in LIVE:
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
    columns = (RECORD.c.id, RECORD.c.desa, RECORD.c.nik_index, RECORD.c.household)
    for part in chunks(sorted({row.nik_index for row in mine if row.nik_index})):
        query = select(*columns).where(RECORD.c.nik_index.in_(part), RECORD.c.state.in_(LIVE))
        for known in batch.session.execute(query):
            if known.id not in batch.rows:
                others[known.desa, known.nik_index].add(known.household)
    return [
        Found(NIK_TAKEN, row.id, row.household or "")
        for row in mine
        if others[row.desa, row.nik_index] - {row.household}
    ]


def _write(batch: Batch, doors: list[str], found: Iterable[Found], author: tuple[int | None, str | None]) -> None:
    """Add what is new, close what is gone, open again what came back."""
    known: dict[tuple[str, str, str], Any] = {}
    for part in chunks(doors):
        for row in batch.session.execute(select(FINDING).where(FINDING.c.household.in_(part))):
            known[row.code, row.record, row.subject] = row
    now = {one.key: one for one in found}
    person, edit = author
    for key, one in now.items():
        if key not in known:
            _add(batch, one, edit)
            if one.code in TOLD:
                about = {"record": one.record, "code": one.code, "details": one.details}
                batch.tell([person], "finding", edit or "", **about)
        elif known[key].state == "gone":
            batch.update("finding", known[key].id, state="open")
    for key, row in known.items():
        if key not in now and row.state == "open" and row.code not in HAPPENED:
            batch.update("finding", row.id, state="gone")


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


def has_too_many_taps(batch: Batch, incoming: Incoming) -> bool:
    """Whether this edit is one of more than 10 taps of its author within 30 minutes, by her own corrected clock."""
    moment, person = incoming.corrected_at or incoming.received_at, incoming.author.person
    if person is None:
        return False
    if person not in batch.taps:
        query = select(Edit.corrected_at, Edit.received_at).where(
            Edit.author == person, Edit.is_tap, Edit.received_at > incoming.received_at - timedelta(days=1)
        )
        batch.taps[person] = [corrected or received for corrected, received in batch.session.execute(query)]
    times = batch.taps[person]
    times.append(moment)
    near = sorted(one for one in times if abs(one - moment) < WINDOW)
    ends = (index + MOST_TAPS for index in range(len(near) - MOST_TAPS))
    return any(near[end] - near[end - MOST_TAPS] < WINDOW for end in ends)

