"""Decides how many doors a dasa wisma should have: the desa types a number, the kecamatan approves it.

Where the approved number lies above the list, the difference shows as "pintu belum tercatat"; below it the list wins.
A number that lowers expected has its line in the ledger like every decrease.
"""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.aggregates.exclusions import APPROVED
from models.aggregates.tables import TargetLine
from models.problems import Problem
from models.register import Door, Ledger, RegisterTarget
from models.territory import Area

PROPOSED, REJECTED, REPLACED = "proposed", "rejected", "replaced"
KIND = "target"
MOST = 10_000


def propose_target(
    session: Session,
    area: Area,
    doors: int,
    families: int | None,
    people: int | None,
    *,
    person: int,
    moment: datetime,
) -> TargetLine:
    """Propose a target for a dasa wisma; an earlier proposal that waits is replaced.  Raises input.invalid."""
    wrong = {
        name: "0 sampai 10000"
        for name, number in (("doors", doors), ("families", families), ("people", people))
        if number is not None and not 0 <= number <= MOST
    }
    if area.level != "dasawisma" or area.desa_id is None:
        wrong["dasawisma"] = "bukan dasa wisma"
    if wrong:
        raise Problem("input.invalid", fields=wrong)
    waiting = (TargetLine.dasawisma == area.id, TargetLine.state == PROPOSED)
    session.execute(update(TargetLine).where(*waiting).values(state=REPLACED))
    line = TargetLine(dasawisma=area.id, desa=area.desa_id, doors=doors, families=families, people=people)
    line.state, line.proposed_by, line.proposed_at = PROPOSED, person, moment
    session.add(line)
    session.flush()
    return line


def decide_target(session: Session, line: TargetLine, *, approves: bool, person: int, moment: datetime) -> None:
    """Approve or reject a proposed target.  Raises register.not_open, register.same_person."""
    if line.state != PROPOSED:
        raise Problem("register.not_open")
    if line.proposed_by == person:
        raise Problem("register.same_person")
    if not approves:
        line.state, line.decided_by = REJECTED, person
        return
    fall = _fall(session, line)
    line.state, line.decided_by, line.approved_at = APPROVED, person, moment
    if fall > 0:
        session.add(_ledger(line, fall, person, moment))
    numbers = {"doors": line.doors, "families": line.families, "people": line.people, "proposed_by": line.proposed_by}
    session.merge(
        RegisterTarget(dasawisma=line.dasawisma, desa=line.desa, approved_at=moment, approved_by=person, **numbers)
    )
    session.flush()


def waiting_targets(session: Session, desa: int) -> list[TargetLine]:
    """Proposed targets of a desa, oldest first."""
    query = select(TargetLine).where(TargetLine.desa == desa, TargetLine.state == PROPOSED)
    return list(session.scalars(query.order_by(TargetLine.id)))


def _fall(session: Session, line: TargetLine) -> int:
    """By how many doors expected falls when this target comes into force."""
    doors = select(func.count()).select_from(Door).where(Door.dasawisma == line.dasawisma, Door.removed_at.is_(None))
    listed = session.scalar(doors) or 0
    current = session.get(RegisterTarget, line.dasawisma)
    before = current.doors if current is not None and current.approved_at is not None else listed
    return max(before, listed) - max(line.doors, listed)


def _ledger(line: TargetLine, fall: int, person: int, moment: datetime) -> Ledger:
    return Ledger(
        desa=line.desa,
        dasawisma=line.dasawisma,
        kind=KIND,
        reason=KIND,
        doors=fall,
        change_id=None,
        proposed_by=line.proposed_by,
        approved_by=person,
        at=moment,
    )
