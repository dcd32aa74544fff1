"""Whether everything that is named exists: the foreign keys, and the names no foreign key can hold."""

from sqlalchemy import Column, ColumnElement, and_, select
from sqlalchemy.orm import Session

from models.account import Person
from models.database import Base
from models.history import (
    Alias,
    Conflict,
    Departure,
    Edit,
    EditRepeat,
    Held,
    Inbox,
    Outbox,
    PatchLog,
    Proposal,
    Quarantine,
    RawEdit,
)
from models.records import FeedDigest, Record
from models.register import Door
from models.territory import Area
from server.proof.report import Report

SOFT = (
    (Record.dasawisma, Area.id),
    (Record.household, Record.id),
    (Record.family, Record.id),
    (Door.household, Record.id),
    (Door.dasawisma, Area.id),
    (FeedDigest.dasawisma, Area.id),
    (Departure.record, Record.id),
    (PatchLog.edit, Edit.id),
    (Edit.outbox, Outbox.id),
    (Edit.author, Person.id),
    (EditRepeat.edit, Edit.id),
    (Conflict.record, Record.id),
    (Conflict.edit, Edit.id),
    (Held.edit, RawEdit.edit),
    (Proposal.edit, RawEdit.edit),
    (Quarantine.edit, RawEdit.edit),
    (Alias.record, Record.id),
    (Alias.survivor, Record.id),
    (Inbox.person, Person.id),
)


def check_references(session: Session, report: Report) -> None:
    """Look for names of things that are not there, and for records listed under another desa than their dasawisma's."""
    part = report.part("references")
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            _missing(session, report, key.parent, key.column)
    for given, wanted in SOFT:
        _missing(session, report, given.property.columns[0], wanted.property.columns[0])
    query = select(Record.id).join(Area, Area.id == Record.dasawisma).where(Area.desa_id != Record.desa)
    for (record,) in session.execute(query):
        part.fault(f"catatan {record} di desa lain dari dasawismanya")


def _missing(session: Session, report: Report, given: Column[object], wanted: Column[object]) -> None:
    part = report.part("references")
    there = wanted.table.alias("there")
    on: ColumnElement[bool] = there.c[wanted.name] == given
    query = select(given).select_from(given.table.outerjoin(there, on))
    for (value,) in session.execute(query.where(and_(given.is_not(None), there.c[wanted.name].is_(None)))):
        part.fault(f"{given.table.name}.{given.name} {value}")
    part.looked += 1
