"""Decides what is remembered of imports: which row became which record, what each import sent, and what it replaced.

A row of a file is found again by keyed hashes of its NIK, of its KK with name and birth day, of its KK or RTM number.
The payloads are sealed: they hold the values of the last import and the cells as they were printed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Json, Utc, Uuid


class RegisterImport(Base):
    """One import of a file; its id is the outbox its edits go through.  State: running, done or undone."""

    __tablename__ = "register_import"
    __table_args__ = (Index("ix_register_import_desa_started_at", "desa", "started_at"),)

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    desa: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(Utc)
    undone_at: Mapped[datetime | None] = mapped_column(Utc)
    person: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(8), default="running")
    sent_through: Mapped[int] = mapped_column(BigInteger, default=0)
    last_edit: Mapped[str | None] = mapped_column(Uuid)
    counts: Mapped[dict[str, Any]] = mapped_column(Json)
    about: Mapped[bytes] = mapped_column(LargeBinary)


class ImportedRecord(Base):
    """The last import of a record: ``payload`` is sealed JSON ``{"values", "source"}``, ``version`` the one it took."""

    __tablename__ = "imported_record"

    record: Mapped[str] = mapped_column(Uuid, primary_key=True)
    desa: Mapped[int] = mapped_column(Integer, index=True)
    kind: Mapped[str] = mapped_column(String(12))
    import_id: Mapped[str] = mapped_column(Uuid, index=True)
    version: Mapped[int] = mapped_column(BigInteger)
    is_undone: Mapped[bool] = mapped_column(Boolean, default=False)
    payload: Mapped[bytes] = mapped_column(LargeBinary)


class ImportedKey(Base):
    """A keyed hash by which a row of a file finds its record again."""

    __tablename__ = "imported_key"

    desa: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    record: Mapped[str] = mapped_column(Uuid, index=True)


class ImportedChange(Base):
    """What one import changed in one record: sealed ``{"changes", "before"}``; ``before`` is null for a new record."""

    __tablename__ = "imported_change"

    import_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    record: Mapped[str] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    desa: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
