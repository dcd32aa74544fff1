"""Decides how a transaction's work is written: once, in bulk, sequences and digests last."""

from typing import Any

import orjson
from sqlalchemy import bindparam, delete, select, update

from models.records import TABLE, FeedDigest
from models.register import Door, mark_dirty
from models.sql import Read, Write, among, insert_rows
from models.territory import DesaSequence
from sync import digest
from sync.batch import RECORD, TABLES, Batch
from sync.inbox import deliver
from sync.rows import Row
from sync.stamps import dump
from sync.transfers import note_transfer

KEYS = {"door": "household", "conflict": "id", "held": "edit", "quarantine": "edit", "finding": "id"}
FEED, SEQUENCE = TABLES[FeedDigest.__tablename__], TABLES[DesaSequence.__tablename__]
FIXED = ("id", "created_at", "salt")
CHANGE = Write(
    update(RECORD)
    .where(RECORD.c.id == bindparam("key"))
    .values({column.name: bindparam(column.name) for column in RECORD.c if column.name not in FIXED})
)
SUMS = Read(select(FEED.c.dasawisma, FEED.c.digest, FEED.c["count"]).where(among(FEED.c.dasawisma, "ids")))
NEW_SUM = Write(
    update(FEED)
    .where(FEED.c.dasawisma == bindparam("area"))
    .values(digest=bindparam("value"), count=bindparam("number"))
)
ADVANCE = Write(
    update(SEQUENCE)
    .where(SEQUENCE.c.desa == bindparam("key"))
    .values(seq=bindparam("to"), log_position=bindparam("position"), chain_head=bindparam("head"))
)
FORGIVING = ("door", "held_wait", "finding", "alias")
"""Tables whose row may be there already."""


def flush(batch: Batch) -> None:
    """Write everything; the caller commits."""
    deliver(batch)
    rows = [row for row in batch.rows.values() if row and (row.is_changed or row.loaded is None)]
    _write_records(batch, rows)
    gone = [item["record"] for item in batch.inserts.pop("-alias", [])]
    if gone:
        alias = TABLES["alias"]
        batch.session.execute(delete(alias).where(alias.c.record.in_(gone)))
    for name, values in batch.inserts.items():
        insert_rows(batch.session, TABLES[name], values, is_forgiving=name in FORGIVING)
    for name, changes in batch.updates.items():
        for change in changes:
            table = TABLES[name]
            key = table.c[KEYS[name]]
            new = {field: value for field, value in change.items() if field != "key"}
            if name == Door.__tablename__ and "dasawisma" in new:
                _note_transfer(batch, change)
            batch.session.execute(update(table).where(key == change["key"]).values(**new))
    _write_digests(batch, rows)
    _write_sequences(batch)
    mark_dirty(batch.session, batch.doors)


def _note_transfer(batch: Batch, change: dict[str, Any]) -> None:
    """Let the ledger say who moved a door, where it has to."""
    door, there = change["key"], (change["desa"], change["dasawisma"])
    note_transfer(batch.session, door, *there, person=batch.transfers.get(door), now=batch.tools.now)


def _write_records(batch: Batch, rows: list[Row]) -> None:
    """Insert new records and update changed ones, documents sealed under the desa they are in now."""
    new = [_values(batch, row) for row in rows if row.loaded is None]
    old = [_values(batch, row) for row in rows if row.loaded is not None]
    if new:
        insert_rows(batch.session, RECORD, new)
    if old:
        CHANGE.run_all(batch.session, ({**values, "key": values["id"]} for values in old))


def _values(batch: Batch, row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "desa": row.desa,
        "dasawisma": row.dasawisma,
        "household": row.household,
        "family": row.family,
        "version": row.version,
        "state": row.state,
        "document": _document(batch, row),
        "salt": row.salt,
        "history": dump(row.history()) if row.has_history else row.history_text,
        "asked": orjson.dumps(row.asked).decode() if row.asked else None,
        "nik_index": row.nik_index,
        "kk_index": row.kk_index,
        "confirmations": row.confirmations or None,
        "confirmed_on": row.confirmed_on,
        "is_soft": row.is_soft,
        "created_at": row.created_at,
    }


def _document(batch: Batch, row: Row) -> bytes:
    """Return the sealed document, as it was where nothing in it and not its desa changed."""
    keyring = batch.tools.keyring
    if not row.is_opened and row.loaded and row.loaded[0] == row.desa:
        return row.document
    return keyring.seal(row.desa, TABLE, row.id, orjson.dumps(row.fields(keyring)))


def _write_digests(batch: Batch, rows: list[Row]) -> None:
    """Take what was live out of each digest, and put what is live in."""
    changes: dict[int, list[int]] = {}
    desa: dict[int, int] = {}
    for row in rows:
        if row.loaded and row.loaded[3]:
            change = changes.setdefault(row.loaded[1], [0, 0])
            change[0] -= digest.term(row.id, row.loaded[2])
            change[1] -= 1
            desa.setdefault(row.loaded[1], row.loaded[0])
        if row.is_live:
            change = changes.setdefault(row.dasawisma, [0, 0])
            change[0] += digest.term(row.id, row.version)
            change[1] += 1
            desa[row.dasawisma] = row.desa
    sums = SUMS.all(batch.session, ids=sorted(changes)) if changes else ()
    known = {area: (value, count) for area, value, count in sums}
    for area, (value, count) in changes.items():
        before = known.get(area)
        if before is None:
            values = {"dasawisma": area, "desa": desa[area], "digest": digest.signed(value), "count": count}
            insert_rows(batch.session, FEED, [values])
        elif value or count:
            NEW_SUM.run(batch.session, area=area, value=digest.signed(before[0] + value), number=before[1] + count)


def _write_sequences(batch: Batch) -> None:
    for lock in batch.locked.values():
        ADVANCE.run(batch.session, key=lock.desa, to=lock.seq, position=lock.log_position, head=lock.chain_head)
