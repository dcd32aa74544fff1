"""Keeps the counted rows true: doors marked dirty in a sync transaction are counted again after its commit.

``refresh`` runs in a write transaction.  It unmarks a door before it reads its records, so a change that commits
meanwhile marks it again.  ``is_stale_anywhere`` tells a reader whether it must be called first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from models.aggregates.door import Summary, summarise
from models.aggregates.exclusions import in_force
from models.aggregates.opened import BATCH, behind, open_records
from models.aggregates.tables import DasawismaSum, DoorSummary
from models.aggregates.tally import NOT_VISITED, Counted, add, tally_of
from models.form.definition import Form
from models.register import Door
from models.sealing import Keyring

METHOD = "2"
"""Raised when the way of counting changes: every row counted another way is counted again."""
COUNTING_LOCK = 7301
"""On PostgreSQL one counts at a time; nobody else waits for it."""


def method_of(form: Form) -> str:
    """What a counted row must say to be believed: the form and the way of counting."""
    return f"{form.version}/{METHOD}"


def _is_old(row: type[DasawismaSum] | type[DoorSummary], form: Form, today: date) -> ColumnElement[bool]:
    return or_(row.recheck_on <= today, row.counted_on > today, row.method != method_of(form))


def stale_desa(session: Session, form: Form, today: date) -> list[int]:
    """Internal keys of the desa whose counted rows no longer tell the truth, those a door has left included."""
    marked = session.scalars(select(Door.desa).where(Door.dirty).distinct())
    left = select(DoorSummary.desa).join(Door, Door.household == DoorSummary.household).where(Door.dirty).distinct()
    old = select(DasawismaSum.desa).where(_is_old(DasawismaSum, form, today)).distinct()
    return sorted({*marked, *session.scalars(left), *session.scalars(old)})


def refresh(session: Session, keyring: Keyring, form: Form, desa: int, today: date) -> int:
    """Count what is dirty or outdated in a desa again; returns how many doors were counted."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(COUNTING_LOCK)))
    stale = _unmark(session, form, desa, today)
    touched = {(door.dasawisma, door.desa) for door in stale} | _former(session, stale)
    touched |= _old_sums(session, form, desa, today)
    count_doors(session, keyring, form, [door for door in stale if door.removed_at is None], today)
    _delete(session, [door.household for door in stale if door.removed_at is not None])
    for one in sorted({key for _, key in touched}):
        _sum(session, form, one, {place for place, key in touched if key == one}, today)
    return len(stale)


def _unmark(session: Session, form: Form, desa: int, today: date) -> list[Door]:
    old = and_(Door.removed_at.is_(None), or_(DoorSummary.household.is_(None), _is_old(DoorSummary, form, today)))
    query = (
        select(Door)
        .outerjoin(DoorSummary, DoorSummary.household == Door.household)
        .where(or_(and_(Door.desa == desa, or_(Door.dirty, old)), and_(Door.dirty, DoorSummary.desa == desa)))
        .order_by(Door.household)
        .with_for_update(of=Door, skip_locked=True)
    )
    found = list(session.scalars(query.execution_options(populate_existing=True)))
    for part in _batches([door.household for door in found]):
        session.execute(update(Door).where(Door.household.in_(part)).values(dirty=False))
    return found


def _former(session: Session, doors: Sequence[Door]) -> set[tuple[int, int]]:
    """Dasa wisma (each with its desa) the doors were counted in until now."""
    found: set[tuple[int, int]] = set()
    for part in _batches([door.household for door in doors]):
        query = select(DoorSummary.dasawisma, DoorSummary.desa).where(DoorSummary.household.in_(part))
        found |= {(place, desa) for place, desa in session.execute(query)}
    return found


def _old_sums(session: Session, form: Form, desa: int, today: date) -> set[tuple[int, int]]:
    query = select(DasawismaSum.dasawisma).where(DasawismaSum.desa == desa, _is_old(DasawismaSum, form, today))
    return {(place, desa) for place in session.scalars(query)}


def count_doors(session: Session, keyring: Keyring, form: Form, doors: Sequence[Door], today: date) -> None:
    """Write the summaries of these doors anew."""
    for part in _batches(doors):
        summaries = summaries_of(session, keyring, form, part, today)
        rows = [row_of(door, summary, form, today) for door, summary in zip(part, summaries, strict=True)]
        _delete(session, [door.household for door in part])
        if rows:
            session.execute(insert(DoorSummary), rows)


def summaries_of(
    session: Session, keyring: Keyring, form: Form, doors: Sequence[Door], today: date
) -> Iterator[Summary]:
    """What these doors are today, counted from their records."""
    opened = open_records(session, keyring, [door.household for door in doors])
    for one in behind(doors, opened):
        yield summarise(form, one, today)


def row_of(door: Door, summary: Summary, form: Form, today: date) -> dict[str, Any]:
    """A row of ``door_summary``."""
    place = {"desa": door.desa, "dasawisma": door.dasawisma, "method": method_of(form), "counted_on": today}
    return {**asdict(summary), **place}


def _delete(session: Session, households: Sequence[str]) -> None:
    for part in _batches(households):
        session.execute(delete(DoorSummary).where(DoorSummary.household.in_(part)))


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _sum(session: Session, form: Form, desa: int, touched: Iterable[int], today: date) -> None:
    """Write the sums of these dasa wisma anew."""
    places = sorted(touched)
    if not places:
        return
    inside = DoorSummary.dasawisma.in_(places) if len(places) <= BATCH else DoorSummary.desa == desa
    grouped: dict[int, list[tuple[Counted, date | None]]] = {place: [] for place in places}
    for one, until in counted_doors(session, desa, inside, today):
        if one.dasawisma in grouped:
            grouped[one.dasawisma].append((one, until))
    for part in _batches(places):
        session.execute(delete(DasawismaSum).where(DasawismaSum.dasawisma.in_(part)))
    rows = [sum_row(form, desa, place, grouped[place], today) for place in places]
    session.execute(insert(DasawismaSum), rows)


def sum_row(
    form: Form, desa: int, place: int, doors: Sequence[tuple[Counted, date | None]], today: date
) -> dict[str, Any]:
    """A row of ``dasawisma_sum``; each door comes with the day on which it changes by time alone."""
    ones = [one for one, _ in doors]
    return {
        "dasawisma": place,
        "desa": desa,
        "tally": tally_of(ones, today),
        "counts": add(*(one.counts for one in ones if one.is_in_recaps)),
        "method": method_of(form),
        "counted_on": today,
        "recheck_on": min((until for _, until in doors if until is not None), default=None),
    }


def counted_doors(
    session: Session, desa: int, inside: ColumnElement[bool], today: date
) -> Iterator[tuple[Counted, date | None]]:
    """Listed doors of a desa with their summaries, and the day each changes by time alone."""
    query = (
        select(Door, DoorSummary)
        .join(DoorSummary, DoorSummary.household == Door.household)
        .where(Door.desa == desa, Door.removed_at.is_(None), inside)
    )
    for door, summary in session.execute(query.execution_options(populate_existing=True)):
        reason = in_force(door, today)
        ends = [summary.recheck_on]
        if summary.fresh_until is not None and summary.fresh_until >= today:
            ends.append(summary.fresh_until + timedelta(days=1))
        if reason is not None and door.excluded_until is not None:
            ends.append(door.excluded_until + timedelta(days=1))
        yield counted(door, summary, reason), min((day for day in ends if day is not None), default=None)


def counted(door: Door, summary: Summary | DoorSummary, reason: str | None, dasawisma: int | None = None) -> Counted:
    """A door as coverage sees it; ``dasawisma`` is where it lay, if not where it lies."""
    return Counted(
        household=door.household,
        dasawisma=dasawisma or door.dasawisma,
        excluded=reason,
        is_pending=summary.is_pending,
        outcome=summary.outcome or NOT_VISITED,
        is_known=summary.is_known,
        is_complete=summary.is_complete,
        fresh_until=summary.fresh_until,
        fresh_by_tap=summary.fresh_by_tap,
        families=summary.families,
        members=summary.members,
        away=summary.away,
        counts=_numbers(summary.counts),
    )


def _numbers(counts: Mapping[str, Any]) -> dict[str, int]:
    return {key: int(number) for key, number in counts.items()}
