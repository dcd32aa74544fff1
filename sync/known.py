"""Decides what is told of an edit that was here before: its first verdict in full, with its present fate."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.history import Edit, EditRepeat, Held, Proposal, Quarantine
from models.sealing import Keyring
from models.sql import Read, among
from sync.batch import TABLES, chunks
from sync.log import detail_row
from sync.verdict import HELD, PROPOSED, QUARANTINED

FATES = {"open": PROPOSED, "accepted": "applied", "rejected": "rejected"}


@dataclass(frozen=True, slots=True)
class Known:
    """A stored edit: its author and outbox, and its first verdict as the wire has it, with ``fate``."""

    author: int | None
    outbox: str
    was: dict[str, Any]


EDIT = TABLES[Edit.__tablename__]
COLUMNS = [EDIT.c[name] for name in ("id", "outbox", "n", "desa", "author", "verdict", "seq", "detail")]
BY_ID = Read(select(*COLUMNS).where(among(EDIT.c.id, "ids")))


def known_edits(session: Session, keyring: Keyring, ids: Iterable[str]) -> dict[str, Known]:
    """Return the stored edits among these ids."""
    found: dict[str, Known] = {}
    for name, outbox, n, desa, author, verdict, seq, detail in BY_ID.all(session, ids=list(dict.fromkeys(ids))):
        was: dict[str, Any] = {"n": n, "id": name, "verdict": verdict}
        if seq is not None:
            was["seq"] = seq
        if detail:
            was |= orjson.loads(keyring.open(*detail_row(desa, name), detail))
        was["fate"] = verdict
        found[name] = Known(author, outbox, was)
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
