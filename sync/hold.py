"""Decides when a held edit goes on: as soon as what it waits for is there, in the order the edits arrived.

After 30 days it becomes a proposal.  An edit is judged again by the rights, clock and trust it arrived with.
"""

from typing import Any

from sqlalchemy import bindparam, select

from models.history import Edit as EditRow
from models.history import Held, HeldWait, RawEdit
from models.sql import Read, among
from sync import verdict as verdicts
from sync.apply import apply, is_uncontended
from sync.batch import TABLES, Batch, LockAgainError
from sync.checking import checked
from sync.edit import Edit
from sync.incoming import Author, Incoming
from sync.judge import RESPONSIBILITY, judge
from sync.keep import TOO_LONG_HELD, propose, wait
from sync.outboxes import find_queue, lineage_of
from sync.reading import read_edit
from sync.rights import from_json
from sync.stamps import Lineage
from sync.wire import loads

MOST_AT_ONCE = 50
HELD, WAIT = TABLES[Held.__tablename__], TABLES[HeldWait.__tablename__]
WAITING = Read(
    select(WAIT.c.record, WAIT.c.held)
    .join(HELD, HELD.c.id == WAIT.c.held)
    .where(among(WAIT.c.record, "ids"), HELD.c.state == verdicts.HELD, HELD.c.expires_at > bindparam("now"))
)
EXPIRED = Read(
    select(HELD.c.id)
    .where(HELD.c.expires_at <= bindparam("now"), HELD.c.state == verdicts.HELD, HELD.c.desa == bindparam("desa"))
    .order_by(HELD.c.id)
    .limit(MOST_AT_ONCE)
)


def load_waiting(batch: Batch, records: list[str]) -> None:
    """Learn which of these records held edits wait for; each record is looked up once.

    What has waited too long is left for ``expire``.
    """
    unknown = [record for record in dict.fromkeys(records) if record not in batch.looked_up]
    batch.looked_up.update(unknown)
    if unknown:
        for record, held in WAITING.all(batch.session, ids=unknown, now=batch.tools.now):
            batch.waiting.setdefault(record, set()).add(held)


def release(batch: Batch) -> None:
    """Apply what waited for records made meanwhile; that may make records others wait for."""
    while batch.created:
        load_waiting(batch, batch.created)
        ready = sorted({held for record in batch.created for held in batch.waiting.pop(record, ())})
        batch.created.clear()
        for held in ready:
            incoming = batch.held.pop(held, None) or stored_edit(batch, batch.session.get_one(Held, held))
            if incoming is not None:
                _again(batch, incoming)


def _again(batch: Batch, incoming: Incoming) -> None:
    verdict = again(batch, incoming)
    if verdict == verdicts.HELD:
        return
    name = incoming.edit.id
    batch.update("held", name, state=verdict)
    batch.tell([incoming.author.person], "held", name, code=verdict)


def again(batch: Batch, incoming: Incoming, *, is_aside: bool = False) -> str:
    """Judge a stored edit again and do what comes of it; return its fate.  ``is_aside``: it is set aside already."""
    judged = judge(batch, incoming)
    if judged.fate == verdicts.APPLIED and not is_uncontended(batch, incoming, judged.targets):
        judged.fate, judged.reason = verdicts.PROPOSED, RESPONSIBILITY
    if judged.fate == verdicts.APPLIED:
        return apply(batch, incoming, judged.targets, is_logged=True).verdict
    if not (is_aside and judged.fate in {verdicts.REFUSED, verdicts.QUARANTINED}):
        wait(batch, incoming, judged)
    return judged.fate


def stored_edit(batch: Batch, kept: Any) -> Incoming | None:
    """Return a stored edit as it arrived, read again from its bytes; None where it still cannot be read.

    Raises LockAgainError where the desa that keeps it is not locked (somebody there may be deciding on it), or its
    author's, whose log has the lines of records that are not known.
    """
    needed = {kept.desa, kept.rights["desa"]}
    if batch.locked and not needed <= batch.locked.keys():
        raise LockAgainError(frozenset({*batch.locked, *needed}))
    row = batch.session.get_one(EditRow, kept.edit)
    raw = batch.session.get_one(RawEdit, kept.edit)
    given = loads(batch.tools.keyring.open(raw.desa, "raw_edit", raw.edit, raw.blob))
    edit = read_edit(given, row.form)
    if not isinstance(edit, Edit):
        return None
    rights = kept.rights
    author = Author(row.author, row.device, rights["desa"], from_json(rights), is_prefill=rights["prefill"])
    queue = find_queue(batch.session, row.outbox, is_locked=False)
    lineage = lineage_of(batch.session, queue) if queue else Lineage(row.outbox)
    try:
        edit = checked(edit)
    except KeyError:
        return None
    batch.load(patch.id for patch in edit.patches)
    codes = [patch.set.get("dasawisma") for patch in edit.patches]
    batch.load_places((), {code for code in codes if isinstance(code, str)})
    batch.load_conflicts(edit.settles)
    return Incoming(edit, row.outbox, lineage, author, row.received_at, row.corrected_at, row.is_trusted)


def expire(batch: Batch, desa: int) -> None:
    """Turn what this desa held for 30 days into proposals."""
    for (number,) in EXPIRED.all(batch.session, now=batch.tools.now, desa=desa):
        held = batch.session.get_one(Held, number)
        incoming = stored_edit(batch, held)
        if incoming is None or held.edit in {item["key"] for item in batch.updates.get("held", [])}:
            continue
        propose(batch, incoming, TOO_LONG_HELD)
        batch.update("held", held.edit, state=verdicts.PROPOSED)
        batch.tell([incoming.author.person], "proposal", held.edit, code=TOO_LONG_HELD)
