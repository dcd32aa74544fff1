"""Decides on what a desa's percentage rests: its approved register, an independent total, or nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.aggregates.tables import RegisterApproval, TargetLine
from models.aggregates.tally import Target
from models.calendar import end_of
from models.register import ReferenceTotal, RegisterState

REGISTER, REFERENCE, NONE = "register", "reference", "none"
APPROVED, DRAFT = "approved", "draft"


@dataclass(frozen=True, slots=True)
class Registered:
    """The register of one desa on a day: its state, and the newest independent total of that day."""

    state: str = NONE
    approved_at: datetime | None = None
    reference: ReferenceTotal | None = None

    @property
    def basis(self) -> str:
        """What expected rests on."""
        if self.state == APPROVED:
            return REGISTER
        return REFERENCE if self.reference else NONE


def registered(session: Session, desa: Collection[int], on: date) -> dict[int, Registered]:
    """The register of each desa as of the end of a day."""
    moment = end_of(on)
    approved = _approvals(session, moment)
    known = set(session.scalars(select(RegisterState.desa)))
    totals: dict[int, ReferenceTotal] = {}
    for row in session.scalars(select(ReferenceTotal).where(ReferenceTotal.on <= on).order_by(ReferenceTotal.on)):
        totals[row.desa] = row
    return {one: _registered(approved.get(one), totals.get(one), is_known=one in known) for one in desa}


def _approvals(session: Session, moment: datetime) -> dict[int, datetime]:
    """When each desa's register was last approved before a moment."""
    present = select(RegisterState).where(RegisterState.state == APPROVED, RegisterState.approved_at < moment)
    found = {row.desa: row.approved_at for row in session.scalars(present) if row.approved_at is not None}
    lines = select(RegisterApproval).where(RegisterApproval.approved_at < moment).order_by(RegisterApproval.version)
    return found | {line.desa: line.approved_at for line in session.scalars(lines)}


def _registered(approved_at: datetime | None, total: ReferenceTotal | None, *, is_known: bool) -> Registered:
    if approved_at is not None:
        return Registered(APPROVED, approved_at, total)
    return Registered(DRAFT if is_known else NONE, None, total)


def targets(session: Session, desa: Collection[int] | None, on: date) -> Mapping[int, Target]:
    """The target in force of each dasa wisma at the end of a day (None: of every desa)."""
    query = (
        select(TargetLine).where(TargetLine.approved_at < end_of(on)).order_by(TargetLine.approved_at, TargetLine.id)
    )
    if desa is not None:
        query = query.where(TargetLine.desa.in_(desa))
    return {line.dasawisma: Target(line.doors, line.families, line.people) for line in session.scalars(query)}
