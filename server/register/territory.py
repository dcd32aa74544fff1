"""Decides how the official list becomes areas: new codes are added, changed names corrected, nothing is removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.exchange.area_codes import read_official
from models.problems import Problem
from models.territory import Area, add_area

CHUNK = 50


@dataclass(frozen=True)
class Loaded:
    """How many areas were added, renamed and already there."""

    added: int
    renamed: int
    known: int


def load_territory(
    session: Session, code: str, today: date, progress: Callable[[int, int], None] = lambda _a, _b: None
) -> Loaded:
    """Load a kabupaten with its kecamatan, desa and kelurahan; safe to repeat.  Raises area.unknown."""
    official = read_official(code)
    if not official:
        raise Problem("area.unknown", area=code)
    known = {
        area.code: area
        for area in session.scalars(select(Area).where(Area.level.in_(("kabupaten", "kecamatan", "desa"))))
    }
    added = renamed = 0
    for number, line in enumerate(official):
        area = known.get(line.code)
        if area is None:
            parent = known[line.parent] if line.parent else None
            known[line.code] = add_area(
                session,
                level=line.level,
                code=line.code,
                name=line.name,
                parent=parent,
                today=today,
                is_kelurahan=line.is_kelurahan,
            )
            added += 1
        elif area.name != line.name:
            area.name = line.name
            renamed += 1
        if number % CHUNK == 0:
            progress(number, len(official))
    return Loaded(added, renamed, len(official) - added - renamed)


def area_tree(session: Session, top: Area) -> dict[str, Any]:
    """``{"code", "name", "level", "children": [same]}`` of an area and everything below it, by code."""
    query = select(Area).where(Area.path.startswith(top.path)).order_by(Area.code)
    nodes: dict[int, dict[str, Any]] = {}
    lines: list[Area] = list(session.scalars(query))
    for area in lines:
        level = "kelurahan" if area.is_kelurahan and area.level == "desa" else area.level
        nodes[area.id] = {"code": area.code, "name": area.name, "level": level, "children": []}
    for area in lines:
        if area.id != top.id and area.parent_id in nodes:
            nodes[area.parent_id]["children"].append(nodes[area.id])
    return nodes[top.id]
