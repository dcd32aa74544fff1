"""Decides how expected falls: the desa proposes with a reason, the kecamatan approves, nobody approves her own.

Every approved decrease has a line in the ledger, whose totals per desa and reason are public.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.aggregates.exclusions import APPROVED, EXCLUDE, LAPSING, in_force, lapses_on
from models.aggregates.tables import TargetLine
from models.calendar import day_of
from models.form.context import day
from models.problems import Problem
from models.records import Record, fields_of
from models.register import EXCLUDABLE, Door, Ledger, RegisterChange, RegisterState, RegisterTarget
from models.sealing import Keyring
from models.structure import LIVE, SUPERSEDED

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
    waiting = select(RegisterChange.id).where(
        RegisterChange.household == door.household, RegisterChange.state == PROPOSED
    )
    if door.removed_at or in_force(door, day_of(moment)) or session.scalar(waiting.limit(1)):
        raise Problem("register.not_open")
    if reason == LAPSING and not _stayed_closed(days_closed(session, keyring, door.household)):
        raise Problem("register.too_early")
    change = RegisterChange(
        desa=door.desa,
        kind=EXCLUDE,
        household=door.household,
        reason=reason,
        note=note.replace("\0", "").strip()[:LONGEST_NOTE],
        state=PROPOSED,
        proposed_by=person,
        proposed_at=moment,
    )
    session.add(change)
    session.flush()
    return change


def decide(session: Session, change: RegisterChange, *, approves: bool, person: int, moment: datetime) -> None:
    """Approve or reject a proposed exclusion.  Raises register.not_open, register.same_person."""
    if change.state != PROPOSED or change.kind != EXCLUDE:
        raise Problem("register.not_open")
    if change.proposed_by == person:
        raise Problem("register.same_person")
    change.state, change.decided_by, change.decided_at = APPROVED if approves else REJECTED, person, moment
    if approves:
        door = session.get_one(Door, change.household)
        door.excluded_reason, door.excluded_at = change.reason, moment
        door.excluded_until = lapses_on(change.reason, day_of(moment))
        door.dirty = True
        session.add(_line(change, door, person, moment))


def approve_register(session: Session, desa: int, person: int, moment: datetime) -> RegisterState:
    """Approve a desa's register as it stands, with its typed targets; a new version from now on.

    Raises register.same_person where the approver typed one of the targets.
    """
    targets = session.scalars(
        select(RegisterTarget).where(RegisterTarget.desa == desa, RegisterTarget.approved_at.is_(None))
    ).all()
    if any(target.proposed_by == person for target in targets):
        raise Problem("register.same_person")
    for target in targets:
        target.approved_at, target.approved_by = moment, person
        session.add(
            TargetLine(
                dasawisma=target.dasawisma,
                desa=desa,
                doors=target.doors,
                families=target.families,
                people=target.people,
                approved_at=moment,
                approved_by=person,
            )
        )
    state = session.get(RegisterState, desa)
    if state is None:
        state = RegisterState(desa=desa, state="draft", version=0)
        session.add(state)
    state.state, state.version = APPROVED, state.version + 1
    state.approved_at, state.approved_by = moment, person
    session.flush()
    return state


def days_closed(session: Session, keyring: Keyring, household: str) -> list[date]:
    """The days on which a visit found a house closed (kosong), oldest first."""
    query = select(Record).where(
        Record.household == household, Record.kind == "visit", Record.state.in_((*LIVE, SUPERSEDED))
    )
    opened = (fields_of(keyring, row) for row in session.scalars(query))
    return sorted(on for fields in opened if fields.get("outcome") == LAPSING and (on := day(fields.get("on"))))


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
