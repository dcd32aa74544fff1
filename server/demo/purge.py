"""Decides what leaves with the demonstration: everything of its desa and its people; the official areas stay.

The desa's sequence keeps its number, so that no version is ever given twice.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, delete, or_, select, update
from sqlalchemy.orm import Session

from models.account import (
    AccessLog,
    Credential,
    Device,
    DeviceChallenge,
    Invitation,
    LoginSession,
    Person,
    RoleGrant,
)
from models.database import Base
from models.history import Alias, Edit, EditRepeat, Held, HeldWait, Inbox, Outbox, RawEdit
from models.imports import RegisterImport
from models.problems import Problem
from models.territory import Area, AreaCode, AreaPlacement, DesaSequence

KEPT = frozenset({"area", "desa_sequence", "restore_point"})
PEOPLE = (Invitation, LoginSession, DeviceChallenge, Device, Credential, RoleGrant, AccessLog, Inbox)
CHUNK = 500


def purge_demo(session: Session) -> int:
    """Remove the demonstration on a write session; how many areas below the desa went.  Raises request.not_found."""
    desa = session.scalars(select(Area).where(Area.is_demo, Area.level == "desa")).all()
    if not desa:
        raise Problem("request.not_found")
    keys = [area.id for area in desa]
    people = list(session.scalars(select(Person.id).where(Person.is_demo)))
    _remove_edits(session, keys, people)
    for table in Base.metadata.sorted_tables[::-1]:
        if "desa" in table.c and table.name not in KEPT:
            session.execute(delete(table).where(table.c.desa.in_(keys)))
    gone = _remove_people_and_areas(session, keys, people)
    session.execute(
        update(DesaSequence).where(DesaSequence.desa.in_(keys)).values(log_position=0, chain_head=bytes(32))
    )
    session.execute(update(Area).where(Area.id.in_(keys)).values(is_demo=False))
    return gone


def _remove_edits(session: Session, desa: list[int], people: list[int]) -> None:
    edits = list(session.scalars(select(Edit.id).where(Edit.desa.in_(desa))))
    held = list(session.scalars(select(Held.id).where(Held.desa.in_(desa))))
    imports = list(session.scalars(select(RegisterImport.id).where(RegisterImport.desa.in_(desa))))
    _delete(session, EditRepeat.__table__, "edit", edits)
    _delete(session, RawEdit.__table__, "edit", edits)
    _delete(session, Alias.__table__, "edit", edits)
    _delete(session, HeldWait.__table__, "held", held)
    session.execute(delete(Outbox).where(or_(Outbox.person.in_(people), Outbox.id.in_(imports))))


def _remove_people_and_areas(session: Session, desa: list[int], people: list[int]) -> int:
    devices = list(session.scalars(select(Device.id).where(Device.person_id.in_(people))))
    _delete(session, DeviceChallenge.__table__, "device_id", devices)
    for table in (kind.__table__ for kind in PEOPLE if kind is not DeviceChallenge):
        _delete(session, table, "person_id" if "person_id" in table.c else "person", people)
    areas = session.scalars(
        select(Area).where(Area.desa_id.in_(desa), Area.id.not_in(desa)).order_by(Area.path.desc())
    ).all()
    ids = [area.id for area in areas]
    _delete(session, RoleGrant.__table__, "area_id", ids)
    _delete(session, Person.__table__, "id", people)
    for table in (AreaCode.__table__, AreaPlacement.__table__):
        _delete(session, table, "area_id", ids)
    for level in ("dasawisma", "rt", "rw", "dusun"):
        session.execute(delete(Area).where(Area.level == level, Area.desa_id.in_(desa)))
    return len(ids)


def _delete(session: Session, table: Any, column: str, values: Iterable[Any]) -> None:
    assert isinstance(table, Table)
    wanted = list(values)
    for start in range(0, len(wanted), CHUNK):
        session.execute(delete(table).where(table.c[column].in_(wanted[start : start + CHUNK])))
