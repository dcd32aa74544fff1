"""Decides how a resident file gets in: planned on a snapshot, then written door by door in batches as edits.

A file is read and planned whole before the first write.  Each batch is one transaction that holds the edits and what is
remembered of them, so an import that was cut off is finished by importing the same file again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import orjson
from sqlalchemy.orm import Session

from models.calendar import day_of
from models.exchange.opensid_columns import opensid_columns
from models.exchange.plan import Plan, Planner
from models.exchange.reasons import Rejection
from models.form.definition import load
from models.imports import RegisterImport
from models.sealing import Keyring
from models.territory import Area
from server.locks import alone
from server.register.areas import desa_of, make_areas, place_book
from server.register.edits import DoorEdit, door_edits
from server.register.ids import uuid7_maker
from server.register.memory import Memory
from server.register.remember import Remembrance
from server.register.report import Report
from server.register.sending import Outcome, Sender
from server.register.source import Source
from server.transaction import snapshot, write

BATCH = 60
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Office:
    """In whose name, with which keys and at what moment an import runs."""

    keyring: Keyring
    now: datetime
    person: int | None = None


def plan_source(session: Session, desa: Area, source: Source, office: Office) -> tuple[Plan, Memory]:
    """What the file would do; nothing is written."""
    memory = Memory(session, office.keyring, desa.id)
    book = place_book(session, desa)
    new_id = uuid7_maker(office.now)
    planner = Planner(memory, book, new_id, source.rtm, opensid_columns().kk, memory.people_of)
    plan = planner.plan(source.reading.people)
    plan.remarks.extend(_left_meanwhile(source, memory))
    return plan, memory


def _left_meanwhile(source: Source, memory: Memory) -> Iterator[Rejection]:
    """People the desa has, whom the file now calls dead, moved or not valid: a person records that, not a file."""
    for said in source.reading.skipped:
        if any(memory.get(("member", key)) for key in source.reading.gone[said.row]):
            yield Rejection(said.row, said.column, "status_berubah", said.details)


def dry_run(desa_code: str, source: Source, office: Office) -> Report:
    """The report of what would happen.  Raises area.unknown."""
    with snapshot() as session:
        plan, _ = plan_source(session, desa_of(session, desa_code), source, office)
    return Report(desa_code, source, plan)


def run_import(desa_code: str, source: Source, office: Office, progress: Progress = lambda _d, _t: None) -> Report:
    """Import the file.  Raises area.unknown; a file that changes nothing leaves no import behind.

    Raises job.running while another import or undo of this desa is under way: both would plan on what neither wrote.
    """
    with snapshot() as session:
        desa = desa_of(session, desa_code)
    with alone(f"register-{desa.id}"):
        with snapshot() as session:
            plan, memory = plan_source(session, desa, source, office)
        return write_plan(desa, source, plan, memory, office, progress=progress)


def write_plan(
    desa: Area,
    source: Source,
    plan: Plan,
    memory: Memory,
    office: Office,
    *,
    progress: Progress = lambda _d, _t: None,
    write: Callable[[], AbstractContextManager[Session]] = write,
) -> Report:
    """Write what was planned; `write` opens the transaction of each batch."""
    report = Report(desa.code, source, plan)
    waiting = len([door for door in plan.doors if any(draft.changes for draft in door.drafts)])
    if not waiting and not plan.book.new:
        return report
    report.import_id = uuid7_maker(office.now)()
    with write() as session:
        make_areas(session, plan.book.new, day_of(office.now))
        session.add(_head(report, desa, office))
    edits = door_edits(plan.doors, first=1, form=load().version, now=office.now, new_id=uuid7_maker(office.now))
    provisional = {door.household.id for door in plan.doors if door.is_provisional}
    sender = Sender(report.import_id, desa, office)
    while batch := list(islice(edits, BATCH)):
        with write() as session:
            outcomes = sender.send(session, batch)
            keep = Remembrance(session, office.keyring, desa.id, report.import_id, memory)
            report.not_applied += [bad for one, out in zip(batch, outcomes, strict=True) for bad in _refused(one, out)]
            keep.keep([one for one, out in zip(batch, outcomes, strict=True) if out.is_applied], provisional)
            report.kept += sum(len(out.lost) for out in outcomes)
            _count(session, report.import_id, sender)
        report.edits += len(batch)
        progress(report.edits, waiting)
    _close(report, write)
    return report


def _head(report: Report, desa: Area, office: Office) -> RegisterImport:
    source = report.source
    about = {"file": source.name, "digest": source.digest, "headings": source.headings}
    blob = office.keyring.seal(desa.id, "register_import", str(report.import_id), orjson.dumps(about))
    return RegisterImport(
        id=str(report.import_id), desa=desa.id, started_at=office.now, person=office.person, counts={}, about=blob
    )


def _refused(sent: DoorEdit, outcome: Outcome) -> Iterator[Rejection]:
    if not outcome.is_applied:
        for draft in sent.drafts:
            yield Rejection(draft.row, "-", "tidak_diterapkan", {"verdict": outcome.verdict})


def _count(session: Session, import_id: str, sender: Sender) -> None:
    head = session.get_one(RegisterImport, import_id)
    head.sent_through, head.last_edit = sender.through, sender.last_edit


def _close(report: Report, write: Callable[[], AbstractContextManager[Session]]) -> None:
    said = report.as_json(dry_run=False)
    with write() as session:
        head = session.get_one(RegisterImport, str(report.import_id))
        head.state = "done"
        head.counts = {
            key: said[key] for key in ("rows", "people", "rejected", "skipped", "doors", "families", "members")
        }
