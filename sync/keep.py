"""Decides how an edit that is not applied is kept: its bytes first, then where it waits and for whom.

Held edits wait for records, proposals for a person, refused ones for their author, quarantined ones for us.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from models.history import Held
from sync.batch import Batch
from sync.incoming import Incoming, Judgement
from sync.log import Met, write_edit, write_patch
from sync.verdict import HELD, PROPOSED, QUARANTINED, REFUSED, Verdict

HOLD = timedelta(days=30)
TOO_LONG_HELD = "held_30_days"


def keep(batch: Batch, incoming: Incoming, judged: Judgement, raw: bytes) -> Verdict:
    """Store an edit that just came and is not applied; return its verdict."""
    edit, desa = incoming.edit, _desa(batch, incoming)
    ticket = batch.tools.new_id() if judged.fate in {REFUSED, QUARANTINED} else None
    verdict = Verdict(
        edit.n,
        edit.id,
        judged.fate,
        code=judged.code if judged.fate in {REFUSED, QUARANTINED} else None,
        field=judged.about,
        ticket=ticket if judged.fate == QUARANTINED else None,
    )
    keep_raw(batch, edit.id, desa, raw)
    write_edit(batch, incoming, desa, verdict)
    wait(batch, incoming, judged, ticket)
    return verdict


def keep_raw(batch: Batch, edit: str, desa: int, raw: bytes) -> None:
    """Seal the bytes of an edit as they came."""
    batch.insert("raw_edit", edit=edit, desa=desa, blob=batch.tools.keyring.seal(desa, "raw_edit", edit, raw))


def wait(batch: Batch, incoming: Incoming, judged: Judgement, ticket: str | None = None) -> None:
    """Put a stored edit where it waits, with a line in the log of each record it names."""
    if judged.fate == HELD:
        hold(batch, incoming, judged.waits)
    elif judged.fate == PROPOSED:
        propose(batch, incoming, judged.reason or "")
    else:
        set_aside(batch, incoming, judged, ticket or batch.tools.new_id())
        return
    for patch in incoming.edit.patches:
        write_patch(batch, incoming, Met(patch, batch.find(patch.id)), judged.fate)


def hold(batch: Batch, incoming: Incoming, waits: set[str]) -> None:
    """Let an edit wait for records."""
    values: dict[str, Any] = {
        "edit": incoming.edit.id,
        "desa": _desa(batch, incoming),
        "rights": _rights(incoming),
        "state": HELD,
        "expires_at": incoming.received_at + HOLD,
    }
    known = select(Held.id).where(Held.edit == incoming.edit.id)
    number = batch.session.scalar(known) or batch.session.scalar(insert(Held).values(**values).returning(Held.id))
    assert number is not None
    batch.held[number] = incoming
    for record in sorted(waits):
        batch.waiting.setdefault(record, set()).add(number)
        batch.insert("held_wait", record=record, held=number)


def propose(batch: Batch, incoming: Incoming, reason: str) -> None:
    """Let an edit wait for a person."""
    edit = incoming.edit
    batch.insert(
        "proposal",
        edit=edit.id,
        desa=_desa(batch, incoming),
        author=incoming.author.person,
        record=edit.patches[0].id if edit.patches else None,
        reason=reason,
        rights=_rights(incoming),
        state="open",
        created_at=batch.tools.now,
        decided_by=None,
        decided_at=None,
    )


def set_aside(batch: Batch, incoming: Incoming, judged: Judgement, ticket: str) -> None:
    """Keep an edit that was refused or quarantined."""
    batch.insert(
        "quarantine",
        ticket=ticket,
        edit=incoming.edit.id,
        desa=_desa(batch, incoming),
        author=incoming.author.person,
        verdict=judged.fate,
        code=judged.code or judged.fate,
        field=judged.about,
        rights=_rights(incoming),
        state="open",
        created_at=batch.tools.now,
        replayed_at=None,
    )


def _rights(incoming: Incoming) -> dict[str, Any]:
    """Return what is needed to judge the edit again as it was judged on arrival."""
    return {**incoming.author.rights.as_json(), "desa": incoming.author.desa, "prefill": incoming.author.is_prefill}


def _desa(batch: Batch, incoming: Incoming) -> int:
    """Return the desa that keeps it: its first known record's, otherwise its author's."""
    for patch in incoming.edit.patches:
        row = batch.rows.get(patch.id)
        if row and row.desa in batch.locked:
            return row.desa
    return incoming.author.desa
