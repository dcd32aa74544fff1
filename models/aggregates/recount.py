"""Counts from the records alone, without any counted row: for a past day, and to check the counted rows.

``tallies_on`` gives the tallies by dasa wisma as they stood at the end of a past day; ``differences`` compares today's
counted rows with a count made anew.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.aggregates.door import Summary, summarise
from models.aggregates.exclusions import excluded_on, in_force, left_since, listed_on
from models.aggregates.opened import BATCH, Behind, behind, open_desa
from models.aggregates.past import as_they_stood
from models.aggregates.refresh import counted, sum_row, summaries_of
from models.aggregates.tables import DasawismaSum, DoorSummary
from models.aggregates.tally import Counted, Tally, tally_of
from models.calendar import end_of
from models.form.definition import Form
from models.register import Door
from models.sealing import Keyring
from models.territory import Area, AreaCode


@dataclass(frozen=True, slots=True)
class Difference:
    """A counted row that does not say what its records say: ``row`` is a household's or a dasa wisma's key."""

    desa: int
    row: str
    kept: Mapping[str, Any] | None
    counted: Mapping[str, Any] | None


def doors_on(session: Session, keyring: Keyring, form: Form, desa: int, day: date) -> Iterator[tuple[Counted, Behind]]:
    """Every door listed at the end of a past day, counted from its records as they stood, with those records.

    A record may hang on another door since, even on one that was listed later: all of the desa's are opened.
    """
    entries = listed_on(session, desa, day)
    if not entries:
        return
    excluded = excluded_on(session, desa, entries, day)
    places = _places(session)
    moment = end_of(day)
    opened = open_desa(session, keyring, desa, left_since(session, desa, day))
    for door, one in zip(entries, behind(entries, as_they_stood(session, keyring, opened, day)), strict=True):
        one.accepted_at = _before(one.accepted_at, moment)
        summary = summarise(form, one, day)
        code = str(one.door.household.get("dasawisma")) if one.door else ""
        place, place_desa = places.get(code, (door.dasawisma, door.desa))
        if place_desa == desa:
            yield counted(door, summary, excluded.get(door.household), place), one


def _before(moment: datetime | None, end: datetime) -> datetime | None:
    return moment if moment is not None and moment < end else None


def _places(session: Session) -> dict[str, tuple[int, int]]:
    """Every code a dasa wisma ever had, with the area and its desa."""
    query = (
        select(AreaCode.code, Area.id, Area.desa_id)
        .join(Area, Area.id == AreaCode.area_id)
        .where(Area.level == "dasawisma")
    )
    return {code: (area, desa) for code, area, desa in session.execute(query) if desa is not None}


def tallies_on(session: Session, keyring: Keyring, form: Form, desa: Sequence[int], day: date) -> dict[int, Tally]:
    """Tallies by dasa wisma of the end of a past day."""
    grouped: dict[int, list[Counted]] = defaultdict(list)
    for one in desa:
        for door, _ in doors_on(session, keyring, form, one, day):
            grouped[door.dasawisma].append(door)
    return {place: tally_of(doors, day) for place, doors in grouped.items()}


def differences(session: Session, keyring: Keyring, form: Form, desa: int, today: date) -> Iterator[Difference]:
    """Counted rows of a desa that differ from a count of today's records; the rows must have been refreshed."""
    doors = session.scalars(select(Door).where(Door.desa == desa, Door.removed_at.is_(None))).all()
    kept = {row.household: row for row in session.scalars(select(DoorSummary).where(DoorSummary.desa == desa))}
    grouped: dict[int, list[tuple[Counted, date | None]]] = defaultdict(list)
    for start in range(0, len(doors), BATCH):
        part = doors[start : start + BATCH]
        for door, summary in zip(part, summaries_of(session, keyring, form, part, today), strict=True):
            grouped[door.dasawisma].append((counted(door, summary, in_force(door, today)), None))
            row = kept.pop(door.household, None)
            if _kept(row) != _facts(summary, door.dasawisma):
                yield Difference(desa, door.household, _kept(row), _facts(summary, door.dasawisma))
    for household, row in kept.items():
        yield Difference(desa, household, _kept(row), None)
    yield from _sum_differences(session, form, desa, grouped, today)


def _sum_differences(
    session: Session, form: Form, desa: int, grouped: Mapping[int, list[tuple[Counted, date | None]]], today: date
) -> Iterator[Difference]:
    sums = {row.dasawisma: row for row in session.scalars(select(DasawismaSum).where(DasawismaSum.desa == desa))}
    for place in sorted({*sums, *grouped}):
        wanted = sum_row(form, desa, place, grouped.get(place, []), today)
        made = {"tally": wanted["tally"], "counts": wanted["counts"]}
        row = sums.get(place)
        had = {"tally": row.tally, "counts": row.counts} if row else {"tally": {}, "counts": {}}
        if had != made:
            yield Difference(desa, str(place), had, made)


NOT_FACTS = ("household", "recheck_on")


def _facts(summary: Summary, dasawisma: int) -> dict[str, Any]:
    found = asdict(summary)
    return {"dasawisma": dasawisma, **{key: value for key, value in found.items() if key not in NOT_FACTS}}


def _kept(row: DoorSummary | None) -> dict[str, Any] | None:
    if row is None:
        return None
    wanted = _facts(Summary(row.household), row.dasawisma)
    return {key: getattr(row, key) for key in wanted}
