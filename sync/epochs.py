"""Decides which history of the server a phone has seen, and how far back it has to go.

A new epoch begins with every restore, and at once when a phone knows numbers the server has not given.  It names the
epoch it goes on from and writes down where every desa's sequence stood.  Restores may jump back and forth between old
and new backups, so epochs are a tree, not a line: what two of them share ends at the lowest branching between them.

    E0 ──10──── E1          a backup at 10 is restored: E1 goes on from E0
     └──100──── E2          then a newer one, of 100: a phone of E0 goes back to 100, a phone of E1 to 10
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from models.history import RestorePoint
from models.sql import Read
from models.territory import DesaSequence, ServerState
from sync.rights import Place

EPOCH = Read(select(ServerState.__table__.c.epoch))
Points = Sequence[dict[str, Any]]


@dataclass(slots=True)
class _Epoch:
    """An epoch: the one it goes on from, and where each desa stood when it began."""

    parent: str | None
    seqs: dict[int, int] = field(default_factory=dict)


def current_epoch(session: Session) -> str:
    """Return the name of this server's history."""
    return str(EPOCH.first(session)[0])


def begin_epoch(session: Session, name: str, now: datetime) -> None:
    """Begin a new history that goes on from the present one; the caller commits."""
    order, parent = _last_order(session) + 1, current_epoch(session)
    rows = session.execute(select(DesaSequence.desa, DesaSequence.seq)).all()
    if rows:
        head = {"order": order, "epoch": name, "parent": parent, "at": now}
        session.execute(insert(RestorePoint), [{**head, "desa": row.desa, "seq": row.seq} for row in rows])
    session.execute(update(ServerState).where(ServerState.id == 1).values(epoch=name))


def points_of(session: Session) -> Points:
    """Return every restore point, so that a restored database can be told what it missed."""
    query = select(RestorePoint.__table__).order_by(RestorePoint.order)
    return [dict(row) for row in session.execute(query).mappings()]


def adopt_points(session: Session, points: Points) -> None:
    """Add the epochs a restored database does not know: they began after its backup was made."""
    known = set(session.scalars(select(RestorePoint.epoch).distinct()))
    order, new = _last_order(session), [point for point in points if point["epoch"] not in known]
    places = {epoch: order + 1 + place for place, epoch in enumerate(dict.fromkeys(point["epoch"] for point in new))}
    if new:
        session.execute(insert(RestorePoint), [{**point, "order": places[point["epoch"]]} for point in new])


def epochs_of(session: Session) -> set[str]:
    """Return the names of all histories this database knows: two of one installation share at least one."""
    return {name for name in (*_tree(session), *(one.parent for one in _tree(session).values())) if name} | {
        current_epoch(session)
    }


def restored_at(session: Session, epoch: str, places: list[Place]) -> dict[str, int]:
    """Return, for each dasawisma, the number up to which that epoch's history and the present one are the same.

    With restores in a row that is the lowest since that epoch.  Nothing is known of what an unknown epoch shares: 0.
    """
    tree, present = _tree(session), current_epoch(session)
    mine, theirs = _line(tree, present), _line(tree, epoch)
    shared = next((name for name in mine if name in theirs), None)
    if shared is None:
        return {place.code: 0 for place in places}
    apart = mine[: mine.index(shared)] + theirs[: theirs.index(shared)]
    wanted = sorted({place.desa for place in places})
    query = select(DesaSequence.desa, DesaSequence.seq).where(DesaSequence.desa.in_(wanted))
    seqs = dict(session.execute(query).all())
    for name in apart:
        seqs = {desa: min(seqs.get(desa, 0), tree[name].seqs.get(desa, 0)) for desa in wanted}
    return {place.code: seqs.get(place.desa, 0) for place in places}


def _tree(session: Session) -> dict[str, _Epoch]:
    """Return every epoch that began with a restore; one written before parents were kept goes on from the last one."""
    tree: dict[str, _Epoch] = {}
    last: str | None = None
    for point in points_of(session):
        if point["epoch"] not in tree:
            tree[point["epoch"]] = _Epoch(point["parent"] or last)
            last = point["epoch"]
        tree[point["epoch"]].seqs[point["desa"]] = point["seq"]
    return tree


def _line(tree: dict[str, _Epoch], epoch: str) -> list[str]:
    """Return an epoch and all it goes on from, up to the first."""
    line: list[str] = []
    name: str | None = epoch
    while name and name not in line:
        line.append(name)
        name = tree[name].parent if name in tree else None
    return line


def _last_order(session: Session) -> int:
    return session.scalar(select(func.max(RestorePoint.order))) or 0
