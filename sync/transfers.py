"""Decides when moving a door leaves a public line in the register's ledger.

A phone may move a door between the dasawisma of its scope.  Where the desa expects fewer doors after that than before
(it left for another desa, or took a place that was expected but not listed), and whenever it crosses into another desa,
the ledger says so, with who moved it.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.aggregates.exclusions import in_force
from models.calendar import day_of
from models.register import Door, Ledger, RegisterTarget

KIND = "transfer"


def note_transfer(
    session: Session, household: str, desa: int, dasawisma: int, *, person: int | None, now: datetime
) -> None:
    """Write the line of a door that is about to go to a dasawisma of a desa, if there has to be one."""
    door = session.get(Door, household, populate_existing=True)
    if door is None or door.removed_at is not None or door.dasawisma == dasawisma:
        return
    is_excluded = in_force(door, day_of(now)) is not None
    fall = _expected(session, door.dasawisma, 0) - _expected(session, door.dasawisma, -1)
    if door.desa == desa:
        fall -= _expected(session, dasawisma, 1) - _expected(session, dasawisma, 0)
    else:
        fall -= is_excluded
    if fall <= 0 and door.desa == desa:
        return
    numbers = {"doors": max(fall, 0), "change_id": None, "proposed_by": person, "approved_by": None, "at": now}
    session.add(Ledger(desa=door.desa, dasawisma=door.dasawisma, kind=KIND, reason=KIND, **numbers))
    session.flush()


def _expected(session: Session, dasawisma: int, more: int) -> int:
    """What a dasawisma expects before exclusions, were so many more doors listed there."""
    query = select(func.count()).select_from(Door).where(Door.dasawisma == dasawisma, Door.removed_at.is_(None))
    target = session.scalar(
        select(RegisterTarget.doors).where(
            RegisterTarget.dasawisma == dasawisma, RegisterTarget.approved_at.is_not(None)
        )
    )
    return max(target or 0, (session.scalar(query) or 0) + more)
