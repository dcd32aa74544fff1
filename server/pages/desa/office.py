"""Edits that the office makes: each account has an outbox of its own, and a save is an edit like any other."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.form.definition import load
from models.history import Conflict, Finding, Outbox, Proposal, RawEdit
from models.problems import Problem
from models.records import Record
from models.territory import Area
from server.locks import with_locks
from server.push import Pusher, tools
from server.security import identity
from server.transaction import snapshot, write
from sync import verdict as verdicts
from sync.checking import checked
from sync.edit import Adjust, Edit, Patch
from sync.exchange import OFFICE, Item, Push, submit
from sync.inbox import open_conflict
from sync.incoming import Author
from sync.reading import read_edit
from sync.rights import rights_of
from sync.touch import touch
from sync.verdict import Verdict
from sync.wire import loads

TRIES = 3
NOT_ANY_MORE = "Tidak dapat diterapkan pada keadaan sekarang. Muat ulang halaman, lalu putuskan lagi."
DONE = (verdicts.APPLIED, verdicts.MERGED)
RACED = (verdicts.GAP, verdicts.FORK)
ACCEPTED, REJECTED, ANSWERED = "accepted", "rejected", "answered"


def settle(area: Area, conflict: Conflict, side: str) -> None:
    """Let one side of a conflict stand, by an edit naming the conflict.  Raises input.invalid where it cannot go in."""
    values = open_conflict(current_app.config["KEYRING"], conflict)
    with snapshot() as session:
        record = session.get(Record, conflict.record)
        if record is None:
            raise Problem("request.not_found")
        patch = _patch(conflict, record, values[side])
    _demand(save(area, [patch], settles=[conflict.id]))


def _patch(conflict: Conflict, record: Record, value: Any) -> Patch:
    """What makes a value stand: the field itself, or one row of a field of rows."""
    key, _, row = conflict.field.partition("/")
    if not row:
        return Patch(conflict.kind, record.id, record.version, {key: value})
    change = Adjust(add=(value,)) if value else Adjust(remove=(row,))
    return Patch(conflict.kind, record.id, record.version, {}, {key: change})


def accept(area: Area, proposal: Proposal) -> None:
    """Do what a proposal asks, as an edit of the office on what stands now, and say so in the proposal.

    Both in one transaction: whatever breaks off between leaves neither, and twice at once does it once.
    """

    def work(session: Session, lock: frozenset[int]) -> None:
        if not _decide(session, proposal.edit, ACCEPTED):
            return
        edit = read_proposal(session, proposal)
        patches = tuple(_rebased(session, patch) for patch in edit.patches)
        author, push = _push(session, area, patches, visited_on=edit.visited_on, form=edit.form)
        verdict = submit(session, author, push, tools(), lock).verdicts[0]
        if verdict.verdict in RACED:
            raise Problem("server.busy")
        _demand(verdict)

    with_locks(work)


def reject(proposal: Proposal) -> None:
    """Leave everything as it is, and say so in the proposal."""
    with write() as session:
        _decide(session, proposal.edit, REJECTED)


def answer(finding: int) -> None:
    """Say that a finding is right as it is; confirmations that waited for the answer count from now on."""
    with write() as session:
        row = session.get_one(Finding, finding)
        if row.state != "open":
            return
        row.state, row.answered_by, row.answered_at = ANSWERED, identity.current().person_id, identity.now()
        if row.household:
            _release(session, row)
            session.flush()
            touch(session, [row.household], tools())


def _release(session: Session, finding: Finding) -> None:
    """Let the withheld confirmations of the visits a finding is about give freshness."""
    door = session.get(Record, finding.household)
    visits = {finding.record, *finding.details.get("visits", ())}
    if door is not None and door.confirmations:
        door.confirmations = [
            [day, seen, outcome, visit, False if visit in visits else is_withheld, *rest]
            for day, seen, outcome, visit, is_withheld, *rest in door.confirmations
        ]


def save(
    area: Area, patches: Sequence[Patch], *, settles: Sequence[str] = (), visited_on: str | None = None, form: str = ""
) -> Verdict:
    """Send one edit of the signed-in office account; returns its verdict."""
    verdict = None
    for _ in range(TRIES):
        with snapshot() as session:
            author, push = _push(session, area, patches, settles=settles, visited_on=visited_on, form=form)
        verdict = Pusher(author, current_app.config["KEYRING"], identity.now()).push(push).verdicts[0]
        if verdict.verdict not in RACED:
            break
    assert verdict is not None
    return verdict


def _push(
    session: Session,
    area: Area,
    patches: Sequence[Patch],
    *,
    settles: Sequence[str] = (),
    visited_on: str | None = None,
    form: str = "",
) -> tuple[Author, Push]:
    """One edit of the signed-in office account, next in its outbox."""
    caller, moment = identity.current(), identity.now()
    outbox, through, last = _queue(session, caller.person_id)
    author = Author(caller.person_id, None, area.desa_id or 0, rights_of(session, caller.person_id, moment))
    edit = Edit(
        through + 1, str(uuid.uuid4()), moment, visited_on, form or load().version, tuple(patches), tuple(settles)
    )
    return author, Push(outbox, OFFICE, None, last, timedelta(), is_trusted=True, items=(_item(edit),))


def _item(edit: Edit) -> Item:
    return Item(checked(edit), lambda: _raw(edit))


def _raw(edit: Edit) -> bytes:
    """The edit as a phone would have sent it."""
    patches = [
        {
            "kind": patch.kind,
            "id": patch.id,
            "base": patch.base,
            "set": dict(patch.set),
            "adjust": {key: {"add": list(one.add), "remove": list(one.remove)} for key, one in patch.adjust.items()},
        }
        for patch in edit.patches
    ]
    return orjson.dumps(
        {
            "n": edit.n,
            "id": edit.id,
            "at": edit.at,
            "visited_on": edit.visited_on,
            "form": edit.form,
            "settles": list(edit.settles),
            "patches": patches,
        }
    )


def _queue(session: Session, person: int) -> tuple[str, int, str | None]:
    """The account's outbox with how far it is; a new random name before its first edit."""
    row = session.scalar(select(Outbox).where(Outbox.person == person, Outbox.kind == OFFICE))
    return (row.id, row.applied_through, row.applied_id) if row else (str(uuid.uuid4()), 0, None)


def read_proposal(session: Session, proposal: Proposal) -> Edit:
    """The edit a proposal holds, as it came.  Raises request.not_found where its bytes cannot be read."""
    raw = session.get(RawEdit, proposal.edit)
    if raw is None:
        raise Problem("request.not_found")
    plain = current_app.config["KEYRING"].open(raw.desa, "raw_edit", raw.edit, raw.blob)
    edit = read_edit(loads(plain), load().version)
    if not isinstance(edit, Edit):
        raise Problem("request.not_found")
    return edit


def _rebased(session: Session, patch: Patch) -> Patch:
    """On the version that stands; to accept a change of a deleted record is to bring it back."""
    record = session.get(Record, patch.id)
    if record is None:
        return replace(patch, base=0)
    revived = {"state": "active"} if record.state == "deleted" else {}
    return replace(patch, base=record.version, set={**revived, **patch.set})


def _decide(session: Session, edit: str, state: str) -> bool:
    """Say what was decided, locked until the commit; whether it was still open."""
    row = session.get_one(Proposal, edit, with_for_update=True)
    if row.state != "open":
        return False
    row.state, row.decided_by, row.decided_at = state, identity.current().person_id, identity.now()
    session.flush()
    return True


def _demand(verdict: Verdict) -> None:
    if verdict.verdict not in DONE:
        raise Problem("input.invalid", fields={"edit": NOT_ANY_MORE})
