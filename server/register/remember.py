"""Decides what an import keeps of each record it sent: keys, values and cells, version, and what it replaced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.exchange.plan import Draft
from models.imports import ImportedChange, ImportedKey, ImportedRecord
from models.records import Record
from models.register import Door
from models.sealing import Keyring
from server.register.edits import DoorEdit
from server.register.memory import Memory, key_hash, seal_payload

CHUNK = 500


class Remembrance:
    """Writes what one batch of an import leaves behind, in the batch's own transaction."""

    def __init__(self, session: Session, keyring: Keyring, desa: int, import_id: str, memory: Memory) -> None:
        """`memory` is the one the import was planned with."""
        self._session, self._keyring, self._desa = session, keyring, desa
        self._import, self._memory = import_id, memory

    def keep(self, sent: Sequence[DoorEdit], provisional: Iterable[str]) -> None:
        """Remember the drafts of applied edits; mark the doors that are only "1 KK = 1 rumah"."""
        drafts = [draft for one in sent for draft in one.drafts]
        versions = self._versions([draft.id for draft in drafts])
        for draft in drafts:
            self._keep_one(draft, versions.get(draft.id, 0))
        self._insert(ImportedKey, [line for draft in drafts for line in self._keys(draft)])
        new = {draft.id for draft in drafts if draft.kind == "household" and draft.is_new}
        back = [one.id for one in drafts if one.kind == "household" and not one.is_new and "state" in one.changes]
        for part in _parts(back):
            self._session.execute(update(Door).where(Door.household.in_(part)).values(removed_at=None, dirty=True))
        for part in _parts(sorted(new & set(provisional))):
            self._session.execute(update(Door).where(Door.household.in_(part)).values(is_provisional=True))

    def _versions(self, ids: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for part in _parts(ids):
            query = select(Record.id, Record.version).where(Record.id.in_(part))
            found |= dict(self._session.execute(query).all())
        return found

    def _keep_one(self, draft: Draft, version: int) -> None:
        seen = self._memory.rows.get(draft.id)
        before = None if seen is None or seen.is_undone else self._memory.last_values(draft.id)
        payload = {"values": draft.values, "source": draft.source, "row": draft.row}
        row = {
            "record": draft.id,
            "desa": self._desa,
            "kind": draft.kind,
            "import_id": self._import,
            "version": version,
            "is_undone": False,
            "payload": seal_payload(self._keyring, self._desa, draft.id, payload),
        }
        if seen is None:
            self._insert(ImportedRecord, [row])
        else:
            self._session.execute(update(ImportedRecord).where(ImportedRecord.record == draft.id).values(**row))
        change = {
            "changes": draft.changes,
            "before": before,
            "made": draft.base == 0 or (seen is not None and seen.is_undone),
        }
        sealed = seal_payload(self._keyring, self._desa, draft.id, change, "imported_change")
        line = {"import_id": self._import, "record": draft.id, "kind": draft.kind, "desa": self._desa}
        self._insert(ImportedChange, [{**line, "version": version, "payload": sealed}])

    def _keys(self, draft: Draft) -> Iterable[dict[str, object]]:
        for key in draft.keys:
            hashed = key_hash(self._keyring, draft.kind, key)
            if self._memory.claim(draft.kind, hashed, draft.id):
                yield {"desa": self._desa, "kind": draft.kind, "key": hashed, "record": draft.id}

    def _insert(self, table: type, rows: list[dict[str, object]]) -> None:
        if rows:
            self._session.execute(insert(table), rows)


def _parts(items: Sequence[str]) -> Iterable[Sequence[str]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
