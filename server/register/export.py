"""Decides what goes back to the desa's own system: every live person, under the headings of its last file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.exchange.opensid_columns import opensid_columns
from models.exchange.opensid_out import Line, print_rows
from models.exchange.written import write_table
from models.imports import ImportedRecord, RegisterImport
from models.records import Record, fields_of
from models.sealing import Keyring
from models.structure import LIVE
from models.territory import Area
from server.register.areas import desa_of
from server.register.memory import open_payload
from server.transaction import snapshot

KINDS = ("household", "family", "member")


def export_residents(path: Path, desa_code: str, keyring: Keyring) -> dict[str, Any]:
    """Write the file; ``{"rows", "blanks": [{"record", "column"}]}``.  Raises area.unknown."""
    with snapshot() as session:
        desa = desa_of(session, desa_code)
        found = print_rows(_lines(session, keyring, desa), opensid_columns(), _headings(session, keyring, desa))
    write_table(path, found.rows, title="Data Penduduk")
    blanks = [{"record": record, "column": column} for record, column in found.blanks]
    return {"rows": len(found.rows) - 1, "blanks": blanks}


def _headings(session: Session, keyring: Keyring, desa: Area) -> tuple[str, ...]:
    query = select(RegisterImport).where(RegisterImport.desa == desa.id, RegisterImport.state == "done")
    last = session.scalar(query.order_by(RegisterImport.started_at.desc(), RegisterImport.id.desc()).limit(1))
    if last is None:
        return ()
    return tuple(orjson.loads(keyring.open(desa.id, "register_import", last.id, last.about))["headings"])


def _lines(session: Session, keyring: Keyring, desa: Area) -> list[Line]:
    query = select(Record).where(Record.desa == desa.id, Record.kind.in_(KINDS), Record.state.in_(LIVE))
    records = {row.id: row for row in session.scalars(query)}
    today = {id_: fields_of(keyring, row) for id_, row in records.items()}
    kept = {row.record: row for row in session.scalars(select(ImportedRecord).where(ImportedRecord.desa == desa.id))}
    payloads = {
        id_: open_payload(keyring, desa.id, id_, row.payload)
        for id_, row in kept.items()
        if id_ in records and not row.is_undone
    }
    names = {area.code: area.name for area in session.scalars(select(Area).where(Area.desa_id == desa.id))}

    def line(member: Record) -> Line:
        ids = {"household": str(member.household), "family": str(member.family), "member": member.id}
        imported = {kind: payloads.get(id_, {}).get("values", {}) for kind, id_ in ids.items()}
        answers = {kind: today.get(id_, {}) for kind, id_ in ids.items()}
        code = answers["household"].get("dasawisma", "")
        return Line(
            record=member.id,
            state=member.state,
            answers=answers,
            imported=imported,
            source=payloads.get(member.id, {}).get("source", {}),
            dasawisma=names.get(code, code),
            is_shared_out=code != imported["household"].get("dasawisma"),
        )

    members = [row for row in records.values() if row.kind == "member"]
    order = {id_: payload.get("row", 0) for id_, payload in payloads.items()}
    members.sort(key=lambda row: (row.id not in order, order.get(row.id, 0), row.id))
    return [line(row) for row in members]
