"""Decides what the history of a record says: one line a patch, oldest first, also where nothing came of it."""

from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.history import Edit, PatchLog
from models.records import Record
from models.sealing import Keyring
from sync.log import payload_row
from sync.verdict import ACCEPTED


def history_of(session: Session, keyring: Keyring, record: Record) -> list[dict[str, Any]]:
    """Return the lines of a record by the numbers they took; an edit that waited has one line, with what became of it.

    A line that took none stands behind the last number before it; numbers grow also from one desa to the next.
    """
    query = select(PatchLog, Edit).join(Edit, Edit.id == PatchLog.edit).where(PatchLog.record == record.id)
    found: list[tuple[int, PatchLog, dict[str, Any]]] = []
    reached: dict[int, int] = {}
    for patch, edit in session.execute(query.order_by(PatchLog.desa, PatchLog.position)):
        reached[patch.desa] = patch.seq or reached.get(patch.desa, 0)
        found.append((reached[patch.desa], patch, _line(keyring, record, patch, edit)))
    ended = {patch.edit: patch for _, patch, _ in found}
    ended |= {patch.edit: patch for _, patch, _ in found if patch.verdict in ACCEPTED}
    kept = [item for item in found if item[1].verdict in ACCEPTED or item[1] is ended[item[1].edit]]
    return [line for _, _, line in sorted(kept, key=lambda item: item[0])]


def _line(keyring: Keyring, record: Record, patch: PatchLog, edit: Edit) -> dict[str, Any]:
    blob = keyring.open_log(patch.salt or record.salt, payload_row(patch.edit, record.id), patch.payload)
    payload = orjson.loads(blob)
    return {
        "seq": patch.seq,
        "edit": edit.id,
        "n": edit.n,
        "author": edit.author,
        "device": edit.device,
        "at": edit.at,
        "received_at": edit.received_at,
        "visited_on": edit.visited_on,
        "is_prefill": edit.is_prefill,
        "base": patch.base,
        "set": payload.get("set", {}),
        "adjust": payload.get("adjust", {}),
        "before": payload.get("before", {}),
        "kept": payload.get("kept", {}),
        "verdict": patch.verdict,
    }
