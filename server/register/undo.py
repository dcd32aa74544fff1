"""Decides what undoing an import takes back: exactly what it changed and nobody touched since; the rest is named.

What it made is deleted door by door, and only where nobody has visited, answered or added anything; elsewhere the door
stays as it is.  What it changed gets the value of before, field by field, where its own value still stands.  A deleted
door leaves a register that is still a draft; an approved register keeps it listed until its removal is approved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.exchange.plan import Draft
from models.form.definition import load
from models.imports import ImportedChange, ImportedRecord, RegisterImport
from models.problems import Problem
from models.records import Record, fields_of
from models.register import Door, RegisterState
from models.structure import LIVE
from models.territory import Area
from server.locks import alone
from server.register.edits import DoorEdit, patch_of, wire_edit
from server.register.ids import uuid7_maker
from server.register.importing import Office
from server.register.memory import open_payload, seal_payload
from server.register.sending import Sender
from server.transaction import snapshot, write

REASON = "impor dibatalkan"
BATCH = 60


@dataclass
class Undone:
    """What an undo took back: deleted records, fields set back, doors and fields that stay, doors still listed."""

    import_id: str
    deleted: int = 0
    restored: int = 0
    kept_doors: int = 0
    kept_fields: int = 0
    still_listed: int = 0
    edits: list[Draft] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Its numbers."""
        names = ("deleted", "restored", "kept_doors", "kept_fields", "still_listed")
        return {"import": self.import_id, **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True)
class _Change:
    record: Record
    fields: dict[str, Any]
    changes: dict[str, Any]
    before: dict[str, Any]
    values: dict[str, Any]
    is_made: bool

    @property
    def is_touched(self) -> bool:
        """Whether somebody else's answer stands in the record."""
        today = {name: value for name, value in self.fields.items() if value is not None and name != "state"}
        ours = {name: value for name, value in self.values.items() if value is not None and name != "state"}
        return today != ours


def undo_import(import_id: str, office: Office, progress: Callable[[int, int], None] = lambda _d, _t: None) -> Undone:
    """Take an import back.  Raises request.not_found for an unknown one or one that is undone already.

    Raises job.running while another import or undo of the desa is under way.
    """
    with snapshot() as session:
        head = session.get(RegisterImport, import_id)
        if head is None:
            raise Problem("request.not_found")
        desa = head.desa
    with alone(f"register-{desa}"):
        return _undo(import_id, office, progress)


def _undo(import_id: str, office: Office, progress: Callable[[int, int], None]) -> Undone:
    with snapshot() as session:
        head = session.get(RegisterImport, import_id)
        if head is None or head.state == "undone":
            raise Problem("request.not_found")
        desa = session.get_one(Area, head.desa)
        undone = _reversed(session, head, office)
        through, last = head.sent_through, head.last_edit
    sender = Sender(import_id, desa, office, through=through, last_edit=last)
    groups = _grouped(undone.edits)
    for start in range(0, len(groups), BATCH):
        with write() as session:
            _send(session, sender, groups[start : start + BATCH], office, undone)
        progress(start, len(groups))
    with write() as session:
        head = session.get_one(RegisterImport, import_id)
        head.state, head.undone_at = "undone", office.now
    return undone


def _reversed(session: Session, head: RegisterImport, office: Office) -> Undone:
    undone = Undone(head.id)
    doors: dict[str, list[_Change]] = defaultdict(list)
    for change in _changes(session, head, office):
        doors[change.record.household or change.record.id].append(change)
    foreign = _others(
        session, list(doors), {change.record.id for door in doors.values() for change in door if change.is_made}
    )
    for door, changes in doors.items():
        made = [change for change in changes if change.is_made]
        if made and (door in foreign or any(change.is_touched for change in made)):
            undone.kept_doors += 1
            made = []
        undone.edits += [_draft(change, {"state": "deleted", "state_reason": REASON}) for change in made]
        for change in changes:
            if not change.is_made and (back := _backwards(change, undone)):
                undone.edits.append(_draft(change, back))
    return undone


def _changes(session: Session, head: RegisterImport, office: Office) -> list[_Change]:
    query = (
        select(Record, ImportedChange, ImportedRecord)
        .join(ImportedChange, ImportedChange.record == Record.id)
        .join(ImportedRecord, ImportedRecord.record == Record.id)
        .where(ImportedChange.import_id == head.id, ImportedRecord.import_id == head.id, Record.state.in_(LIVE))
    )
    found = []
    for record, change, row in session.execute(query):
        sent = open_payload(office.keyring, change.desa, record.id, change.payload, "imported_change")
        values = open_payload(office.keyring, row.desa, record.id, row.payload)["values"]
        fields = fields_of(office.keyring, record)
        found.append(_Change(record, fields, sent["changes"], sent["before"] or {}, values, sent["made"]))
    return found


def _others(session: Session, doors: list[str], made: set[str]) -> set[str]:
    """Doors with a live record that this import did not make."""
    found: set[str] = set()
    for start in range(0, len(doors), 500):
        part = doors[start : start + 500]
        query = select(Record.id, Record.household).where(Record.household.in_(part), Record.state.in_(LIVE))
        found |= {household for id_, household in session.execute(query) if id_ not in made and household}
    return found


def _backwards(change: _Change, undone: Undone) -> dict[str, Any]:
    """The fields of an updated record that still hold what the import gave, with their value of before."""
    ours = {name for name, value in change.changes.items() if change.fields.get(name) == value}
    undone.kept_fields += len(change.changes) - len(ours)
    return {name: change.before.get(name) for name in ours if change.before.get(name) != change.fields.get(name)}


def _draft(change: _Change, changes: dict[str, Any]) -> Draft:
    record = change.record
    return Draft(record.kind, record.id, (), change.before, changes, record.version, 0, is_new=False)


def _grouped(drafts: list[Draft]) -> list[list[Draft]]:
    """One edit for at most 60 records, members before families before doors."""
    order = {"member": 0, "family": 1, "household": 2}
    drafts = sorted(drafts, key=lambda draft: order[draft.kind])
    return [drafts[start : start + BATCH] for start in range(0, len(drafts), BATCH)]


def _send(session: Session, sender: Sender, groups: list[list[Draft]], office: Office, undone: Undone) -> None:
    new_id = uuid7_maker(office.now)
    edits = []
    for number, drafts in enumerate(groups, start=sender.through + 1):
        patches = [patch_of(draft) for draft in drafts]
        edits.append(DoorEdit(wire_edit(number, new_id(), patches, form=load().version, now=office.now), drafts))
    outcomes = sender.send(session, edits)
    for edit, outcome in zip(edits, outcomes, strict=True):
        if outcome.is_applied:
            for draft in edit.drafts:
                _remember(session, draft, office, undone)
    head = session.get_one(RegisterImport, undone.import_id)
    head.sent_through, head.last_edit = sender.through, sender.last_edit


def _remember(session: Session, draft: Draft, office: Office, undone: Undone) -> None:
    row = session.get_one(ImportedRecord, draft.id)
    row.version = session.scalar(select(Record.version).where(Record.id == draft.id)) or row.version
    if draft.changes.get("state") == "deleted":
        row.is_undone = True
        undone.deleted += 1
        if draft.kind == "household":
            undone.still_listed += not _unlist(session, draft.id, office)
        return
    undone.restored += len(draft.changes)
    payload = open_payload(office.keyring, row.desa, row.record, row.payload)
    payload["values"] = {**payload["values"], **draft.changes}
    row.payload = seal_payload(office.keyring, row.desa, row.record, payload)


def _unlist(session: Session, household: str, office: Office) -> bool:
    """Take a door off a draft register; an approved one keeps it."""
    door = session.get(Door, household)
    if door is None:
        return True
    state = session.get(RegisterState, door.desa)
    if state is not None and state.state == "approved":
        return False
    values = {"removed_at": office.now, "dirty": True}
    session.execute(update(Door).where(Door.household == household).values(**values))
    return True
