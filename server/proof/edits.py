"""Whether every edit still has its bytes, every sealed line opens, and no number of an outbox is missing."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson
from sqlalchemy import and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from models.account import Person
from models.history import Conflict, Edit, EditRepeat, Outbox, PatchLog, RawEdit
from models.imports import ImportedChange, ImportedRecord, RegisterImport
from models.records import Record
from models.sealing import Keyring, SealError
from server.proof.report import Report
from sync.verdict import ACCEPTED

PART = 1000


def check_edits(session: Session, keyring: Keyring, report: Report) -> None:
    """Look at edits, their bytes, the lines of the log, and whatever else is sealed."""
    _bytes(session, report)
    _outboxes(session, report)
    _lines(session, keyring, report)
    for name, query, bound in _sealed():
        rows = session.execute(query.execution_options(yield_per=PART))
        _open(report, name, ((row[0], row[-1], bound(row)) for row in rows), keyring.open)


def _bytes(session: Session, report: Report) -> None:
    """An applied edit lives on in its lines of the log, any other in its raw bytes."""
    part = report.part("edits")
    part.looked = session.scalar(select(func.count()).select_from(Edit)) or 0
    lines = select(PatchLog.edit).distinct().subquery()
    query = (
        select(Edit.id)
        .outerjoin(RawEdit, RawEdit.edit == Edit.id)
        .outerjoin(lines, lines.c.edit == Edit.id)
        .where(RawEdit.edit.is_(None), or_(Edit.verdict.not_in(ACCEPTED), lines.c.edit.is_(None)))
    )
    for (edit,) in session.execute(query):
        part.fault(f"kiriman {edit}")


def _outboxes(session: Session, report: Report) -> None:
    """Every number up to the last has its edit, and the last is the one named."""
    part = report.part("outboxes")
    both = union_all(select(Edit.outbox, Edit.n, Edit.id), select(EditRepeat.outbox, EditRepeat.n, EditRepeat.edit))
    taken = both.subquery()
    counts = select(taken.c.outbox, func.count().label("number")).group_by(taken.c.outbox).subquery()
    query = (
        select(Outbox.id, Outbox.applied_through, Outbox.applied_id, counts.c.number, taken.c.id)
        .outerjoin(counts, counts.c.outbox == Outbox.id)
        .outerjoin(taken, and_(taken.c.outbox == Outbox.id, taken.c.n == Outbox.applied_through))
    )
    for outbox, through, last, number, edit in session.execute(query):
        part.looked += 1
        if (through, last) != (number or 0, edit):
            part.fault(f"kotak kirim {outbox}: {number or 0} kiriman, tercatat sampai {through}")


def _lines(session: Session, keyring: Keyring, report: Report) -> None:
    salt = func.coalesce(PatchLog.salt, Record.salt)
    query = select(PatchLog.edit, PatchLog.record, salt, PatchLog.payload)
    query = query.outerjoin(Record, Record.id == PatchLog.record).execution_options(yield_per=PART)
    rows = session.execute(query)
    lines = ((row[0], row[3], (row[2] or b"", f"{row[0]}|{row[1]}")) for row in rows)
    _open(report, "riwayat", lines, keyring.open_log)


def _sealed() -> list[tuple[str, Any, Callable[[Any], tuple[int, str, str]]]]:
    """Every other sealed column: its rows (name first, blob last) and what each is bound to."""
    change, imported = ImportedChange, ImportedRecord
    return [
        ("kiriman", select(RawEdit.edit, RawEdit.desa, RawEdit.blob), lambda row: (row[1], "raw_edit", row[0])),
        (
            "putusan",
            select(Edit.id, Edit.desa, Edit.detail).where(Edit.detail.is_not(None)),
            lambda row: (row[1], "edit", row[0]),
        ),
        ("konflik", select(Conflict.id, Conflict.desa, Conflict.values), lambda row: (row[1], "conflict", row[0])),
        ("nama orang", select(Person.id, Person.name), lambda _: (0, "person", "name")),
        (
            "impor",
            select(RegisterImport.id, RegisterImport.desa, RegisterImport.about),
            lambda row: (row[1], "register_import", row[0]),
        ),
        (
            "baris impor",
            select(imported.record, imported.desa, imported.payload),
            lambda row: (row[1], "imported_record", row[0]),
        ),
        (
            "perubahan impor",
            select(change.record, change.desa, change.payload),
            lambda row: (row[1], "imported_change", row[0]),
        ),
    ]


def _open(report: Report, name: str, rows: Iterable[tuple[Any, bytes, Any]], opening: Callable[..., bytes]) -> None:
    part = report.part("sealed")
    for subject, blob, bound in rows:
        part.looked += 1
        try:
            plain = opening(*bound, blob)
            if name == "riwayat":
                orjson.loads(plain)
        except (SealError, ValueError):
            part.fault(f"{name} {subject}")
