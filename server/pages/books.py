"""The PKK recap books as pages in the layout of the paper form, of a day, with their CSV."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request
from sqlalchemy import select

from models.database import db
from models.form.recap import recap
from models.problems import Problem
from models.territory import LEVELS, Area
from server.api.recap import check_reader
from server.counting import read
from server.pages.readers import BOOKS, DESK
from server.security import identity
from server.security.guard import guard

routes = Blueprint("books", __name__)


PERIODS = (("tahun", "Catatan data dan kegiatan warga"), ("bulan", "Ibu hamil, kelahiran, dan kematian, tiap bulan"))


class Heading(NamedTuple):
    """A cell of the upper header row: over ``width`` columns, or alone; ``is_number``: above numbers."""

    text: str
    width: int
    is_group: bool
    is_number: bool = False


@routes.get("/rekap/<path:code>")
@guard(*BOOKS, area="code")
def front(area: Area) -> Any:
    """The books of an area and of everything in it."""
    below = db.session.scalars(select(Area).where(Area.path.startswith(area.path)).order_by(Area.code)).all()
    may_see_below = identity.current().reaches(area, frozenset(BOOKS) - {"bappeda"})
    lowest = LEVELS.index("dasawisma" if may_see_below and area.desa_id else "desa")
    shown = [one for one in below if LEVELS.index(one.level) <= lowest and not one.is_placeholder]
    if area.desa_id is None:
        shown = [one for one in shown if area.id in {one.id, one.parent_id}]
    by_level = {level: [one for one in shown if one.level == level] for level in LEVELS}
    books = [(book, by_level[book.level]) for book in recap().books.values() if by_level[book.level]]
    parts = [(title, [one for one in books if one[0].period == period]) for period, title in PERIODS]
    return render_template("rekap/front.html", area=area, parts_of=parts)


@routes.get("/rekap/<book>/<path:code>")
@guard(*BOOKS, area="code")
def page(area: Area, book: str) -> Any:
    """One book of an area on a day (``?tanggal=``, today without)."""
    check_reader(book, area)
    day = read_day(request.args.get("tanggal"))
    found = read.recap(book, area, day)
    return render_template(
        "rekap/buku.html",
        area=area,
        book=found,
        headings=headings_of(found["columns"]),
        day=date.fromisoformat(found["as_of"]),
        today=read.today(),
        is_desk=identity.current().reaches(area, frozenset(DESK)),
    )


def headings_of(columns: Sequence[dict[str, Any]]) -> list[Heading]:
    """The upper header row: neighbours of one group share a cell."""
    found: list[Heading] = []
    for group, members in groupby(columns, key=lambda column: column["group"]):
        own = list(members)
        found += [Heading(group, len(own), is_group=True)] if group else [_alone(one) for one in own]
    return found


def _alone(column: dict[str, Any]) -> Heading:
    return Heading(column["label"], 1, is_group=False, is_number=column["kind"] in ("area", "measure"))


def read_day(given: str | None) -> date | None:
    """A day of the address; raises input.invalid with words."""
    if not given:
        return None
    try:
        found = date.fromisoformat(given)
    except ValueError as error:
        raise Problem(
            "input.invalid", fields={"tanggal": "Tanggal tidak terbaca. Tulis seperti 2026-06-30."}
        ) from error
    if found > read.today():
        raise Problem("input.invalid", fields={"tanggal": "Tanggal itu belum tiba."})
    return found
