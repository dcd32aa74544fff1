"""Decides what a person may write: now, or until when.

Rights are judged on arrival and kept with what waits (``as_json``).  A right reaches every dasawisma whose path starts
with the path of the granted area.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import SYNC_ROLES, RoleGrant
from models.territory import Area

OFFICE_ROLE = "admin_desa"


@dataclass(frozen=True, slots=True)
class Place:
    """A dasawisma: its area id, permanent code, name, desa, and path of areas from the top."""

    id: int
    code: str
    name: str
    desa: int
    path: str


@dataclass(frozen=True, slots=True)
class Right:
    """What somebody may do at a dasawisma.  ``ended_at``: when a right she had ended; None where she never had one."""

    is_kader: bool = False
    is_office: bool = False
    ended_at: datetime | None = None

    @property
    def is_now(self) -> bool:
        """Whether she is responsible now."""
        return self.is_kader or self.is_office


@dataclass(frozen=True, slots=True)
class Granted:
    """One role over one area (its path, its desa); ``ended_at`` None while it holds."""

    path: str
    is_office: bool
    ended_at: datetime | None
    desa: int | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything a person was ever granted that concerns records."""

    grants: tuple[Granted, ...]

    def over(self, place: Place) -> Right:
        """Return her right at a dasawisma."""
        mine = [grant for grant in self.grants if place.path.startswith(grant.path)]
        now = [grant for grant in mine if grant.ended_at is None]
        ended = [grant.ended_at for grant in mine if grant.ended_at]
        return Right(
            any(not grant.is_office for grant in now),
            any(grant.is_office for grant in now),
            max(ended, default=None) if not now else None,
        )

    def as_json(self) -> dict[str, Any]:
        """Return what is kept with an edit that waits."""
        return {
            "grants": [[g.path, g.is_office, g.ended_at.isoformat() if g.ended_at else None] for g in self.grants],
        }


def from_json(kept: dict[str, Any]) -> Rights:
    """Return the rights kept with an edit that waits."""
    rows = kept.get("grants", [])
    return Rights(tuple(Granted(path, office, _instant(end)) for path, office, end in rows))


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def rights_of(session: Session, person: int, now: datetime) -> Rights:
    """Return what a person may do now, and could once."""
    query = (
        select(Area.path, RoleGrant.role, RoleGrant.ends_at, Area.desa_id)
        .join(Area, Area.id == RoleGrant.area_id)
        .where(RoleGrant.person_id == person, RoleGrant.starts_at <= now, RoleGrant.role.in_(SYNC_ROLES))
        .order_by(RoleGrant.id)
    )
    return Rights(
        tuple(
            Granted(path, role == OFFICE_ROLE, end if end and end <= now else None, desa)
            for path, role, end, desa in session.execute(query)
        )
    )


def places_of(session: Session, rights: Rights) -> list[Place]:
    """Return every dasawisma in the current scope, by code."""
    paths = tuple(grant.path for grant in rights.grants if grant.ended_at is None)
    desa = {grant.desa for grant in rights.grants if grant.ended_at is None and grant.desa}
    if not desa:
        return []
    found = [place for place in _places(session, Area.desa_id.in_(sorted(desa))) if place.path.startswith(paths)]
    return sorted(found, key=lambda place: place.code)


def places_by_code(session: Session, codes: set[str]) -> dict[str, Place]:
    """Return the dasawisma of these codes; unknown codes are left out."""
    return {place.code: place for place in _places(session, Area.code.in_(sorted(codes)))} if codes else {}


def places_by_id(session: Session, ids: set[int]) -> dict[int, Place]:
    """Return the dasawisma of these area ids."""
    return {place.id: place for place in _places(session, Area.id.in_(sorted(ids)))} if ids else {}


def _places(session: Session, condition: Any) -> list[Place]:
    query = select(Area.id, Area.code, Area.name, Area.desa_id, Area.path).where(Area.level == "dasawisma", condition)
    return [Place(row.id, row.code, row.name, row.desa_id or 0, row.path) for row in session.execute(query)]
