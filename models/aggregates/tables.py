"""Counted rows: one summary a door, kept until the door changes or the day makes it old.

``counts`` holds the recap measures of the door: ``{measure id: number}``.
"""

from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Json, Uuid


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
    missing: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(Json)
    counted_on: Mapped[date] = mapped_column(Date)
    recheck_on: Mapped[date | None] = mapped_column(Date)
