"""The front page of a desa and of each area in it: the headline, what stands beside it, and the table below."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from models.database import db
from models.territory import Area
from server.counting.read import coverage
from server.pages.below import level_title, rows_of
from server.pages.desa.lagging import Lagging, lagging_in
from server.pages.desa.people import Kader, kader_of
from server.pages.desa.waiting import Waiting, waiting_of
from server.pages.readers import COUNTS, DESK, INSIDE, NAMES
from server.security import identity
from server.security.guard import guard
from server.transaction import snapshot

routes = Blueprint("desa", __name__)
NEVER = datetime.min.replace(tzinfo=UTC)


@routes.get("/desa/<path:code>")
@guard(*COUNTS, area="code")
def front(area: Area) -> Any:
    """Coverage of a desa, dusun, RW or RT; a dasa wisma's page is its list of doors."""
    caller = identity.current()
    if area.level == "dasawisma":
        return redirect(url_for("doors.dasawisma", code=desa_of(area).code, part=area.code.split("/")[1]), 303)
    if area.level in ("kabupaten", "kecamatan"):
        return redirect(url_for(f"kabupaten.{area.level}", code=area.code), 303)
    shown, is_inside = coverage(area), caller.reaches(area, frozenset(INSIDE))
    rows = rows_of(db.session(), shown["children"]) if is_inside else []
    return render_template(
        "desa/front.html",
        area=area,
        shown=shown,
        below=rows,
        below_word=level_title(rows) if rows else "",
        is_inside=is_inside,
        is_desk=caller.reaches(area, frozenset(DESK)),
        waiting=_waiting(area),
        kader=_silent_first(area) if is_inside else [],
        lagging=_lagging(area) if is_inside else [],
        names=caller.reaches(area, frozenset(NAMES)),
    )


def _waiting(area: Area) -> list[Waiting]:
    is_desk = area.level == "desa" and identity.current().reaches(area, frozenset(DESK))
    return waiting_of(db.session(), area) if is_desk else []


def _lagging(area: Area) -> list[Lagging]:
    with snapshot() as session:
        return lagging_in(session, area)


def _silent_first(area: Area) -> list[Kader]:
    """Kader by how long nothing came from them, never first."""
    return sorted(kader_of(db.session(), area, identity.now()), key=lambda one: one.synced_at or NEVER)


def desa_of(area: Area) -> Area:
    """The desa an area lies in."""
    return area if area.level == "desa" else db.session.get_one(Area, area.desa_id)
