"""Decides how a person's inbox is numbered (1, 2, 3 … for her, in the order of commits), and what a line says.

The counter is in her own row, which is locked until the commit; people are taken in the order of their ids.
"""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from models.account import Person
from models.history import Conflict, Inbox
from models.records import Record
from models.sealing import Keyring
from models.sql import Read
from sync.batch import TABLES, Batch, Note
from sync.forms import is_older, name_in, shown_value, today

PAGE = 200
INBOX = TABLES[Inbox.__tablename__]
NEWS = Read(select(INBOX.c.seq).where(INBOX.c.person == bindparam("person"), INBOX.c.seq > bindparam("after")).limit(1))


def deliver(batch: Batch) -> None:
    """Number and write everything people are told by this transaction."""
    by_person: dict[int, list[Note]] = {}
    for note in batch.notes:
        by_person.setdefault(note.person, []).append(note)
    if not by_person:
        return
    person = TABLES[Person.__tablename__]
    query = select(person.c.id, person.c.inbox_seq).where(person.c.id.in_(sorted(by_person)))
    last = {row.id: row.inbox_seq for row in batch.session.execute(query.order_by(person.c.id).with_for_update())}
    rows: list[dict[str, Any]] = []
    for key in sorted(last):
        rows += [_row(batch, note, last[key] + index) for index, note in enumerate(by_person[key], 1)]
        count = last[key] + len(by_person[key])
        batch.session.execute(update(person).where(person.c.id == key).values(inbox_seq=count))
    batch.session.execute(insert(TABLES[Inbox.__tablename__]), rows)


def _row(batch: Batch, note: Note, seq: int) -> dict[str, Any]:
    return {
        "person": note.person,
        "seq": seq,
        "type": note.type,
        "record": note.record,
        "field": note.field,
        "edit": note.edit,
        "code": note.code,
        "details": note.details,
        "at": batch.tools.now,
    }


def read_inbox(
    session: Session, keyring: Keyring, person: int, after: int, areas: set[int], *, form: str = ""
) -> tuple[list[dict[str, Any]], int, bool]:
    """Return the next lines of a person's inbox, the last number among them, and whether more follow.

    The values of a conflict, and who gave them (``kept_by``, ``lost_by``, by name), are told only while its record is
    in one of ``areas``, her dasawisma of today; in the words of the ``form`` her phone shows.
    """
    if not NEWS.all(session, person=person, after=after):
        return [], after, False
    query = select(Inbox).where(Inbox.person == person, Inbox.seq > after).order_by(Inbox.seq).limit(PAGE + 1)
    rows = session.scalars(query).all()
    values = _values(session, keyring, [row.details.get("conflict") for row in rows], areas)
    kinds = _kinds(session, rows) if is_older(form) else {}
    lines: list[dict[str, Any]] = [
        {
            "seq": row.seq,
            "id": f"{row.person}-{row.seq}",
            "type": row.type,
            "record": row.record,
            "field": row.field,
            "edit": row.edit,
            "code": row.code,
            "details": row.details | values.get(row.details.get("conflict", ""), {}),
            "at": row.at,
        }
        for row in rows[:PAGE]
    ]
    for line in lines:
        _tell_in(form, kinds.get(line["record"]), line)
    return lines, lines[-1]["seq"] if lines else after, len(rows) > PAGE


def _kinds(session: Session, rows: Iterable[Inbox]) -> dict[str, str]:
    names = {row.record for row in rows if row.record and row.field}
    rows_of = session.execute(select(Record.id, Record.kind).where(Record.id.in_(names)))
    return {row.id: row.kind for row in rows_of}


def _tell_in(form: str, kind: str | None, line: dict[str, Any]) -> None:
    """Carry a line's question and values down to an older form."""
    if kind is None or line["field"] is None:
        return
    question, slash, row = line["field"].partition("/")
    details = line["details"]
    for key in ("base", "kept", "lost") if not slash else ():
        if key in details:
            details[key] = shown_value(kind, question, details[key], form)[1]
    line["field"] = name_in(kind, question, today(), form) + slash + row


def _values(session: Session, keyring: Keyring, names: list[Any], areas: set[int]) -> dict[str, dict[str, Any]]:
    wanted = sorted({name for name in names if name})
    if not wanted:
        return {}
    query = select(Conflict).join(Record, Record.id == Conflict.record)
    rows = session.scalars(query.where(Conflict.id.in_(wanted), Record.dasawisma.in_(sorted(areas))))
    found = list(rows)
    called = _names(session, keyring, {row.kept_by for row in found} | {row.lost_by for row in found})
    return {
        row.id: open_conflict(keyring, row)
        | {"state": row.state, "kept_by": called.get(row.kept_by), "lost_by": called.get(row.lost_by)}
        for row in found
    }


def _names(session: Session, keyring: Keyring, people: set[int | None]) -> dict[int | None, str]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(people - {None}))).all()
    return {row.id: keyring.open(0, "person", "name", row.name).decode() for row in rows}


def open_conflict(keyring: Keyring, row: Conflict) -> dict[str, Any]:
    """Return ``base``, ``kept`` and ``lost`` of a conflict."""
    found: dict[str, Any] = orjson.loads(keyring.open(row.desa, "conflict", row.id, row.values))
    return found
