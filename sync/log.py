"""Decides what is written down of an edit: its row, a line for each patch, its verdict, its conflicts.

Lines of a desa are chained, over ciphertext:
``chain = SHA-256(chain before | edit | record | seq | payload)``.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select

from models.history import PatchLog
from models.structure import TAP
from sync.batch import Batch
from sync.edit import Adjust, Patch
from sync.incoming import Incoming
from sync.outcome import Clash, Outcome
from sync.policy import VERSION
from sync.rows import Row
from sync.stamps import Stamp
from sync.verdict import Verdict


def payload_row(edit: str, record: str) -> str:
    """Return what a patch payload is bound to."""
    return f"{edit}|{record}"


def detail_row(desa: int, edit: str) -> tuple[int, str, str]:
    """Return what the sealed rest of a verdict is bound to."""
    return desa, "edit", edit


@dataclass(frozen=True, slots=True)
class Met:
    """A patch, the record it met (if known) and what the merge made of it (if it came to that)."""

    patch: Patch
    row: Row | None = None
    out: Outcome | None = None


def next_place(batch: Batch, desa: int) -> str:
    """Return the name of the next line of a desa's log."""
    return f"{desa}-{batch.locked[desa].log_position + 1}"


def write_patch(batch: Batch, incoming: Incoming, met: Met, verdict: str) -> None:
    """Add a line to the log of the record's desa."""
    patch, row, out = met.patch, met.row, met.out
    desa = row.desa if row else incoming.author.desa
    lock, keyring = batch.locked[desa], batch.tools.keyring
    salt = row.salt if row else keyring.new_salt()
    record = row.id if row else patch.id
    body: dict[str, Any] = {"set": patch.set}
    if patch.adjust:
        body["adjust"] = {key: _adjust(change) for key, change in patch.adjust.items()}
    if out and out.before:
        body["before"] = out.before
    if out and out.lost:
        body["kept"] = {lost.field: lost.kept for lost in out.lost}
    if record != patch.id:
        body["for"] = patch.id
    payload = keyring.seal_log(salt, payload_row(incoming.edit.id, record), orjson.dumps(body))
    seq = row.version if row and out and out.is_changed else None
    lock.log_position += 1
    link = hashlib.sha256(lock.chain_head)
    link.update(f"|{incoming.edit.id}|{record}|{seq}|{verdict}|".encode())
    link.update(payload)
    lock.chain_head = link.digest()
    batch.insert(
        "patch",
        desa=desa,
        position=lock.log_position,
        edit=incoming.edit.id,
        record=record,
        seq=seq,
        base=patch.base,
        verdict=verdict,
        payload=payload,
        salt=None if row else salt,
        chain=lock.chain_head,
    )


def _adjust(change: Adjust) -> dict[str, list[Any]]:
    return {"add": list(change.add), "remove": list(change.remove)}


def write_edit(batch: Batch, incoming: Incoming, desa: int, verdict: Verdict) -> None:
    """Write the edit's own row, with its first verdict."""
    author, edit = incoming.author, incoming.edit
    rest = verdict.wire()
    for key in ("n", "id", "verdict", "seq"):
        rest.pop(key, None)
    detail = batch.tools.keyring.seal(*detail_row(desa, edit.id), orjson.dumps(rest)) if rest else None
    is_tap = any(patch.kind == "visit" and patch.set.get("outcome") == TAP for patch in edit.patches)
    batch.insert(
        "edit",
        id=edit.id,
        outbox=incoming.outbox,
        n=edit.n,
        desa=desa,
        author=author.person,
        device=author.device,
        at=edit.at.isoformat() if edit.at else None,
        corrected_at=incoming.corrected_at,
        received_at=incoming.received_at,
        is_trusted=incoming.is_trusted,
        is_office=any(grant.is_office and grant.ended_at is None for grant in author.rights.grants),
        is_prefill=author.is_prefill,
        is_tap=is_tap,
        visited_on=edit.visited_on,
        form=edit.form,
        policy=VERSION,
        verdict=verdict.verdict,
        seq=verdict.seq,
        detail=detail,
    )


def write_conflict(batch: Batch, incoming: Incoming, met: Met, clash: Clash, name: str) -> None:
    """Keep both values of a clash and the one both began from, their authors, times and the rule."""
    row = met.row
    assert row is not None
    values = {"base": value_at(batch, row, clash.field, met.patch.base), "kept": clash.kept, "lost": clash.lost}
    batch.insert(
        "conflict",
        id=name,
        desa=row.desa,
        dasawisma=row.dasawisma,
        record=row.id,
        kind=row.kind,
        field=clash.field,
        values=batch.tools.keyring.seal(row.desa, "conflict", name, orjson.dumps(values)),
        kept_by=clash.kept_by.person,
        lost_by=clash.lost_by.person,
        edit=incoming.edit.id,
        kept_at=_moment(clash.kept_by),
        lost_at=_moment(clash.lost_by),
        rule=clash.rule,
        policy=VERSION,
        state="open" if clash.is_open else "auto",
        created_at=batch.tools.now,
        settled_by=None,
        settled_at=None,
    )


def _moment(stamp: Stamp) -> datetime | None:
    return None if stamp.at is None else datetime.fromtimestamp(stamp.at / 1000, UTC)


def value_at(batch: Batch, row: Row, field: str, base: int) -> Any:
    """Return what stood in a field at a version: what the first change after it met there; None where none is known."""
    if base == 0:
        return None
    key, _, name = field.partition("/")
    for payload in _payloads(batch, row, base):
        before = payload.get("before", {})
        if key in before:
            items = before[key] if isinstance(before[key], list) and name else []
            return next((item for item in items if item.get("row") == name), None) if name else before[key]
    return None


def _payloads(batch: Batch, row: Row, base: int) -> list[dict[str, Any]]:
    """Return the log payloads of a record after a version, oldest first, this transaction's included."""
    columns = (PatchLog.edit, PatchLog.payload)
    query = select(*columns).where(PatchLog.record == row.id, PatchLog.seq > base).order_by(PatchLog.seq)
    lines = [(edit, payload) for edit, payload in batch.session.execute(query)]
    fresh = [line for line in batch.inserts.get("patch", []) if line["record"] == row.id and (line["seq"] or 0) > base]
    lines += [(line["edit"], line["payload"]) for line in fresh]
    keyring = batch.tools.keyring
    return [orjson.loads(keyring.open_log(row.salt, payload_row(edit, row.id), blob)) for edit, blob in lines]
