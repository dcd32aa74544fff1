"""Decides what becomes of a quarantined edit when the fault is mended: judged again as on the day it came.

Several go in the order they came: by the moment of receipt, then by their number in their outbox.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.history import Edit, Quarantine
from sync import verdict as verdicts
from sync.batch import RECORD, Batch, Tools
from sync.findings import look
from sync.flush import flush
from sync.hold import again, load_waiting, release, stored_edit
from sync.judge import references


def replay(session: Session, ticket: str, tools: Tools, also_lock: frozenset[int] = frozenset()) -> str:
    """Try a ticket again; return its fate now (``quarantined`` where it still cannot be).  The caller commits.

    Raises KeyError for an unknown ticket, LockAgainError where more desa must be locked.
    """
    # Locked, so that two operators at once replay it once.
    kept = session.get(Quarantine, ticket, with_for_update=True)
    if kept is None:
        raise KeyError(ticket)
    if kept.state != "open" or kept.verdict != verdicts.QUARANTINED:
        return kept.state
    batch = Batch(session, tools)
    ids = named_records(batch, kept)
    desa = set(session.scalars(select(RECORD.c.desa).where(RECORD.c.id.in_(ids)).distinct()))
    batch.lock(desa | {kept.desa, kept.rights["desa"]} | also_lock)
    incoming = stored_edit(batch, kept)
    if incoming is None:
        return verdicts.QUARANTINED
    load_waiting(batch, ids)
    fate = again(batch, incoming, is_aside=True)
    if fate == verdicts.QUARANTINED:
        return fate
    release(batch)
    look(batch, incoming.author.person, incoming.edit.id)
    batch.update("quarantine", kept.edit, state=fate, replayed_at=tools.now)
    batch.tell([incoming.author.person], "quarantine", kept.edit, code=fate)
    flush(batch)
    return fate


def waiting_tickets(session: Session, code: str | None = None) -> Sequence[str]:
    """Return the tickets that wait to be replayed (for one reason), in the order their edits came."""
    query = select(Quarantine.ticket).join(Edit, Edit.id == Quarantine.edit)
    query = query.where(Quarantine.state == "open", Quarantine.verdict == verdicts.QUARANTINED)
    if code is not None:
        query = query.where(Quarantine.code == code)
    return session.scalars(query.order_by(Edit.received_at, Edit.outbox, Edit.n)).all()


def named_records(batch: Batch, kept: Quarantine) -> list[str]:
    """Return the records a quarantined edit names."""
    incoming = stored_edit(batch, kept)
    if incoming is None:
        return []
    batch.rows.clear()
    return [one for patch in incoming.edit.patches for one in (patch.id, *references(patch.set))]
