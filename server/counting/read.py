"""Answers about counts: dirty doors are counted first, then everything is read from one snapshot.

Call these outside of a write transaction.  ``coverage`` and the rest take the area as it was loaded by the caller.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.aggregates.coverage import coverage_of
from models.aggregates.recap import Source, recap_of
from models.aggregates.recount import tallies_on
from models.aggregates.refresh import refresh, stale_desa
from models.aggregates.totals import Totals, totals_of
from models.calendar import day_of
from models.form.definition import load
from models.problems import Problem
from models.sealing import Keyring
from models.territory import Area
from server.security.identity import now
from server.transaction import snapshot, write

TRIES = 3


def keyring() -> Keyring:
    """The installation's keys."""
    return current_app.config["KEYRING"]  # type: ignore[no-any-return]


def today() -> date:
    """The Jakarta day of the server's clock."""
    return day_of(now())


def bring_up_to_date(only: int | None = None) -> int:
    """Count what is dirty or outdated, in one desa or in all, a transaction each; returns doors counted."""
    form, day, number = load(), today(), 0
    with snapshot() as session:
        waiting = stale_desa(session, form, day)
    for desa in waiting:
        if only in (None, desa):
            with write() as session:
                number += refresh(session, keyring(), form, desa, day)
    return number


@contextmanager
def counted(area: Area) -> Iterator[Session]:
    """One snapshot in which every counted row of the area is up to date."""
    for turn in range(TRIES):
        bring_up_to_date(area.desa_id)
        with snapshot() as session:
            if turn == TRIES - 1 or not _is_behind(session, area):
                yield session
                return


def _is_behind(session: Session, area: Area) -> bool:
    stale = stale_desa(session, load(), today())
    return bool(stale) and area.desa_id in (None, *stale)


def past_day(as_of: date | None) -> date | None:
    """The past day asked for; None for today.  Raises input.invalid for a day to come."""
    if as_of is None or as_of == today():
        return None
    if as_of > today():
        raise Problem("input.invalid", fields={"as_of": "hari itu belum tiba"})
    return as_of


def coverage(area: Area, as_of: date | None = None, *, is_public: bool = False) -> dict[str, Any]:
    """Coverage of an area today or at the end of a past day (shape: models/aggregates/coverage.py)."""
    day = past_day(as_of)
    with counted(area) if day is None else snapshot() as session:
        here = session.get_one(Area, area.id)
        past = None if day is None else tallies_on(session, keyring(), load(), desa_within(session, here), day)
        return coverage_of(session, here, day or today(), past=past, is_public=is_public)


def desa_within(session: Session, area: Area) -> list[int]:
    """Keys of the desa an area holds, or of the one it lies in."""
    if area.desa_id is not None:
        return [area.desa_id]
    return list(
        session.scalars(select(Area.id).where(Area.level == "desa", Area.path.startswith(area.path)).order_by(Area.id))
    )


def recap(name: str, area: Area, as_of: date | None = None) -> dict[str, Any]:
    """The recap book ``name`` of an area (shape: models/aggregates/books.py)."""
    day = past_day(as_of)
    with counted(area) if day is None else snapshot() as session:
        return recap_of(source(session, day), name, session.get_one(Area, area.id))


def source(session: Session, day: date | None) -> Source:
    """Where a recap's numbers come from: today (None), or the records of a past day."""
    return Source(session, keyring(), load(), today(), day)


def totals(area: Area, level: str, as_of: date | None = None) -> Totals:
    """Totals per area of a level (shape: models/aggregates/totals.py)."""
    day = past_day(as_of)
    with counted(area) if day is None else snapshot() as session:
        here = session.get_one(Area, area.id)
        past = None if day is None else tallies_on(session, keyring(), load(), desa_within(session, here), day)
        return totals_of(source(session, day), here, level, past)
