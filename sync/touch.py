"""Decides how a phone learns of something beside a door's answers: the household takes a new version.

Accepting a door a kader added, or answering a question about her taps, is no edit of the record; it is in what is
pulled with it.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.batch import RECORD, Batch, Tools
from sync.flush import flush
from sync.places import renumber


def touch(session: Session, households: Iterable[str], tools: Tools) -> None:
    """Give these doors a new version, so that every copy of them is sent again."""
    wanted = sorted(set(households))
    batch = Batch(session, tools)
    batch.lock(session.scalars(select(RECORD.c.desa).where(RECORD.c.id.in_(wanted)).distinct()).all())
    batch.load(wanted)
    for household in wanted:
        row = batch.rows[household]
        if row and row.is_live:
            renumber(batch, row, batch.place(row), row.state)
            batch.doors.add(row.id)
    flush(batch)
