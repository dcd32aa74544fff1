"""Decides which history of the server a phone has seen, and how far back it has to go.

A new epoch begins with every restore, and at once when a phone knows numbers the server has not given.  Each writes
down where every desa's sequence stood; a phone from an older epoch lowers its bases to the lowest of these since.
"""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from models.history import RestorePoint
from models.sql import Read
from models.territory import DesaSequence, ServerState
from sync.rights import Place

EPOCH = Read(select(ServerState.__table__.c.epoch))


def current_epoch(session: Session) -> str:
    """Return the name of this server's history."""
    return str(EPOCH.first(session)[0])


def begin_epoch(session: Session, name: str, now: datetime) -> None:
    """Begin a new history; the caller commits."""
    order = (session.scalar(select(func.max(RestorePoint.order))) or 0) + 1
    rows = session.execute(select(DesaSequence.desa, DesaSequence.seq)).all()
    if rows:
        points = [{"order": order, "desa": row.desa, "epoch": name, "seq": row.seq, "at": now} for row in rows]
        session.execute(insert(RestorePoint), points)
    session.execute(update(ServerState).where(ServerState.id == 1).values(epoch=name))


def restored_at(session: Session, epoch: str, places: list[Place]) -> dict[str, int]:
    """Return, for each dasawisma, the lowest number any restore since that epoch went back to.

    An epoch nobody knows is older than all of them; without any restore the present number stands.
    """
    since = session.scalar(select(func.max(RestorePoint.order)).where(RestorePoint.epoch == epoch)) or 0
    lowest = select(RestorePoint.desa, func.min(RestorePoint.seq)).where(RestorePoint.order > since)
    points = dict(session.execute(lowest.group_by(RestorePoint.desa)).all())
    desa = sorted({place.desa for place in places})
    present = select(DesaSequence.desa, DesaSequence.seq).where(DesaSequence.desa.in_(desa))
    seqs = dict(session.execute(present).all())
    return {place.code: points.get(place.desa, seqs.get(place.desa, 0)) for place in places}
