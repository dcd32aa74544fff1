"""Decides how what is kept follows a new form: every record, its field history, its conflicts and its last import.

Records stand in one form, today's; ``form`` among the settings says which.  ``dawis database upgrade`` (and so every
start of ``dawis run``) carries them up in one transaction, with every desa locked.  Versions stay: nothing changed but
the names, and a phone is sent what its own form calls them.  The log keeps its words: each line says which form.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.form import upcast
from models.form.definition import versions
from models.form.upcast import NoWayError
from models.history import Conflict
from models.imports import ImportedChange, ImportedRecord
from models.records import TABLE, Record, fields_of
from models.register import Door
from models.sealing import Keyring
from models.territory import DesaSequence, Setting
from server.register.memory import open_payload, seal_payload
from sync import forms
from sync.stamps import dump, load

FORM = "form"
PART = 500


def stored_form(session: Session) -> str:
    """Return the form records stand in; before anything said so there was only the first."""
    row = session.get(Setting, FORM)
    return row.value if row else versions()[0]


def recast(session: Session, keyring: Keyring) -> int:
    """Carry everything to today's form; return how many records changed.  The caller commits.

    Raises NoWayError where records stand in a form this server does not know: it is older than its data.
    """
    source, target = stored_form(session), forms.today()
    if source not in versions() or versions().index(source) > versions().index(target):
        raise NoWayError(source)
    session.merge(Setting(name=FORM, value=target))
    if source == target:
        return 0
    session.execute(select(DesaSequence.desa).order_by(DesaSequence.desa).with_for_update())
    changed = sum(_recast_record(keyring, row, source) for row in _all(session, Record, Record.id))
    for conflict in _all(session, Conflict, Conflict.id):
        _recast_conflict(keyring, conflict, source)
    for row in _all(session, ImportedRecord, ImportedRecord.record):
        row.payload = _recast_payload(keyring, row, source, "imported_record", ("values",))
    for row in _all(session, ImportedChange, ImportedChange.record):
        row.payload = _recast_payload(keyring, row, source, "imported_change", ("changes", "before"))
    session.execute(update(Door).values(dirty=True))
    return changed


def _all(session: Session, table: Any, key: Any) -> Iterator[Any]:
    """Every row, in parts, so that a whole kabupaten never stands in memory."""
    keys = session.execute(select(*table.__mapper__.primary_key).order_by(key)).all()
    for one in keys:
        yield session.get_one(table, tuple(one))
        if len(session.identity_map) >= PART:
            session.flush()
            session.expunge_all()


def _carry(kind: str, answers: Mapping[str, Any], source: str) -> dict[str, Any]:
    return upcast.PUBLISHED.carry(kind, answers, source, forms.today())


def _recast_record(keyring: Keyring, row: Record, source: str) -> bool:
    def name(key: str) -> str:
        return forms.name_in(row.kind, key, source, forms.today())

    fields, history = fields_of(keyring, row), load(row.history)
    told = _carry(row.kind, fields, source)
    history.fields = {name(key): stamp for key, stamp in history.fields.items()}
    history.echoes = {name(key): pairs for key, pairs in history.echoes.items()}
    row.history = dump(history)
    if row.asked:
        row.asked = orjson.dumps({name(key): day for key, day in orjson.loads(row.asked).items()}).decode()
    if told == fields:
        return False
    row.document = keyring.seal(row.desa, TABLE, row.id, orjson.dumps(told))
    return True


def _recast_conflict(keyring: Keyring, row: Conflict, source: str) -> None:
    question, slash, _ = row.field.partition("/")
    values = orjson.loads(keyring.open(row.desa, "conflict", row.id, row.values))
    if not slash:
        carried = {side: _carry(row.kind, {question: value}, source) for side, value in values.items()}
        values = {side: next(iter(one.values())) if len(one) == 1 else values[side] for side, one in carried.items()}
    row.field = forms.name_in(row.kind, row.field, source, forms.today())
    row.values = keyring.seal(row.desa, "conflict", row.id, orjson.dumps(values))


def _recast_payload(keyring: Keyring, row: Any, source: str, table: str, parts: tuple[str, ...]) -> bytes:
    payload = open_payload(keyring, row.desa, row.record, row.payload, table)
    told = {part: _carry(row.kind, payload[part], source) for part in parts if payload.get(part)}
    return seal_payload(keyring, row.desa, row.record, payload | told, table)
