"""Who is asking: the cookie's session, the person behind it, her roles and the areas they reach.

The cookie holds a random token; the table only its SHA-256.  Rights are read from the current grants on every request.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Response, current_app, g, request
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.account import SYNC_ROLES, Device, LoginSession, RoleGrant
from models.database import Base, db
from models.problems import Problem
from models.sql import Read
from models.territory import Area
from sync.rights import Rights, rights_from

LIFETIME = timedelta(days=30)
LOGIN, DEVICE, GRANT, AREA = (
    Base.metadata.tables[table.__tablename__] for table in (LoginSession, Device, RoleGrant, Area)
)
SESSION = Read(
    select(
        LOGIN.c.person_id,
        LOGIN.c.device_id,
        LOGIN.c.expires_at,
        LOGIN.c.revoked_at,
        DEVICE.c.id,
        DEVICE.c.blocked_at,
        DEVICE.c.last_sync_at,
        DEVICE.c.app_version,
    )
    .outerjoin(DEVICE, DEVICE.c.id == LOGIN.c.device_id)
    .where(LOGIN.c.token_hash == bindparam("token"))
)
GRANTS = Read(
    select(GRANT.c.role, AREA.c.id, AREA.c.level, AREA.c.desa_id, AREA.c.path, AREA.c.code, GRANT.c.ends_at)
    .join(AREA, AREA.c.id == GRANT.c.area_id)
    .where(GRANT.c.person_id == bindparam("person"), GRANT.c.starts_at <= bindparam("now"))
    .order_by(GRANT.c.id)
)


@dataclass(frozen=True)
class Grant:
    """A role held now, and where."""

    role: str
    area_id: int
    level: str
    desa_id: int | None
    path: str
    code: str


@dataclass(frozen=True)
class Caller:
    """A signed-in person; ``grants`` are those in force now, ``rights`` all she ever had that concern records.

    The last two are what is known of the device.
    """

    person_id: int
    device_id: str | None
    grants: tuple[Grant, ...]
    rights: Rights = field(default_factory=lambda: Rights(()))
    synced_at: datetime | None = None
    app_version: str | None = None

    @property
    def roles(self) -> frozenset[str]:
        """Names of the roles held."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def is_office(self) -> bool:
        """Whether edits of this person count as the office's."""
        return "admin_desa" in self.roles

    def reaches(self, area: Area, roles: frozenset[str]) -> bool:
        """Whether one of these roles covers the area."""
        return any(grant.role in roles and area.path.startswith(grant.path) for grant in self.grants)


def cookie_name() -> str:
    """``__Host-session`` over https, ``session`` otherwise."""
    return "__Host-session" if request.is_secure else "session"


def now() -> datetime:
    """The server's clock, replaceable by ``app.config["CLOCK"]``."""
    return current_app.config["CLOCK"]()  # type: ignore[no-any-return]


def current() -> Caller:
    """The signed-in person; raises session.none or device.blocked."""
    caller = optional()
    if caller is None:
        raise Problem("session.none")
    return caller


def optional() -> Caller | None:
    """The signed-in person, or None."""
    if "caller" not in g:
        g.caller = _load(request.cookies.get(cookie_name(), ""))
    return g.caller  # type: ignore[no-any-return]


def _load(token: str) -> Caller | None:
    if not token:
        return None
    moment = now()
    session = db.session()
    row = SESSION.first(session, token=token_hash(token))
    if row is None:
        return None
    person, device, expires_at, revoked_at, known, blocked_at, synced_at, app_version = row
    if revoked_at or expires_at <= moment:
        return None
    if device and (known is None or blocked_at):
        raise Problem("device.blocked")
    rows = GRANTS.all(session, person=person, now=moment)
    grants = tuple(Grant(*row[:-1]) for row in rows if row[-1] is None or row[-1] > moment)
    held = [(path, role, ended, desa) for role, _, _, desa, path, _, ended in rows if role in SYNC_ROLES]
    return Caller(person, device, grants, rights_from(held, moment), synced_at, app_version)


def grants_of(session: Session, person_id: int, moment: datetime) -> tuple[Grant, ...]:
    """The roles a person holds at a moment."""
    rows = GRANTS.all(session, person=person_id, now=moment)
    return tuple(Grant(*row[:-1]) for row in rows if row[-1] is None or row[-1] > moment)


def token_hash(token: str) -> bytes:
    """What the table keeps of a cookie token."""
    return hashlib.sha256(token.encode()).digest()


def open_session(session: Session, person_id: int, device_id: str | None, moment: datetime) -> str:
    """Make a session row; returns the cookie token (256 random bits)."""
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_hash=token_hash(token),
            person_id=person_id,
            device_id=device_id,
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + LIFETIME,
        )
    )
    return token


def set_cookie(response: Response, token: str) -> Response:
    """Put the token into the cookie the contract names."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
        path="/",
    )
    return response


def close_session(session: Session, token: str, moment: datetime) -> None:
    """End the session of a cookie token."""
    row = session.get(LoginSession, token_hash(token))
    if row is not None:
        row.revoked_at = moment
