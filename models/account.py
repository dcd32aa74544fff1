"""Decides who people are here: persons, roles with dated areas, devices, sessions, invitations, credentials.

A role counts from ``starts_at`` until ``ends_at`` (open while null).  A kader's area is a dasa wisma; she may hold
several, and a dasa wisma may have several kader.  Names are sealed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Json, Utc, Uuid

ROLES = ("kader", "admin_desa", "tp_pkk", "camat", "kabupaten", "bappeda", "evaluator", "petugas")
SYNC_ROLES = ("kader", "admin_desa")


class Person(Base):
    """Somebody who may sign in.  ``inbox_seq`` numbers her inbox."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Utc)
    inbox_seq: Mapped[int] = mapped_column(Integer, default=0)
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)


class RoleGrant(Base):
    """A person holds a role for an area during a time."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(Utc)
    ends_at: Mapped[datetime | None] = mapped_column(Utc)


class Device(Base):
    """An installed app bound to a person; ``public_key`` is a P-256 JWK where the phone has one."""

    __tablename__ = "device"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    public_key: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Utc)
    last_seen_at: Mapped[datetime | None] = mapped_column(Utc)
    last_sync_at: Mapped[datetime | None] = mapped_column(Utc)
    app_version: Mapped[str | None] = mapped_column(String(20))
    blocked_at: Mapped[datetime | None] = mapped_column(Utc)


class DeviceChallenge(Base):
    """A challenge waiting for a device's signature; used once."""

    __tablename__ = "device_challenge"

    id: Mapped[str] = mapped_column(String(43), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Utc)


class LoginSession(Base):
    """An opaque cookie session; only the SHA-256 of the token is kept."""

    __tablename__ = "login_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Utc)
    last_seen_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)


class Invitation(Base):
    """A one-time activation: a typed code and a QR secret, both kept only as keyed hashes."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    created_at: Mapped[datetime] = mapped_column(Utc)
    created_by: Mapped[int | None] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)


class Credential(Base):
    """User name and argon2id hash of an office account."""

    __tablename__ = "credential"
    __table_args__ = (UniqueConstraint("username"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(Integer, default=0)
    wait_until: Mapped[datetime | None] = mapped_column(Utc)


class AccessLog(Base):
    """Every look at personal records: who, when, which route, which area or record."""

    __tablename__ = "access_log"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc, index=True)
    person_id: Mapped[int] = mapped_column(Integer)
    desa: Mapped[int | None] = mapped_column(Integer, index=True)
    route: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(80))
