"""Decides what a person may write: now, or until when.

Rights are judged on arrival and kept with what waits (``as_json``).  A right reaches every dasawisma whose path starts
with the path of the granted area.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.account import SYNC_ROLES, RoleGrant
from models.database import Base
from models.sql import Read, among
from models.territory import Area

OFFICE_ROLE = "admin_desa"
GRANT, AREA = Base.metadata.tables[RoleGrant.__tablename__], Base.metadata.tables[Area.__tablename__]
GRANTS = Read(
    select(AREA.c.path, GRANT.c.role, GRANT.c.ends_at, AREA.c.desa_id)
    .join(AREA, AREA.c.id == GRANT.c.area_id)
    .where(
        GRANT.c.person_id == bindparam("person"),
        GRANT.c.starts_at <= bindparam("now"),
        GRANT.c.role.in_([bindparam(None, role) for role in SYNC_ROLES]),
    )
    .order_by(GRANT.c.id)
)
_PLACES = select(AREA.c.id, AREA.c.code, AREA.c.name, AREA.c.desa_id, AREA.c.path).where(AREA.c.level == "dasawisma")
BY_CODE, BY_ID = Read(_PLACES.where(among(AREA.c.code, "codes"))), Read(_PLACES.where(among(AREA.c.id, "ids")))
BELOW = Read(_PLACES.where(AREA.c.desa_id == bindparam("desa"), AREA.c.path.startswith(bindparam("path"))))


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
    _known: dict[Place, Right] = field(default_factory=dict, compare=False, repr=False)

    def over(self, place: Place) -> Right:
        """Return her right at a dasawisma."""
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = self._over(place)
        return known

    def _over(self, place: Place) -> Right:
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
    return rights_from(GRANTS.all(session, person=person, now=now), now)


def rights_from(rows: Iterable[Any], now: datetime) -> Rights:
    """Return the rights that grants give: (path, role, end, desa) of each that has begun."""
    return Rights(
        tuple(
            Granted(path, role == OFFICE_ROLE, end if end and end <= now else None, desa)
            for path, role, end, desa in rows
        )
    )


def places_of(session: Session, rights: Rights) -> list[Place]:
    """Return every dasawisma in the current scope, by code."""
    wanted = {(grant.desa, grant.path) for grant in rights.grants if grant.ended_at is None and grant.desa}
    rows = [row for desa, path in sorted(wanted) for row in BELOW.all(session, desa=desa, path=path)]
    found = {place.id: place for place in _places(rows)}
    return sorted(found.values(), key=lambda place: place.code)


def places_by_code(session: Session, codes: set[str]) -> dict[str, Place]:
    """Return the dasawisma of these codes; unknown codes are left out."""
    return {place.code: place for place in _places(BY_CODE.all(session, codes=sorted(codes)))} if codes else {}


def places_by_id(session: Session, ids: set[int]) -> dict[int, Place]:
    """Return the dasawisma of these area ids."""
    return {place.id: place for place in _places(BY_ID.all(session, ids=sorted(ids)))} if ids else {}


def _places(rows: Iterable[Any]) -> list[Place]:
    return [Place(key, code, name, desa or 0, path) for key, code, name, desa, path in rows]
