"""Decides how records stood at the end of a past day: newer patches are undone, newest first, by what they met.

A record made later is left out.  What a patch met (``before``) lies sealed in the log beside what it set.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.aggregates.opened import BATCH, Opened
from models.calendar import day_of, end_of
from models.history import Edit, PatchLog
from models.sealing import Keyring
from models.structure import LIVE, SUPERSEDED

Payload = Mapping[str, Any]
VISIT = 3
"""Place of the visit's id in a line of ``confirmations``."""


def as_they_stood(session: Session, keyring: Keyring, opened: Iterable[Opened], day: date) -> Iterator[Opened]:
    """The records that existed at the end of a day, with the answers of that day."""
    moment = end_of(day)
    existing = {one.id: one for one in opened if one.created_at < moment}
    newer = _undo_lists(session, keyring, existing, moment)
    asked_later = [one for one in existing.values() if any(on > day.isoformat() for on in one.asked.values())]
    asked = _asked_before(session, keyring, asked_later, moment)
    for one in existing.values():
        yield _rewound(one, newer.get(one.id, ()), asked.get(one.id, one.asked), existing)


def _rewound(one: Opened, undo: Iterable[Payload], asked: Mapping[str, str], existing: Mapping[str, Opened]) -> Opened:
    fields = dict(one.fields)
    for before in undo:
        for key, value in before.items():
            if value is None:
                fields.pop(key, None)
            else:
                fields[key] = value
    state = str(fields.get("state") or "active")
    if one.kind == "visit" and one.state == SUPERSEDED and state in LIVE:
        state = SUPERSEDED
    confirmations = [line for line in one.confirmations if line[VISIT] in existing]
    household = one.id if one.kind == "household" else fields.get("household", one.household)
    return replace(one, fields=fields, state=state, household=household, asked=asked, confirmations=confirmations)


def _patches(ids: Sequence[str]) -> Any:
    return (
        select(PatchLog.record, PatchLog.edit, PatchLog.desa, PatchLog.position, PatchLog.payload, PatchLog.salt, Edit)
        .join(Edit, Edit.id == PatchLog.edit)
        .where(PatchLog.record.in_(ids), PatchLog.seq.is_not(None))
    )


def _undo_lists(
    session: Session, keyring: Keyring, existing: Mapping[str, Opened], moment: datetime
) -> dict[str, list[Payload]]:
    """The ``before`` of every patch that arrived later, newest first, by record."""
    found: dict[str, list[tuple[int, Payload]]] = defaultdict(list)
    ids = list(existing)
    for start in range(0, len(ids), BATCH):
        query = _patches(ids[start : start + BATCH]).where(Edit.received_at >= moment)
        for row in session.execute(query.add_columns(PatchLog.seq)):
            payload = open_payload(keyring, existing[row.record], row)
            found[row.record].append((row.seq, payload.get("before") or {}))
    return {
        record: [before for _, before in sorted(lines, key=lambda line: -line[0])] for record, lines in found.items()
    }


def _asked_before(
    session: Session, keyring: Keyring, records: Sequence[Opened], moment: datetime
) -> dict[str, dict[str, str]]:
    """The days answers that expire were last asked before a moment, for records where one was asked again since."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    by_id = {one.id: one for one in records}
    ids = list(by_id)
    for start in range(0, len(ids), BATCH):
        query = _patches(ids[start : start + BATCH]).where(Edit.received_at < moment)
        for row in session.execute(query.order_by(Edit.received_at)):
            given = open_payload(keyring, by_id[row.record], row).get("set") or {}
            received = day_of(row.Edit.received_at).isoformat()
            on = min(row.Edit.visited_on or received, received)
            for key in by_id[row.record].asked:
                if given.get(key) is not None:
                    found[row.record][key] = max(on, found[row.record].get(key, on))
    return found


def open_payload(keyring: Keyring, one: Opened, row: Any) -> Payload:
    """The sealed part of a patch: ``{"set", "adjust", "before", "kept"}``."""
    plain = keyring.open_log(row.salt or one.salt, f"{row.edit}|{row.record}", row.payload)
    return orjson.loads(plain)  # type: ignore[no-any-return]
