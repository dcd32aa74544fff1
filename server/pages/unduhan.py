"""Where planners take the totals away: per desa or kecamatan, as they stood on a day; never a person."""

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select

from models.database import db
from models.problems import Problem
from models.territory import Area
from server.counting import read
from server.pages.books import read_day
from server.security import identity
from server.security.guard import guard

routes = Blueprint("unduhan", __name__)
READERS = ("bappeda", "kabupaten")


@routes.get("/unduhan")
@guard(*READERS)
def front() -> Any:
    """Links to CSV and XLSX for the kabupaten and each kecamatan (``?tanggal=`` for a past day)."""
    caller, day = identity.current(), read_day(request.args.get("tanggal"))
    query = select(Area).where(Area.level == "kabupaten").order_by(Area.code)
    area = next((one for one in db.session.scalars(query) if caller.reaches(one, frozenset(READERS))), None)
    if area is None:
        raise Problem("session.forbidden")
    kecamatan = db.session.scalars(
        select(Area).where(Area.parent_id == area.id, Area.level == "kecamatan").order_by(Area.name)
    ).all()
    return render_template("unduhan.html", place=area, kecamatan=kecamatan, day=day, today=read.today())
