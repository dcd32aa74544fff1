"""Kabupaten and kecamatan: coverage of the areas below, with those that cannot be counted said and numbered."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import select

from models.database import db
from models.problems import Problem
from models.territory import Area
from server.counting.read import coverage
from server.pages.below import level_title, rows_of
from server.pages.readers import BOOKS, COUNTS
from server.security import identity
from server.security.guard import guard

routes = Blueprint("kabupaten", __name__)


@routes.get("/kabupaten")
@guard(*COUNTS)
def front() -> Any:
    """The kabupaten that the person may read."""
    caller = identity.current()
    for area in db.session.scalars(select(Area).where(Area.level == "kabupaten").order_by(Area.code)):
        if caller.reaches(area, frozenset(COUNTS)):
            return redirect(url_for("kabupaten.kabupaten", code=area.code), 303)
    raise Problem("session.forbidden")


@routes.get("/kabupaten/<code>")
@guard(*COUNTS, area="code")
def kabupaten(area: Area) -> Any:
    """The kecamatan of a kabupaten."""
    return _show(area, "kabupaten")


@routes.get("/kecamatan/<code>")
@guard(*COUNTS, area="code")
def kecamatan(area: Area) -> Any:
    """The desa and kelurahan of a kecamatan."""
    return _show(area, "kecamatan")


def _show(area: Area, level: str) -> Any:
    if area.level != level:
        raise Problem("area.unknown", code=area.code)
    shown = coverage(area)
    rows = rows_of(db.session(), shown["children"])
    return render_template(
        "kabupaten/front.html",
        area=area,
        shown=shown,
        below=rows,
        below_word=level_title(rows) if rows else "",
        has_books=identity.current().reaches(area, frozenset(BOOKS)),
        uncounted=[row for row in rows if row.shown["doors"]["percent"] is None],
    )
