"""Decides what moving an area to another desa (or inside its own) costs: a split, a merger, a dasa wisma handed over.

Codes below a desa stay as they were given; what moves is where an area lies, dated.  Records keep their dasa wisma and
take a new version in the desa that receives them, whose sequence is raised above the one they leave, so every cursor,
base and departure of a phone that was offline still means what it meant.  What waits (held, proposed, quarantined) is
judged later by the rights its author had, wherever that area now lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.aggregates.tables import DasawismaSum, DoorSummary, TargetLine
from models.calendar import day_of
from models.history import Conflict, Departure, Finding, Held, Proposal, Quarantine, RestorePoint
from models.imports import ImportedRecord
from models.problems import Problem
from models.records import FeedDigest, Record
from models.register import Door, RegisterTarget
from models.sealing import Keyring
from models.territory import LEVELS, Area, AreaPlacement, DesaSequence
from server.register.memory import open_payload, seal_payload
from sync.batch import RECORD, Batch, Tools
from sync.flush import flush
from sync.places import renumber

PART = 500
BY_DASAWISMA = (Door, RegisterTarget, FeedDigest, Departure, Finding, DoorSummary, DasawismaSum, TargetLine)
"""Tables that say a dasa wisma and, beside it, its desa."""


@dataclass(frozen=True)
class Moved:
    """What a move took along: areas, dasa wisma, records."""

    areas: int = 0
    dasawisma: int = 0
    records: int = 0

    def __add__(self, other: Moved) -> Moved:
        """Two moves as one."""
        return Moved(self.areas + other.areas, self.dasawisma + other.dasawisma, self.records + other.records)


def check_move(area: Area, parent: Area) -> None:
    """Raise input.invalid where an area cannot lie in that parent."""
    is_below = parent.level in LEVELS and LEVELS.index(parent.level) < LEVELS.index(area.level)
    if area.desa_id is None or area.level == "desa" or parent.desa_id is None or not is_below:
        raise Problem("input.invalid", fields={"area": f"{area.code} tidak dapat berada di dalam {parent.code}."})
    if parent.is_within(area) or area.parent_id == parent.id:
        raise Problem("input.invalid", fields={"area": f"{area.code} sudah berada di sana."})


def move_area(session: Session, area: Area, parent: Area, tools: Tools) -> Moved:
    """Move an area with all that lies in it; the caller commits.  Raises input.invalid."""
    check_move(area, parent)
    source, target = area.desa_id or 0, parent.desa_id or 0
    batch = Batch(session, tools)
    batch.lock({source, target})
    below = session.scalars(select(Area).where(Area.path.startswith(area.path))).all()
    leaves = [one.id for one in below if one.level == "dasawisma"]
    before = area.path
    _place(session, area, parent, day_of(tools.now))
    after = f"{parent.path}{area.id}."
    for one in below:
        one.path, one.desa_id = after + one.path.removeprefix(before), target
    session.flush()
    _keep_rights(session, before, after)
    if source == target:
        return Moved(len(below), len(leaves))
    count = _move_records(batch, leaves, source, target)
    _follow(session, tools.keyring, leaves, target)
    _lower_points(session, source, target)
    return Moved(len(below), len(leaves), count)


def _place(session: Session, area: Area, parent: Area, today: date) -> None:
    """Date the placement: until today here, from today there."""
    rows = select(AreaPlacement).where(AreaPlacement.area_id == area.id, AreaPlacement.valid_to.is_(None))
    for row in session.scalars(rows):
        row.valid_to = today
    key = area.id, parent.id, today
    if there := session.get(AreaPlacement, key):
        there.valid_to = None
    else:
        session.add(AreaPlacement(area_id=area.id, parent_id=parent.id, valid_from=today))
    area.parent_id = parent.id


def _move_records(batch: Batch, leaves: Sequence[int], source: int, target: int) -> int:
    """Give every record of these dasa wisma, live or not, a number of the receiving desa."""
    session = batch.session
    batch.raise_to(target, batch.seq(source))
    horizons = select(DesaSequence.departure_horizon).where(DesaSequence.desa.in_((source, target)))
    highest = max(session.scalars(horizons))
    session.execute(update(DesaSequence).where(DesaSequence.desa == target).values(departure_horizon=highest))
    query = select(RECORD.c.id).where(RECORD.c.dasawisma.in_(leaves), RECORD.c.desa == source)
    names = session.scalars(query.order_by(RECORD.c.version, RECORD.c.id)).all()
    for start in range(0, len(names), PART):
        part = names[start : start + PART]
        batch.load(part)
        for name in part:
            row = batch.rows[name]
            if row is not None:
                renumber(batch, row, batch.place(row), row.state)
    batch.doors.update(session.scalars(select(Door.household).where(Door.dasawisma.in_(leaves))))
    flush(batch)
    return len(names)


def _follow(session: Session, keyring: Keyring, leaves: Sequence[int], target: int) -> None:
    """Let everything kept beside the records say the new desa; what is sealed under the desa's key is sealed again."""
    for table in BY_DASAWISMA:
        session.execute(update(table).where(table.dasawisma.in_(leaves)).values(desa=target))
    for row in session.scalars(select(Conflict).where(Conflict.dasawisma.in_(leaves), Conflict.desa != target)):
        plain = keyring.open(row.desa, "conflict", row.id, row.values)
        row.desa, row.values = target, keyring.seal(target, "conflict", row.id, plain)
    here = select(Record.id).where(Record.dasawisma.in_(leaves))
    for kept in session.scalars(select(ImportedRecord).where(ImportedRecord.record.in_(here))):
        payload = open_payload(keyring, kept.desa, kept.record, kept.payload)
        kept.desa, kept.payload = target, seal_payload(keyring, target, kept.record, payload)
    session.execute(update(Proposal).where(Proposal.record.in_(here)).values(desa=target))
    session.flush()


def _lower_points(session: Session, source: int, target: int) -> None:
    """Let no older epoch promise more of the receiving desa than of the one the records come from."""
    points = {row.order: row.seq for row in session.scalars(select(RestorePoint).where(RestorePoint.desa == source))}
    for row in session.scalars(select(RestorePoint).where(RestorePoint.desa == target)):
        row.seq = min(row.seq, points.get(row.order, 0))


def _keep_rights(session: Session, before: str, after: str) -> None:
    """Let what waits keep its author's rights over the moved area."""
    kept: list[Held | Proposal | Quarantine] = []
    for table in (Held, Proposal, Quarantine):
        kept += session.scalars(select(table)).all()  # type: ignore[arg-type]
    for row in kept:
        told = moved_rights(row.rights, before, after)
        if told != row.rights:
            row.rights = told
    session.flush()


def moved_rights(rights: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    """Return stored rights after an area went from one path to another.

    A right at or below the area goes with it; one from above stays, and still reaches the area where it now lies.
    """
    grants: list[list[Any]] = []
    for path, *rest in rights.get("grants", []):
        inside = path.startswith(before)
        grants.append([after + path.removeprefix(before) if inside else path, *rest])
        if not inside and before.startswith(path) and not after.startswith(path):
            grants.append([after, *rest])
    return rights | {"grants": grants}
