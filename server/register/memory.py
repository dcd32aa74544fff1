"""Decides how an import finds the records of a row again: its own earlier imports first, then what a kader registered.

`Memory` answers the planner's `(kind, key)` questions for one desa; keys are looked up by keyed hash, payloads opened
only when asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.exchange.plan import Prior
from models.imports import ImportedKey, ImportedRecord
from models.records import Record, open_fields
from models.sealing import Keyring
from models.structure import LIVE

TABLE = "imported_record"
INDEXED = {"nik": "member", "kk": "family"}


def key_hash(keyring: Keyring, kind: str, key: str) -> bytes:
    """The keyed hash under which a row's key is kept."""
    return keyring.blind("import", f"{kind}|{key}")


def seal_payload(keyring: Keyring, desa: int, record: str, payload: Mapping[str, Any], table: str = TABLE) -> bytes:
    """Seal what is remembered of a record."""
    return keyring.seal(desa, table, record, orjson.dumps(payload))


def open_payload(keyring: Keyring, desa: int, record: str, blob: bytes, table: str = TABLE) -> dict[str, Any]:
    """Open what `seal_payload` made."""
    return orjson.loads(keyring.open(desa, table, record, blob))  # type: ignore[no-any-return]


class Memory(Mapping[tuple[str, str], Prior]):
    """The records of one desa as earlier imports and kader left them; read once, at the start of an import."""

    def __init__(self, session: Session, keyring: Keyring, desa: int) -> None:
        """Read the keys and rows of the desa."""
        self._keyring, self._desa = keyring, desa
        self.rows = {
            row.record: row for row in session.scalars(select(ImportedRecord).where(ImportedRecord.desa == desa))
        }
        keys = session.execute(
            select(ImportedKey.kind, ImportedKey.key, ImportedKey.record).where(ImportedKey.desa == desa)
        )
        self._by_key = {(kind, key): record for kind, key, record in keys}
        self._stored = set(self._by_key)
        self._records = self._not_imported(session)
        self._by_index = {(line[1], line[2]): record for record, line in self._records.items() if line[2]}
        self._made: dict[str, Prior] = {}
        self._gone = self._not_live(session)
        self._sizes: Counter[str] | None = None

    def _not_imported(self, session: Session) -> dict[str, tuple[int, str, bytes | None, bytes]]:
        kinds = ("household", "family", "member")
        query = select(
            Record.id, Record.version, Record.kind, Record.nik_index, Record.kk_index, Record.document
        ).where(Record.desa == self._desa, Record.kind.in_(kinds), Record.state.in_(LIVE))
        lines = session.execute(query)
        return {
            id_: (version, kind, nik or kk, document)
            for id_, version, kind, nik, kk, document in lines
            if id_ not in self.rows
        }

    def _not_live(self, session: Session) -> frozenset[str]:
        query = select(Record.id).where(Record.desa == self._desa, Record.state.not_in(LIVE))
        return frozenset(session.scalars(query)) & self.rows.keys()

    def people_of(self, family: str) -> int:
        """How many people a KK had at their last import."""
        if self._sizes is None:
            members = (record for record, row in self.rows.items() if row.kind == "member" and record not in self._gone)
            self._sizes = Counter(str(self.last_values(record).get("family")) for record in members)
        return self._sizes[family]

    def __getitem__(self, wanted: tuple[str, str]) -> Prior:
        """The record a key of a row means; KeyError when there is none."""
        kind, key = wanted
        record = self._record(kind, key)
        if record is None:
            raise KeyError(wanted)
        if record not in self._made:
            self._made[record] = self._prior(record)
        return self._made[record]

    def _record(self, kind: str, key: str) -> str | None:
        sort, _, value = key.partition(":")
        if sort == "id":
            return value if value in self.rows or value in self._records else None
        known = self._by_key.get((kind, key_hash(self._keyring, kind, key)))
        if known or INDEXED.get(sort) != kind:
            return known
        return self._by_index.get((kind, self._keyring.blind(sort, value)))

    def _prior(self, record: str) -> Prior:
        row = self.rows.get(record)
        if row is None:
            version, _, _, document = self._records[record]
            return Prior(record, open_fields(self._keyring, self._desa, record, document), version, is_adopted=True)
        values = open_payload(self._keyring, self._desa, record, row.payload)["values"]
        is_gone = record in self._gone and not row.is_undone
        return Prior(record, values, row.version, is_undone=row.is_undone, is_gone=is_gone)

    def claim(self, kind: str, hashed: bytes, record: str) -> bool:
        """Whether a key is still free; it belongs to this record from now on."""
        return self._by_key.setdefault((kind, hashed), record) == record and not self._is_stored(kind, hashed)

    def _is_stored(self, kind: str, hashed: bytes) -> bool:
        known = (kind, hashed) in self._stored
        self._stored.add((kind, hashed))
        return known

    def last_values(self, record: str) -> dict[str, Any]:
        """The values of a record's last import."""
        row = self.rows[record]
        values: dict[str, Any] = open_payload(self._keyring, self._desa, record, row.payload)["values"]
        return values

    def source(self, record: str) -> dict[str, Any]:
        """The cells of a record's row as last imported; empty for a record no import made."""
        row = self.rows.get(record)
        return open_payload(self._keyring, self._desa, record, row.payload)["source"] if row else {}

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Keys cannot be listed: only their hashes are kept."""
        return iter(())

    def __len__(self) -> int:
        """Records known from earlier imports."""
        return len(self.rows)
