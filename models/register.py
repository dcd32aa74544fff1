"""Decides which doors are expected: the register, its targets, its changes and their ledger.

A door is the register's entry of a household record and outlives it: expected only falls by an approved change.
``dirty`` marks doors whose counts must be computed again.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Boolean, Date, Index, Integer, String, Text, bindparam, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import Base, Utc, Uuid
from models.sql import Write, among

EXCLUDABLE = ("kosong", "dibongkar", "bukan_rumah_tinggal", "ganda")


class Door(Base):
    """One expected door.  ``accepted_at`` is null while a kader's own addition waits for the desa."""

    __tablename__ = "door"
    __table_args__ = (Index("ix_door_dirty", "dirty", "desa"),)

    household: Mapped[str] = mapped_column(Uuid, primary_key=True)
    desa: Mapped[int] = mapped_column(Integer, index=True)
    dasawisma: Mapped[int] = mapped_column(Integer, index=True)
    origin: Mapped[str] = mapped_column(String(8))
    is_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    listed_at: Mapped[datetime] = mapped_column(Utc)
    removed_at: Mapped[datetime | None] = mapped_column(Utc)
    accepted_at: Mapped[datetime | None] = mapped_column(Utc)
    excluded_reason: Mapped[str | None] = mapped_column(String(24))
    excluded_at: Mapped[datetime | None] = mapped_column(Utc)
    excluded_until: Mapped[date | None] = mapped_column(Date)
    dirty: Mapped[bool] = mapped_column(Boolean, default=True)


class RegisterState(Base):
    """Whether a desa's register is a draft or approved by the kecamatan."""

    __tablename__ = "register_state"

    desa: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(Integer, default=1)
    approved_at: Mapped[datetime | None] = mapped_column(Utc)
    approved_by: Mapped[int | None] = mapped_column(Integer)


class RegisterTarget(Base):
    """The typed number of doors, KK and people of a dasa wisma; counts once approved."""

    __tablename__ = "register_target"

    dasawisma: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    desa: Mapped[int] = mapped_column(Integer, index=True)
    doors: Mapped[int] = mapped_column(Integer)
    families: Mapped[int | None] = mapped_column(Integer)
    people: Mapped[int | None] = mapped_column(Integer)
    proposed_by: Mapped[int | None] = mapped_column(Integer)
    approved_at: Mapped[datetime | None] = mapped_column(Utc)
    approved_by: Mapped[int | None] = mapped_column(Integer)


class RegisterChange(Base):
    """A proposed change that lowers expected: proposed by the desa, approved by the kecamatan, by two people."""

    __tablename__ = "register_change"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    desa: Mapped[int] = mapped_column(Integer, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    household: Mapped[str] = mapped_column(Uuid, index=True)
    other: Mapped[str | None] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_by: Mapped[int | None] = mapped_column(Integer)
    proposed_at: Mapped[datetime] = mapped_column(Utc)
    decided_by: Mapped[int | None] = mapped_column(Integer)
    decided_at: Mapped[datetime | None] = mapped_column(Utc)


class Ledger(Base):
    """The public line of every decrease: totals per desa and reason are published."""

    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    desa: Mapped[int] = mapped_column(Integer, index=True)
    dasawisma: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(24))
    doors: Mapped[int] = mapped_column(Integer)
    change_id: Mapped[int | None] = mapped_column(Integer)
    proposed_by: Mapped[int | None] = mapped_column(Integer)
    approved_by: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Utc)


class ReferenceTotal(Base):
    """Independent totals of a desa (Dukcapil, by semester), with their source and day."""

    __tablename__ = "reference_total"

    desa: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    on: Mapped[date] = mapped_column(Date, primary_key=True)
    families: Mapped[int] = mapped_column(Integer)
    people: Mapped[int | None] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(120))


_DOOR = Base.metadata.tables[Door.__tablename__]
DIRTY = Write(update(_DOOR).where(among(_DOOR.c.household, "ids")).values(dirty=bindparam("yes", value=True)))


def mark_dirty(session: Session, households: Iterable[str]) -> None:
    """Ask for these doors to be counted again after the commit."""
    if wanted := sorted(set(households)):
        DIRTY.run(session, ids=wanted)
