"""Decides what splitting, merging and recoding a desa are: moves of its areas, dated, with the register following.

The internal key of a desa and the codes of its dasa wisma never change.  Before and after, the doors, families and
people expected in both desa together are the same: an independent total is shared out by what the register lists.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.aggregates.register_view import APPROVED, DRAFT, registered, targets
from models.aggregates.tables import DasawismaSum
from models.aggregates.tally import Tally, add, with_target
from models.calendar import day_of
from models.problems import Problem
from models.register import ReferenceTotal, RegisterState
from models.territory import Area, AreaCode, AreaPlacement, add_area, area_by_code, children_of
from server.register.areas import desa_of
from server.register.regroup import Moved, check_move, move_area
from sync.batch import Tools

CODE = re.compile(r"(\d\d\.\d\d\.\d\d)\.(\d{4})")
LONGEST_NAME, LONGEST_SOURCE = 120, 120
SHARED = "dibagi menurut register"


def wrong(field: str, words: str) -> Problem:
    """What was asked cannot be done, in Indonesian words."""
    return Problem("input.invalid", fields={field: words})


def recode_desa(session: Session, code: str, new: str, today: date) -> Area:
    """Give a desa a new Kemendagri code from today on.  Raises area.unknown, input.invalid."""
    desa = desa_of(session, code)
    check_code(session, new)
    for row in session.scalars(select(AreaCode).where(AreaCode.area_id == desa.id, AreaCode.valid_to.is_(None))):
        row.valid_to = today
    desa.code = new
    session.add(AreaCode(area_id=desa.id, code=new, valid_from=today))
    session.flush()
    return desa


def check_code(session: Session, code: str) -> Area:
    """Return the kecamatan of a new desa code.  Raises input.invalid: wrong shape, used now or before, no kecamatan."""
    match = CODE.fullmatch(code) if code.isascii() else None
    if match is None:
        raise wrong("code", f"{code} bukan kode desa; bentuknya 35.22.14.2011.")
    if session.scalar(select(AreaCode.area_id).where(AreaCode.code == code).limit(1)):
        raise wrong("code", f"Kode {code} sudah dipakai.")
    above = area_by_code(session, match[1])
    if above is None or above.level != "kecamatan":
        raise wrong("code", f"Kecamatan {match[1]} tidak ada.")
    return above


def split_desa(  # noqa: PLR0917 (what a split is)
    session: Session, code: str, new: str, name: str, areas: Sequence[str], tools: Tools
) -> Moved:
    """Make a new desa of some areas of one.  Raises area.unknown, input.invalid."""
    desa, today = desa_of(session, code), day_of(tools.now)
    above, chosen = check_code(session, new), chosen_areas(session, desa, areas)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise wrong("name", f"Nama desa 1 sampai {LONGEST_NAME} huruf.")
    moving = _sum(session, chosen, today)
    is_kelurahan = new.split(".")[3].startswith("1")
    made = add_area(session, level="desa", code=new, name=name, parent=above, today=today, is_kelurahan=is_kelurahan)
    made.is_demo = desa.is_demo
    register = session.get(RegisterState, desa.id)
    if register:
        session.add(
            RegisterState(
                desa=made.id,
                state=register.state,
                version=register.version,
                approved_at=register.approved_at,
                approved_by=register.approved_by,
            )
        )
    _share_total(session, desa, made, moving, today)
    return _move_all(session, chosen, made, tools)


def chosen_areas(session: Session, desa: Area, codes: Sequence[str]) -> list[Area]:
    """Return the areas to move.  Raises input.invalid: none, an unknown one, the desa itself, all, one in another."""
    found = []
    for code in dict.fromkeys(codes):
        area = area_by_code(session, code)
        if area is None or area.desa_id != desa.id or area.id == desa.id:
            raise wrong("area", f"{code} bukan bagian desa {desa.code}.")
        found.append(area)
    if not found:
        raise wrong("area", "Sebutkan bagian yang pindah (dusun, RW, RT atau dasa wisma).")
    nested = [one.code for one in found for other in found if one is not other and one.is_within(other)]
    if nested:
        raise wrong("area", f"{nested[0]} sudah termasuk bagian lain yang disebut.")
    leaves = select(Area).where(Area.desa_id == desa.id, Area.level == "dasawisma")
    if all(any(leaf.is_within(area) for area in found) for leaf in session.scalars(leaves)):
        raise wrong("area", "Semua dasa wisma akan pindah; untuk itu pakai: dawis desa merge atau recode.")
    return found


def merge_desa(session: Session, code: str, into: str, tools: Tools) -> Moved:
    """Move everything of a desa into another and close it.  Raises area.unknown, input.invalid."""
    desa, target = desa_of(session, code), desa_of(session, into)
    if desa.id == target.id:
        raise wrong("into", "Sebutkan dua desa yang berbeda.")
    if desa.is_demo != target.is_demo:
        raise wrong("into", "Desa contoh tidak dapat digabung dengan desa sungguhan.")
    chosen, today = list(children_of(session, desa)), day_of(tools.now)
    if not chosen and _is_closed(session, desa):
        raise wrong("code", f"{desa.code} sudah ditutup.")
    _add_total(session, desa, target, today)
    mine, theirs = session.get(RegisterState, desa.id), session.get(RegisterState, target.id)
    if theirs and theirs.state == APPROVED and not (mine and mine.state == APPROVED):
        theirs.state, theirs.approved_at, theirs.approved_by = DRAFT, None, None
    moved = _move_all(session, chosen, target, tools)
    for row in session.scalars(
        select(AreaPlacement).where(AreaPlacement.area_id == desa.id, AreaPlacement.valid_to.is_(None))
    ):
        row.valid_to = today
    session.flush()
    return moved


def _is_closed(session: Session, desa: Area) -> bool:
    query = select(AreaPlacement).where(AreaPlacement.area_id == desa.id, AreaPlacement.valid_to.is_(None))
    return session.scalar(query) is None


def move_part(session: Session, code: str, into: str, tools: Tools) -> Moved:
    """Move one area below a desa under another parent, in its desa or another.  Raises area.unknown, input.invalid."""
    area, parent = area_by_code(session, code), area_by_code(session, into)
    if area is None or parent is None:
        raise Problem("area.unknown", code=into if area else code)
    check_move(area, parent)
    desa, target = session.get_one(Area, area.desa_id), session.get_one(Area, parent.desa_id)
    if desa.id != target.id:
        _share_total(session, desa, target, _sum(session, [area], day_of(tools.now)), day_of(tools.now))
    return _move_all(session, [area], parent, tools)


def _move_all(session: Session, areas: Sequence[Area], parent: Area, tools: Tools) -> Moved:
    moved = Moved()
    for area in areas:
        moved += move_area(session, area, parent, tools)
    return moved


def _sum(session: Session, areas: Sequence[Area], today: date) -> Tally:
    """What the counted rows expect in these areas; they must have been brought up to date."""
    leaves = [one for area in areas for one in session.scalars(select(Area.id).where(Area.path.startswith(area.path)))]
    rows = session.execute(select(DasawismaSum.dasawisma, DasawismaSum.tally).where(DasawismaSum.dasawisma.in_(leaves)))
    tallies, wanted = {row.dasawisma: row.tally for row in rows}, targets(session, None, today)
    return add(*(with_target(tallies.get(leaf, {}), wanted.get(leaf)) for leaf in leaves))


def _share_total(session: Session, desa: Area, target: Area, moving: Tally, today: date) -> None:
    """Let the listed families and people of what moves count in the total of the desa that receives them."""
    totals = registered(session, {desa.id, target.id}, today)
    mine, theirs = totals[desa.id].reference, totals[target.id].reference
    families, people = moving.get("families.expected", 0), moving.get("members.expected", 0)
    if mine:
        left = None if mine.people is None else max(mine.people - people, 0)
        _write_total(session, desa, max(mine.families - families, 0), left, mine.source, today)
    if known := theirs or mine:
        more = None if known.people is None else ((theirs.people or 0) if theirs else 0) + people
        _write_total(session, target, (theirs.families if theirs else 0) + families, more, known.source, today)


def _add_total(session: Session, desa: Area, target: Area, today: date) -> None:
    """Add the total of a desa that is closed, or what its register lists where that is more."""
    totals = registered(session, {desa.id, target.id}, today)
    mine, theirs = totals[desa.id].reference, totals[target.id].reference
    known = theirs or mine
    if known is None:
        return
    families = people = 0
    for one, total in ((desa, mine), (target, theirs)):
        listed = _sum(session, [one], today)
        families += max(total.families if total else 0, listed.get("families.expected", 0))
        people += max((total.people or 0) if total else 0, listed.get("members.expected", 0))
    _write_total(session, target, families, None if known.people is None else people, known.source, today)
    if mine:
        _write_total(session, desa, 0, None if mine.people is None else 0, mine.source, today)


def _write_total(  # noqa: PLR0917 (the columns of one row)
    session: Session, desa: Area, families: int, people: int | None, source: str, today: date
) -> None:
    said = source if SHARED in source else f"{source}, {SHARED}"[:LONGEST_SOURCE]
    session.merge(ReferenceTotal(desa=desa.id, on=today, families=families, people=people, source=said))
    session.flush()
