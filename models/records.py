"""Decides how a record is kept: one row a household, family, member, event or visit, in its current state.

``document`` is the sealed, ready-serialised JSON of ``fields`` (answers and structural keys together), passed through
on pull.  ``history`` is clear JSON without values: which change last touched which field (see ``sync/stamps.py``).
``asked`` holds ``{field: day}`` for questions whose answers expire, as JSON text.
``confirmations`` of a household: ``[[day, seen, outcome, visit id, is withheld], …]`` in the order they arrived.
A visit sent to history by a newer one has state ``superseded``.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, LargeBinary, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import Base, Json, Utc, Uuid
from models.sealing import Keyring

TABLE = "record"
HAS_NIK = text("nik_index IS NOT NULL")


class Record(Base):
    """One thing we keep.  ``household`` is the door it hangs on (itself for a household)."""

    __tablename__ = TABLE
    __table_args__ = (
        Index("ix_record_dasawisma_version", "dasawisma", "version"),
        Index("ix_record_desa_version", "desa", "version"),
        Index("ix_record_nik_index", "nik_index", sqlite_where=HAS_NIK, postgresql_where=HAS_NIK),
    )

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    desa: Mapped[int] = mapped_column(Integer)
    dasawisma: Mapped[int] = mapped_column(Integer)
    household: Mapped[str | None] = mapped_column(Uuid, index=True)
    family: Mapped[str | None] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    document: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    history: Mapped[str] = mapped_column(Text)
    asked: Mapped[str | None] = mapped_column(Text)
    nik_index: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    kk_index: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    confirmations: Mapped[list[Any] | None] = mapped_column(Json)
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    is_soft: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Utc)


class FeedDigest(Base):
    """Digest (signed 64 bit) and count of the live records of a dasa wisma, kept with every change."""

    __tablename__ = "feed_digest"

    dasawisma: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    desa: Mapped[int] = mapped_column(Integer, index=True)
    digest: Mapped[int] = mapped_column(BigInteger, default=0)
    count: Mapped[int] = mapped_column(Integer, default=0)


def open_fields(keyring: Keyring, desa: int, record: str, document: bytes) -> dict[str, Any]:
    """The ``fields`` of a record as a dict; raises models.sealing.SealError."""
    return orjson.loads(keyring.open(desa, TABLE, record, document))  # type: ignore[no-any-return]


def fields_of(keyring: Keyring, row: Record) -> dict[str, Any]:
    """The ``fields`` of a loaded record."""
    return open_fields(keyring, row.desa, row.id, row.document)


def of_doors(session: Session, households: Sequence[str]) -> Iterator[Record]:
    """Every record, live or not, that hangs on these doors, the doors included."""
    for start in range(0, len(households), 500):
        part = households[start : start + 500]
        yield from session.scalars(select(Record).where(Record.household.in_(part)))
