"""Decides what an area is: kabupaten > kecamatan > desa > dusun > RW > RT > dasa wisma.

An area's ``id`` never changes.  Its code and its parent are dated attributes; ``code``, ``parent_id`` and ``path`` hold
today's.  ``path`` is ``.1.7.90.`` (ids from the top), so "within" is a prefix test.  Levels may be skipped.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Integer, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import Base, Code

LEVELS = ("kabupaten", "kecamatan", "desa", "dusun", "rw", "rt", "dasawisma")


class Area(Base):
    """One area of any level."""

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    level: Mapped[str] = mapped_column(String(10), index=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    desa_id: Mapped[int | None] = mapped_column(Integer, index=True)
    path: Mapped[str] = mapped_column(String(80), default="", index=True)
    is_kelurahan: Mapped[bool] = mapped_column(Boolean, default=False)
    is_placeholder: Mapped[bool] = mapped_column(Boolean, default=False)
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)

    def is_within(self, other: "Area") -> bool:
        """Whether this area is the other one or lies in it."""
        return self.path.startswith(other.path)


class AreaCode(Base):
    """A code an area had, from a day on, until a day (open while null)."""

    __tablename__ = "area_code"

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_to: Mapped[date | None] = mapped_column(Date)


class AreaPlacement(Base):
    """A parent an area had, from a day on, until a day (open while null)."""

    __tablename__ = "area_placement"

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_to: Mapped[date | None] = mapped_column(Date)


class DesaSequence(Base):
    """The sequence of a desa: ``seq`` numbers changed records, ``log_position`` and ``chain_head`` its log."""

    __tablename__ = "desa_sequence"

    desa: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    log_position: Mapped[int] = mapped_column(BigInteger, default=0)
    chain_head: Mapped[bytes] = mapped_column(LargeBinary(32), default=bytes(32))
    departure_horizon: Mapped[int] = mapped_column(BigInteger, default=0)


class ServerState(Base):
    """One row: the epoch (16 hex digits) of this server's history, and what the installation has decided."""

    __tablename__ = "server_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    epoch: Mapped[str] = mapped_column(String(16))
    is_live: Mapped[bool] = mapped_column(Boolean, default=False)
    seeded: Mapped[str] = mapped_column(String(40), default="")


class Setting(Base):
    """A decision of the installation (controller, walidata, legal basis, contact …)."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(String(500))


def area_by_code(session: Session, code: str) -> Area | None:
    """The area that has this code today."""
    return session.scalar(select(Area).where(Area.code == code)) if code.isprintable() else None


def children_of(session: Session, area: Area) -> Sequence[Area]:
    """Areas directly below, by code."""
    return session.scalars(select(Area).where(Area.parent_id == area.id).order_by(Area.code)).all()


def dasawisma_within(session: Session, area: Area) -> Sequence[Area]:
    """Every dasa wisma of an area (the area itself when it is one), by code."""
    query = select(Area).where(Area.level == "dasawisma", Area.path.startswith(area.path)).order_by(Area.code)
    return session.scalars(query).all()


def add_area(
    session: Session,
    *,
    level: str,
    code: str,
    name: str,
    parent: Area | None,
    today: date,
    is_kelurahan: bool = False,
    is_placeholder: bool = False,
) -> Area:
    """Make an area under a parent, with its dated code and placement; a desa gets its sequence."""
    area = Area(
        level=level,
        code=code,
        name=name,
        parent_id=parent.id if parent else None,
        desa_id=parent.desa_id if parent else None,
        is_kelurahan=is_kelurahan,
        is_placeholder=is_placeholder,
        is_demo=bool(parent and parent.is_demo),
    )
    session.add(area)
    session.flush()
    area.path = (parent.path if parent else ".") + f"{area.id}."
    if level == "desa":
        area.desa_id = area.id
        session.add(DesaSequence(desa=area.id))
    session.add(AreaCode(area_id=area.id, code=code, valid_from=today))
    if parent:
        session.add(AreaPlacement(area_id=area.id, parent_id=parent.id, valid_from=today))
    session.flush()
    return area
