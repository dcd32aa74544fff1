"""Counted rows: one summary a door, one sum a dasa wisma, and the approved targets as they followed each other.

``DoorSummary.counts`` holds the recap measures of the door, ``{measure id: number}``, zeros left out.
``DasawismaSum.tally`` is a tally (``models/aggregates/tally.py``), ``counts`` the same measures summed over its doors.
A row is right from ``counted_on`` until the day before ``recheck_on``, as long as nothing of it is marked dirty.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Json, Utc, Uuid


class DoorSummary(Base):
    """What one door adds to coverage and to the recaps, on the day it was counted."""

    __tablename__ = "door_summary"

    household: Mapped[str] = mapped_column(Uuid, primary_key=True)
    desa: Mapped[int] = mapped_column(Integer, index=True)
    dasawisma: Mapped[int] = mapped_column(Integer, index=True)
    outcome: Mapped[str] = mapped_column(String(24))
    is_known: Mapped[bool] = mapped_column(Boolean)
    is_complete: Mapped[bool] = mapped_column(Boolean)
    is_pending: Mapped[bool] = mapped_column(Boolean)
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    fresh_until: Mapped[date | None] = mapped_column(Date)
    fresh_by_tap: Mapped[bool] = mapped_column(Boolean, default=False)
    families: Mapped[int] = mapped_column(Integer, default=0)
    members: Mapped[int] = mapped_column(Integer, default=0)
    away: Mapped[int] = mapped_column(Integer, default=0)
    missing: Mapped[int] = mapped_column(Integer, default=0)
    nonresponse: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(Json)
    method: Mapped[str] = mapped_column(String(40), default="")
    counted_on: Mapped[date] = mapped_column(Date)
    recheck_on: Mapped[date | None] = mapped_column(Date)


class DasawismaSum(Base):
    """The doors of one dasa wisma together, on the day they were counted."""

    __tablename__ = "dasawisma_sum"

    dasawisma: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    desa: Mapped[int] = mapped_column(Integer, index=True)
    tally: Mapped[dict[str, Any]] = mapped_column(Json)
    counts: Mapped[dict[str, Any]] = mapped_column(Json)
    method: Mapped[str] = mapped_column(String(40), default="")
    counted_on: Mapped[date] = mapped_column(Date)
    recheck_on: Mapped[date | None] = mapped_column(Date)


class TargetLine(Base):
    """A target of a dasa wisma: proposed, then approved (in force from then on) or rejected."""

    __tablename__ = "target_line"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dasawisma: Mapped[int] = mapped_column(Integer, index=True)
    desa: Mapped[int] = mapped_column(Integer, index=True)
    doors: Mapped[int] = mapped_column(Integer)
    families: Mapped[int | None] = mapped_column(Integer)
    people: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_by: Mapped[int | None] = mapped_column(Integer)
    proposed_at: Mapped[datetime] = mapped_column(Utc)
    approved_at: Mapped[datetime | None] = mapped_column(Utc)
    decided_by: Mapped[int | None] = mapped_column(Integer)


class RegisterApproval(Base):
    """The kecamatan approved a version of a desa's register; lines only grow, so a past day finds its own."""

    __tablename__ = "register_approval"

    desa: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    approved_at: Mapped[datetime] = mapped_column(Utc)
    approved_by: Mapped[int | None] = mapped_column(Integer)
