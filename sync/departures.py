"""Decides how long a departure is told: 400 days; a cursor older than that starts its dasawisma from zero."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models.history import Departure
from models.territory import DesaSequence

KEPT = timedelta(days=400)


def prune(session: Session, now: datetime) -> int:
    """Forget old departures and raise each desa's horizon to them; return how many went.  The caller commits."""
    old = Departure.at < now - KEPT
    horizons = session.execute(select(Departure.desa, func.max(Departure.version)).where(old).group_by(Departure.desa))
    for desa, version in horizons.all():
        horizon = DesaSequence.departure_horizon
        where = DesaSequence.desa == desa, horizon < version
        session.execute(update(DesaSequence).where(*where).values(departure_horizon=version))
    count = session.scalar(select(func.count()).select_from(Departure).where(old)) or 0
    session.execute(delete(Departure).where(old))
    return count
