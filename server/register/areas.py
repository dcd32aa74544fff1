"""Decides how areas below a desa are made, and what is said of its dasa wisma: RT, expected doors, kader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.account import Person, RoleGrant
from models.aggregates.exclusions import in_force
from models.aggregates.register_view import targets
from models.exchange.places import AreaLine, PlaceBook
from models.problems import Problem
from models.register import Door
from models.sealing import Keyring
from models.territory import Area, add_area, area_by_code, dasawisma_within
from server.invitations import open_name


@dataclass(frozen=True)
class DasawismaLine:
    """One dasa wisma as `dawis dasawisma list` prints it; `rt` is a code or None."""

    code: str
    name: str
    rt: str | None
    expected: int
    kader: list[str]


def desa_of(session: Session, code: str) -> Area:
    """The desa or kelurahan with this code; raises area.unknown."""
    area = area_by_code(session, code)
    if area is None or area.level != "desa":
        raise Problem("area.unknown", code=code)
    return area


def place_book(session: Session, desa: Area) -> PlaceBook:
    """The areas below a desa as the planner wants them."""
    below = session.scalars(select(Area).where(Area.desa_id == desa.id, Area.id != desa.id)).all()
    codes = {area.id: area.code for area in (desa, *below)}
    lines = (
        AreaLine(area.level, area.code, area.name, codes[area.parent_id or desa.id], area.is_placeholder)
        for area in below
    )
    taken = session.scalars(select(Area.code).where(Area.code.startswith(f"{desa.code}/"), Area.desa_id != desa.id))
    return PlaceBook(desa.code, lines, taken.all())


def make_areas(session: Session, lines: Iterable[AreaLine], today: date) -> None:
    """Make the areas a `PlaceBook` found missing; parents come first in it."""
    for line in lines:
        parent = area_by_code(session, line.parent)
        add_area(
            session,
            level=line.level,
            code=line.code,
            name=line.name,
            parent=parent,
            today=today,
            is_placeholder=line.is_placeholder,
        )


def add_dasawisma(session: Session, parent_code: str, name: str, today: date) -> Area:
    """A new dasa wisma under an RT (or the lowest level the desa has); its code is the next free one, for ever.

    Raises area.unknown for a parent that is no area at or below a desa, input.invalid for a name that is taken there.
    """
    parent = area_by_code(session, parent_code)
    if parent is None or parent.desa_id is None or parent.level == "dasawisma":
        raise Problem("area.unknown", code=parent_code)
    desa = session.get_one(Area, parent.desa_id)
    name = " ".join(name.split())
    taken = {area.name.casefold() for area in dasawisma_within(session, desa)}
    if not name or name.casefold() in taken:
        raise Problem("input.invalid", fields={"name": name})
    line = place_book(session, desa).next_dasawisma(parent.code, name)
    make_areas(session, [line], today)
    made = area_by_code(session, line.code)
    assert made is not None
    return made


def dasawisma_lines(
    session: Session, keyring: Keyring, desa: Area, moment: datetime, today: date
) -> list[DasawismaLine]:
    """Every dasa wisma of a desa, by code."""
    areas = dasawisma_within(session, desa)
    rt_of = {
        area.id: area.code for area in session.scalars(select(Area).where(Area.desa_id == desa.id, Area.level == "rt"))
    }
    expected = expected_doors(session, desa, today)
    kader = _kader(session, keyring, [area.id for area in areas], moment)
    return [
        DasawismaLine(area.code, area.name, rt_of.get(area.parent_id or 0), expected.get(area.id, 0), kader[area.id])
        for area in areas
    ]


def expected_doors(session: Session, desa: Area, today: date) -> dict[int, int]:
    """Expected doors of each dasa wisma: the greater of approved target and list, minus exclusions in force."""
    listed: dict[int, int] = defaultdict(int)
    excluded: dict[int, int] = defaultdict(int)
    for door in session.scalars(select(Door).where(Door.desa == desa.id, Door.removed_at.is_(None))):
        listed[door.dasawisma] += 1
        excluded[door.dasawisma] += in_force(door, today) is not None
    for area, target in targets(session, {desa.id}, today).items():
        listed[area] = max(listed[area], target.doors)
    return {area: count - excluded[area] for area, count in listed.items()}


def _kader(session: Session, keyring: Keyring, areas: list[int], moment: datetime) -> dict[int, list[str]]:
    query = (
        select(RoleGrant.area_id, Person.name)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == "kader",
            RoleGrant.area_id.in_(areas),
            RoleGrant.starts_at <= moment,
            or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > moment),
        )
        .order_by(RoleGrant.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for area, name in session.execute(query):
        found[area].append(open_name(keyring, name))
    return found
