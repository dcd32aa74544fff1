"""The rows of a coverage table: each child with its name, its page where the reader may open it, and a note."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.territory import LEVELS, Area
from server.pages import words


class Row(NamedTuple):
    """One child: its coverage, its name, its page or None, and what else is said under the name."""

    shown: Mapping[str, Any]
    area: Area | None
    name: str
    address: str | None
    note: str | None


def rows_of(session: Session, children: Iterable[Mapping[str, Any]], *, is_open: bool = True) -> list[Row]:
    """Rows in the order of the children; ``is_open`` gives each the link to its page."""
    given = list(children)
    found = {
        area.code: area for area in session.scalars(select(Area).where(Area.code.in_([one["area"] for one in given])))
    }
    desa = _desa_in(session, [area for area in found.values() if area.level == "kecamatan"])
    return [_row(one, found.get(one["area"]), desa, is_open=is_open) for one in given]


def _desa_in(session: Session, kecamatan: list[Area]) -> dict[int, int]:
    """How many desa and kelurahan lie in each kecamatan."""
    inside = [area.id for area in kecamatan]
    query = select(Area.parent_id, func.count()).where(Area.level == "desa", Area.parent_id.in_(inside))
    return {parent: count for parent, count in session.execute(query.group_by(Area.parent_id)) if parent}


def _row(shown: Mapping[str, Any], area: Area | None, desa: Mapping[int, int], *, is_open: bool) -> Row:
    if area is None:
        return Row(shown, None, shown["name"], None, None)
    return Row(shown, area, _name(area), page_of(area) if is_open else None, _note(area, shown, desa))


def page_of(area: Area) -> str:
    """The address of an area's page."""
    if area.level in ("kabupaten", "kecamatan"):
        return url_for(f"kabupaten.{area.level}", code=area.code)
    return url_for("desa.front", code=area.code)


def level_title(rows: list[Row]) -> str:
    """What the rows are: ``Dusun``, ``RW`` …, or several of them."""
    areas = [row.area for row in rows if row.area]
    levels = sorted({area.level for area in areas}, key=LEVELS.index)
    return " / ".join(words.level_word(areas[0], level) for level in levels)


def _name(area: Area) -> str:
    return words.full_name(area) if area.level in ("dusun", "rw", "rt") or words.is_kelurahan(area) else area.name


def _note(area: Area, shown: Mapping[str, Any], desa: Mapping[int, int]) -> str | None:
    missing, whole = shown.get("missing", 0), desa.get(area.id, 0)
    if missing and area.level == "kecamatan":
        return f"{whole - missing} dari {whole} desa dapat dihitung" if missing < whole else f"{whole} desa menunggu"
    return "peragaan" if area.is_demo and area.level == "desa" else None
