"""Decides the No. Registrasi of a person: given once, when it is first needed, and never to anybody else.

Numbers run within the desa and the year in which the person was entered; who moves away keeps hers.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calendar import JAKARTA
from models.database import Base, Uuid
from models.form.registration import registration
from models.records import Record
from models.territory import Area


class Registration(Base):
    """The number of one person: ``registration(code, year, number)``."""

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("desa", "year", "number"),)

    record: Mapped[str] = mapped_column(Uuid, primary_key=True)
    desa: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(13))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)


def numbers_of(session: Session, members: Sequence[str]) -> dict[str, str]:
    """The No. Registrasi of these members, giving one to each that has none; needs a write session."""
    known = {row.record: row for row in session.scalars(select(Registration).where(Registration.record.in_(members)))}
    new = select(Record.id, Record.desa, Record.created_at).where(
        Record.id.in_([one for one in members if one not in known]), Record.kind == "member"
    )
    for record, desa, created_at in session.execute(new.order_by(Record.created_at, Record.id)):
        known[record] = _give(session, record, desa, created_at)
    return {one: registration(row.code, row.year, row.number) for one, row in known.items()}


def _give(session: Session, record: str, desa: int, created_at: datetime) -> Registration:
    area = session.scalars(select(Area).where(Area.id == desa).with_for_update()).one()
    year = created_at.astimezone(JAKARTA).year
    last = select(func.max(Registration.number)).where(Registration.desa == desa, Registration.year == year)
    row = Registration(record=record, desa=desa, code=area.code, year=year, number=(session.scalar(last) or 0) + 1)
    session.add(row)
    session.flush()
    return row
