"""The kader of a desa: who holds which dasa wisma, with which phone, and when it was last heard of."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from models.account import Device, Invitation, RoleGrant
from models.territory import Area

SILENT = timedelta(days=14)


@dataclass
class Kader:
    """One kader's right over one dasa wisma, and her phones; ``is_quiet``: nothing came for 14 days, or ever."""

    grant_id: int
    person_id: int
    dasawisma: Area
    devices: list[Device] = field(default_factory=list)
    invited_until: datetime | None = None
    is_quiet: bool = True

    @property
    def synced_at(self) -> datetime | None:
        """When one of her phones last synced; None means never."""
        return max((device.last_sync_at for device in self.devices if device.last_sync_at), default=None)


def kader_of(session: Session, area: Area, moment: datetime) -> list[Kader]:
    """The kader with a right in force within an area: by dasa wisma, then by person."""
    query = (
        select(RoleGrant.id, RoleGrant.person_id, Area)
        .join(Area, Area.id == RoleGrant.area_id)
        .where(RoleGrant.role == "kader", Area.path.startswith(area.path), in_force(moment))
        .order_by(Area.code, RoleGrant.person_id)
    )
    found = [Kader(*row) for row in session.execute(query)]
    people = {kader.person_id for kader in found}
    devices: dict[int, list[Device]] = {}
    for device in session.scalars(select(Device).where(Device.person_id.in_(people)).order_by(Device.created_at)):
        devices.setdefault(device.person_id, []).append(device)
    invited = dict(session.execute(_open_invitations(people, moment)).all())
    for kader in found:
        kader.devices = devices.get(kader.person_id, [])
        kader.invited_until = invited.get(kader.person_id)
        kader.is_quiet = kader.synced_at is None or moment - kader.synced_at > SILENT
    return found


def in_force(moment: datetime) -> ColumnElement[bool]:
    """The test for a right that holds at a moment."""
    return (RoleGrant.starts_at <= moment) & or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > moment)


def _open_invitations(people: set[int], moment: datetime) -> Select[int, datetime]:
    return (
        select(Invitation.person_id, func.max(Invitation.expires_at))
        .where(Invitation.person_id.in_(people), Invitation.used_at.is_(None), Invitation.expires_at > moment)
        .group_by(Invitation.person_id)
    )
