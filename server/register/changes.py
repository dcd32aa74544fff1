"""Decides how expected falls: the desa proposes with a reason, the kecamatan approves, nobody approves her own.

A door is excluded (it stays listed) or merged into another (it leaves the list).  Every approved decrease has a line in
the ledger, whose totals per desa and reason are public.  What raises expected needs no second person: taking a door
back, and accepting what a kader added.
"""

from datetime import date, datetime, timedelta

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.aggregates.door import ADDED_BY_KADER
from models.aggregates.exclusions import APPROVED, EXCLUDE, LAPSING, RESTORE, in_force, lapses_on
from models.aggregates.register_view import REFERENCE
from models.aggregates.tables import RegisterApproval
from models.calendar import day_of
from models.form.context import day
from models.problems import Problem
from models.records import Record, fields_of
from models.register import EXCLUDABLE, Door, Ledger, ReferenceTotal, RegisterChange, RegisterState
from models.sealing import Keyring
from models.structure import KNOWING, LIVE, SUPERSEDED
from models.territory import Area
from server.register.areas import expected_doors
from server.register.joining import join_records
from server.register.targets import decide_target, waiting_targets
from sync.batch import Tools
from sync.touch import touch

MERGE, APPROVAL, JOINED = "merge", "approval", "gabung"
PROPOSED, REJECTED = "proposed", "rejected"
APART = timedelta(days=7)
LONGEST_NOTE = 500


def propose_exclusion(
    session: Session, keyring: Keyring, door: Door, *, reason: str, note: str, person: int, moment: datetime
) -> RegisterChange:
    """Propose that a door is no longer expected.

    Raises input.invalid for an unknown reason, register.not_open where the door is excluded or proposed already,
    register.too_early for a closed house without two such visits at least 7 days apart.
    """
    if reason not in EXCLUDABLE:
        raise Problem("input.invalid", fields={"reason": "Pilih alasan."})
    _check_open(session, door, moment)
    if reason == LAPSING and not _stayed_closed(days_closed(session, keyring, door.household, door.excluded_at)):
        raise Problem("register.too_early")
    return _propose(session, door, EXCLUDE, reason, note, person, moment)


def propose_merge(
    session: Session, door: Door, other: Door, *, note: str, person: int, moment: datetime
) -> RegisterChange:
    """Propose that two listed doors of a desa are one house; ``door`` leaves the list, ``other`` stays.

    Raises input.invalid for the door itself or one of another desa, register.not_open as for an exclusion.
    """
    if other.household == door.household or other.desa != door.desa or other.removed_at:
        raise Problem("input.invalid", fields={"other": "Pilih rumah lain di desa ini."})
    _check_open(session, door, moment)
    return _propose(session, door, MERGE, JOINED, note, person, moment, other.household)


def _check_open(session: Session, door: Door, moment: datetime) -> None:
    waiting = select(RegisterChange.id).where(
        RegisterChange.household == door.household, RegisterChange.state == PROPOSED
    )
    if door.removed_at or in_force(door, day_of(moment)) or session.scalar(waiting.limit(1)):
        raise Problem("register.not_open")


def _propose(  # noqa: PLR0917 (the columns of one row)
    session: Session,
    door: Door,
    kind: str,
    reason: str,
    note: str,
    person: int,
    moment: datetime,
    other: str | None = None,
) -> RegisterChange:
    change = RegisterChange(
        desa=door.desa,
        kind=kind,
        household=door.household,
        other=other,
        reason=reason,
        note=note.replace("\0", "").strip()[:LONGEST_NOTE],
        state=PROPOSED,
        proposed_by=person,
        proposed_at=moment,
    )
    session.add(change)
    session.flush()
    return change


def decide(
    session: Session, keyring: Keyring, change: RegisterChange, *, approves: bool, person: int, moment: datetime
) -> None:
    """Approve or reject a proposed change.  Raises register.not_open, register.same_person."""
    if change.state != PROPOSED:
        raise Problem("register.not_open")
    if change.proposed_by == person:
        raise Problem("register.same_person")
    change.state, change.decided_by, change.decided_at = APPROVED if approves else REJECTED, person, moment
    if not approves:
        return
    door = session.get_one(Door, change.household)
    other = session.get(Door, change.other) if change.other else None
    if door.removed_at or (other and (other.removed_at or other.desa != door.desa)):
        raise Problem("register.not_open")
    if change.kind == MERGE:
        door.removed_at = moment
        join_records(session, keyring, door, change.other or "", person=person, moment=moment)
    else:
        door.excluded_reason, door.excluded_at = change.reason, moment
        door.excluded_until = lapses_on(change.reason, day_of(moment))
    door.dirty = True
    session.add(_line(change, door, person, moment))
    session.flush()


def restore(session: Session, door: Door, *, person: int, moment: datetime) -> None:
    """Expect an excluded door again, at once.  Raises register.not_open where it is not excluded."""
    if door.removed_at or not in_force(door, day_of(moment)):
        raise Problem("register.not_open")
    change = _propose(session, door, RESTORE, door.excluded_reason or "", "", person, moment)
    change.state, change.decided_by, change.decided_at = APPROVED, person, moment
    door.excluded_reason = door.excluded_at = door.excluded_until = None
    door.dirty = True
    session.flush()


def accept_door(session: Session, door: Door, *, tools: Tools) -> None:
    """The desa says that a door a kader added is there, and her phone is told.

    Raises register.not_open where the door does not wait.
    """
    if door.removed_at or door.accepted_at is not None or door.origin != ADDED_BY_KADER:
        raise Problem("register.not_open")
    door.accepted_at, door.dirty = tools.now, True
    session.flush()
    touch(session, [door.household], tools)


def approve_register(session: Session, desa: int, person: int, moment: datetime) -> RegisterState:
    """Approve a desa's register as it stands, with its typed targets; a new version from now on.

    Raises register.same_person where the approver typed one of the targets.  Where an independent total expected more
    doors until now, the difference is a line of the ledger.
    """
    for line in waiting_targets(session, desa):
        decide_target(session, line, approves=True, person=person, moment=moment)
    state = session.get(RegisterState, desa)
    if state is None:
        state = RegisterState(desa=desa, state="draft", version=0)
        session.add(state)
    if state.state == APPROVED:
        _keep_version(session, state)
    else:
        _note_reference(session, desa, person, moment)
    state.state, state.version = APPROVED, state.version + 1
    state.approved_at, state.approved_by = moment, person
    _keep_version(session, state)
    return state


def _keep_version(session: Session, state: RegisterState) -> None:
    """Write down when this version was approved, so that a past day finds it."""
    if state.approved_at is not None:
        given = {"approved_at": state.approved_at, "approved_by": state.approved_by}
        session.merge(RegisterApproval(desa=state.desa, version=state.version, **given))
        session.flush()


def _note_reference(session: Session, desa: int, person: int, moment: datetime) -> None:
    on = day_of(moment)
    newest = select(ReferenceTotal).where(ReferenceTotal.desa == desa, ReferenceTotal.on <= on)
    total = session.scalar(newest.order_by(ReferenceTotal.on.desc()).limit(1))
    expected = sum(expected_doors(session, session.get_one(Area, desa), on).values())
    if total is not None and total.families > expected:
        fall = total.families - expected
        numbers = {"doors": fall, "change_id": None, "proposed_by": None, "approved_by": person, "at": moment}
        session.add(Ledger(desa=desa, dasawisma=0, kind=APPROVAL, reason=REFERENCE, **numbers))


def days_closed(session: Session, keyring: Keyring, household: str, since: datetime | None = None) -> list[date]:
    """The days on which visits found a house closed (kosong) since somebody was last met there, oldest first.

    None is later than the server heard of it; ``since`` leaves out what it heard before a moment.
    """
    query = select(Record).where(
        Record.household == household, Record.kind == "visit", Record.state.in_((*LIVE, SUPERSEDED))
    )
    found: list[date] = []
    for row in sorted(session.scalars(query), key=_arrived):
        fields = fields_of(keyring, row)
        on, outcome = day(fields.get("on")), fields.get("outcome")
        if outcome in KNOWING:
            found = []
        elif outcome == LAPSING and on and (since is None or row.created_at > since):
            found.append(min(on, day_of(row.created_at)))
    return sorted(found)


def _arrived(visit: Record) -> int:
    """The number a visit came with; the one it has grows when it goes to history."""
    return int(orjson.loads(visit.history)["s"][0][0])


def _stayed_closed(days: list[date]) -> bool:
    return bool(days) and days[-1] - days[0] >= APART


def _line(change: RegisterChange, door: Door, person: int, moment: datetime) -> Ledger:
    return Ledger(
        desa=door.desa,
        dasawisma=door.dasawisma,
        kind=change.kind,
        reason=change.reason,
        doors=1,
        change_id=change.id,
        proposed_by=change.proposed_by,
        approved_by=person,
        at=moment,
    )
