"""Decides what is remembered for ever: every edit, every patch, and whatever an edit did not become.

The log is ``edit`` (who, when, what became of it) and ``patch`` (what for each record).  Both only grow; patches of a
desa are chained: ``chain = SHA-256(chain before + place + ciphertext)``.  A patch payload is sealed JSON
``{"set", "adjust", "before", "kept"}``.  Nothing personal stands in the clear: values live in sealed columns.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Json, Utc, Uuid

Name = String(64)


class Outbox(Base):
    """One numbered queue of edits; ``continues`` names the outbox it was forked from, through which n."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(Name, primary_key=True)
    person: Mapped[int | None] = mapped_column(Integer, index=True)
    kind: Mapped[str] = mapped_column(String(8))
    applied_through: Mapped[int] = mapped_column(BigInteger, default=0)
    applied_id: Mapped[str | None] = mapped_column(Name)
    continues: Mapped[str | None] = mapped_column(Name, index=True)
    continues_through: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Utc)


class Edit(Base):
    """One save: its place in its outbox, author, times, and first verdict (``detail``: sealed rest of the verdict)."""

    __tablename__ = "edit"
    __table_args__ = (
        UniqueConstraint("outbox", "n"),
        Index("ix_edit_author", "author", "received_at", sqlite_where=text("is_tap"), postgresql_where=text("is_tap")),
    )

    id: Mapped[str] = mapped_column(Name, primary_key=True)
    outbox: Mapped[str] = mapped_column(Name)
    n: Mapped[int] = mapped_column(BigInteger)
    desa: Mapped[int] = mapped_column(Integer)
    author: Mapped[int | None] = mapped_column(Integer)
    device: Mapped[str | None] = mapped_column(Uuid)
    at: Mapped[str | None] = mapped_column(String(32))
    corrected_at: Mapped[datetime | None] = mapped_column(Utc)
    received_at: Mapped[datetime] = mapped_column(Utc)
    is_trusted: Mapped[bool] = mapped_column(Boolean)
    is_office: Mapped[bool] = mapped_column(Boolean)
    is_prefill: Mapped[bool] = mapped_column(Boolean)
    is_tap: Mapped[bool] = mapped_column(Boolean)
    visited_on: Mapped[str | None] = mapped_column(String(10))
    form: Mapped[str] = mapped_column(String(40))
    policy: Mapped[str] = mapped_column(String(8))
    verdict: Mapped[str] = mapped_column(String(12))
    seq: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[bytes | None] = mapped_column(LargeBinary)


class EditRepeat(Base):
    """A number of an outbox under which an edit came that was already known elsewhere."""

    __tablename__ = "edit_repeat"

    outbox: Mapped[str] = mapped_column(Name, primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    edit: Mapped[str] = mapped_column(Name)


class RawEdit(Base):
    """The sealed bytes, as they came, of an edit that was not applied on arrival."""

    __tablename__ = "raw_edit"

    edit: Mapped[str] = mapped_column(Name, primary_key=True)
    desa: Mapped[int] = mapped_column(Integer)
    blob: Mapped[bytes] = mapped_column(LargeBinary)


class PatchLog(Base):
    """One line of a record's history.  ``seq`` is the version it took, null where nothing changed."""

    __tablename__ = "patch"
    __table_args__ = (Index("ix_patch_record", "record"), {"sqlite_with_rowid": False})

    desa: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    edit: Mapped[str] = mapped_column(Name)
    record: Mapped[str] = mapped_column(Uuid)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    base: Mapped[int] = mapped_column(BigInteger)
    verdict: Mapped[str] = mapped_column(String(12))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    chain: Mapped[bytes] = mapped_column(LargeBinary(32))


class Departure(Base):
    """A record left a dasa wisma: moved, deleted, merged or superseded.  ``to`` is a code or the survivor's id."""

    __tablename__ = "departure"
    __table_args__ = (Index("ix_departure_record", "record"),)

    dasawisma: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    desa: Mapped[int] = mapped_column(Integer, index=True)
    record: Mapped[str] = mapped_column(Uuid)
    why: Mapped[str] = mapped_column(String(12))
    to: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Utc)


class Conflict(Base):
    """Two values for one field: ``values`` is sealed JSON {"base", "kept", "lost"}; state auto, open or settled."""

    __tablename__ = "conflict"
    __table_args__ = (Index("ix_conflict_desa_state", "desa", "state"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    desa: Mapped[int] = mapped_column(Integer)
    dasawisma: Mapped[int] = mapped_column(Integer)
    record: Mapped[str] = mapped_column(Uuid, index=True)
    kind: Mapped[str] = mapped_column(String(12))
    field: Mapped[str] = mapped_column(String(200))
    values: Mapped[bytes] = mapped_column(LargeBinary)
    kept_by: Mapped[int | None] = mapped_column(Integer)
    lost_by: Mapped[int | None] = mapped_column(Integer)
    edit: Mapped[str] = mapped_column(Name)
    kept_at: Mapped[datetime | None] = mapped_column(Utc)
    lost_at: Mapped[datetime | None] = mapped_column(Utc)
    rule: Mapped[str] = mapped_column(String(12))
    policy: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(Utc)
    settled_by: Mapped[str | None] = mapped_column(Name)
    settled_at: Mapped[datetime | None] = mapped_column(Utc)


class Held(Base):
    """An edit that waits for records the server does not know; ``rights`` is what its author might do on arrival."""

    __tablename__ = "held"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    edit: Mapped[str] = mapped_column(Name, unique=True)
    desa: Mapped[int] = mapped_column(Integer)
    rights: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(12), default="held")
    expires_at: Mapped[datetime] = mapped_column(Utc, index=True)


class HeldWait(Base):
    """A record a held edit waits for."""

    __tablename__ = "held_wait"

    record: Mapped[str] = mapped_column(Uuid, primary_key=True)
    held: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class Proposal(Base):
    """An edit stored for a person to accept or reject: state open, accepted or rejected."""

    __tablename__ = "proposal"
    __table_args__ = (Index("ix_proposal_desa_state", "desa", "state"),)

    edit: Mapped[str] = mapped_column(Name, primary_key=True)
    desa: Mapped[int] = mapped_column(Integer)
    author: Mapped[int | None] = mapped_column(Integer)
    record: Mapped[str | None] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(String(24))
    rights: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_at: Mapped[datetime] = mapped_column(Utc)
    decided_by: Mapped[int | None] = mapped_column(Integer)
    decided_at: Mapped[datetime | None] = mapped_column(Utc)


class Quarantine(Base):
    """An edit refused (its author corrects it) or quarantined (we replay it); bytes are in ``raw_edit``."""

    __tablename__ = "quarantine"
    __table_args__ = (Index("ix_quarantine_desa_state", "desa", "state"),)

    ticket: Mapped[str] = mapped_column(String(40), primary_key=True)
    edit: Mapped[str] = mapped_column(Name, unique=True)
    desa: Mapped[int] = mapped_column(Integer)
    author: Mapped[int | None] = mapped_column(Integer)
    verdict: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(24))
    field: Mapped[str | None] = mapped_column(String(100))
    rights: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(12), default="open")
    created_at: Mapped[datetime] = mapped_column(Utc)
    replayed_at: Mapped[datetime | None] = mapped_column(Utc)


class Alias(Base):
    """A merged record's id, and the record that lives on."""

    __tablename__ = "alias"

    record: Mapped[str] = mapped_column(Uuid, primary_key=True)
    survivor: Mapped[str] = mapped_column(Uuid, index=True)
    edit: Mapped[str] = mapped_column(Name)
    at: Mapped[datetime] = mapped_column(Utc)


class Finding(Base):
    """A fact that looks wrong, accepted and flagged.  ``subject`` tells findings of one code and record apart."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("code", "record", "subject"), Index("ix_finding_desa_state", "desa", "state"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    desa: Mapped[int] = mapped_column(Integer)
    dasawisma: Mapped[int] = mapped_column(Integer)
    household: Mapped[str | None] = mapped_column(Uuid, index=True)
    record: Mapped[str] = mapped_column(Uuid)
    code: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(100), default="")
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    edit: Mapped[str | None] = mapped_column(Name)
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_at: Mapped[datetime] = mapped_column(Utc)
    answered_by: Mapped[int | None] = mapped_column(Integer)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)


class Inbox(Base):
    """What a person is told, numbered for her: conflict, settled, proposal, held, quarantine, finding and more."""

    __tablename__ = "inbox"

    person: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(12))
    record: Mapped[str | None] = mapped_column(Uuid)
    field: Mapped[str | None] = mapped_column(String(200))
    edit: Mapped[str | None] = mapped_column(Name)
    code: Mapped[str | None] = mapped_column(String(24))
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Utc)


class RestorePoint(Base):
    """A new epoch was begun, going on from ``parent``: each desa's sequence then (``order`` counts epochs)."""

    __tablename__ = "restore_point"

    order: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    desa: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(16))
    parent: Mapped[str | None] = mapped_column(String(16))
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Utc)
