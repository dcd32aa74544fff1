"""Decides which doors were listed, excluded or waiting on a day, from the register and its decided changes.

A door's own columns hold its present; ``register_change`` holds what was decided before, so that last quarter's
percentage stays what it was.  An exclusion as *kosong* lapses after six months and the door is expected again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.calendar import day_of, end_of, months_before
from models.history import Departure
from models.register import Door, RegisterChange

EXCLUDE, RESTORE, APPROVED = "exclude", "restore", "approved"
LAPSING = "kosong"
MOVED = "moved"
LAPSE_MONTHS = 6


def lapses_on(reason: str, decided_on: date) -> date | None:
    """The last day an exclusion holds; None where it does not lapse."""
    return months_before(decided_on, -LAPSE_MONTHS) if reason == LAPSING else None


def in_force(door: Door, day: date) -> str | None:
    """The reason this door is excluded today, None where it is expected."""
    if door.excluded_reason is None or (door.excluded_until is not None and door.excluded_until < day):
        return None
    return door.excluded_reason


def listed_on(session: Session, desa: int, day: date) -> list[Door]:
    """Doors that stood in a register at the end of a day: those of the desa now, and those that left it since."""
    moment = end_of(day)
    listed = select(Door).where(Door.listed_at < moment, or_(Door.removed_at.is_(None), Door.removed_at >= moment))
    here = session.scalars(listed.where(Door.desa == desa)).all()
    return [*here, *session.scalars(listed.where(Door.desa != desa, Door.household.in_(_departed(desa, moment))))]


def left_since(session: Session, desa: int, day: date) -> list[str]:
    """Records that moved out of one of the desa's dasa wisma after a day."""
    return list(session.scalars(_departed(desa, end_of(day)).distinct()))


def _departed(desa: int, moment: datetime) -> Select[str]:
    return select(Departure.record).where(Departure.desa == desa, Departure.at >= moment, Departure.why == MOVED)


def excluded_on(session: Session, desa: int, doors: Iterable[Door], day: date) -> dict[str, str]:
    """Reasons by household of the exclusions in force at the end of a past day."""
    moment = end_of(day)
    changes = _changes(session, desa, moment)
    found: dict[str, str] = {}
    for door in doors:
        reason = _reason(door, changes.get(door.household, ()), moment, day)
        if reason is not None:
            found[door.household] = reason
    return found


def _changes(session: Session, desa: int, moment: datetime) -> Mapping[str, list[RegisterChange]]:
    query = (
        select(RegisterChange)
        .where(
            RegisterChange.desa == desa, RegisterChange.state == APPROVED, RegisterChange.kind.in_((EXCLUDE, RESTORE))
        )
        .where(RegisterChange.decided_at < moment)
        .order_by(RegisterChange.decided_at, RegisterChange.id)
    )
    found: dict[str, list[RegisterChange]] = defaultdict(list)
    for change in session.scalars(query):
        found[change.household].append(change)
    return found


def _reason(door: Door, changes: Sequence[RegisterChange], moment: datetime, day: date) -> str | None:
    if changes:
        last = changes[-1]
        if last.kind == RESTORE or last.decided_at is None:
            return None
        until = lapses_on(last.reason, day_of(last.decided_at))
        return last.reason if until is None or until >= day else None
    if door.excluded_at is not None and door.excluded_at < moment:
        return in_force(door, day)
    return None
