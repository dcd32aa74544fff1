"""Decides what is told of an edit that was here before: its first verdict in full, with its present fate."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.history import Edit, EditRepeat, Held, Proposal, Quarantine
from models.sealing import Keyring
from sync.batch import chunks
from sync.log import detail_row
from sync.verdict import HELD, PROPOSED, QUARANTINED

FATES = {"open": PROPOSED, "accepted": "applied", "rejected": "rejected"}


@dataclass(frozen=True, slots=True)
class Known:
    """A stored edit: its author, and its first verdict as the wire has it, with ``fate``."""

    author: int | None
    was: dict[str, Any]


def known_edits(session: Session, keyring: Keyring, ids: Iterable[str]) -> dict[str, Known]:
    """Return the stored edits among these ids."""
    found: dict[str, Known] = {}
    columns = (Edit.id, Edit.n, Edit.desa, Edit.author, Edit.verdict, Edit.seq, Edit.detail)
    for part in chunks(list(dict.fromkeys(ids))):
        for row in session.execute(select(*columns).where(Edit.id.in_(part))):
            was: dict[str, Any] = {"n": row.n, "id": row.id, "verdict": row.verdict}
            if row.seq is not None:
                was["seq"] = row.seq
            if row.detail:
                was |= orjson.loads(keyring.open(*detail_row(row.desa, row.id), row.detail))
            was["fate"] = row.verdict
            found[row.id] = Known(row.author, was)
    _present(session, found)
    return found


def _present(session: Session, found: dict[str, Known]) -> None:
    """Bring each fate up to today: a held edit may be applied by now, a proposal decided."""
    for table, verdict in ((Held, HELD), (Quarantine, QUARANTINED), (Proposal, PROPOSED)):
        waiting = [one for one, known in found.items() if known.was["fate"] == verdict]
        for part in chunks(waiting):
            for edit, state in session.execute(select(table.edit, table.state).where(table.edit.in_(part))):
                fate = FATES.get(state, state) if table is Proposal else verdict if state == "open" else state
                found[edit].was["fate"] = fate


def ids_at(session: Session, outbox: str, numbers: Iterable[int]) -> dict[int, str]:
    """Return which edit came under each of these numbers of an outbox."""
    found: dict[int, str] = {}
    for part in chunks(sorted(set(numbers))):
        for table, name in ((Edit, Edit.id), (EditRepeat, EditRepeat.edit)):
            query = select(table.n, name).where(table.outbox == outbox, table.n.in_(part))
            found.update(session.execute(query).all())
    return found
