"""Pages for everybody: what Dawis is and how far the work is, who holds the data, and the ledger of the register."""

from typing import Any, NamedTuple

from flask import Blueprint, render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.database import db
from models.register import Ledger
from models.territory import Area, Setting
from server.counting.read import coverage
from server.pages.below import Row, rows_of
from server.security.guard import PUBLIC, guard

routes = Blueprint("publik", __name__)
HOLDERS = (
    ("controller", "Pengendali data"),
    ("walidata", "Walidata"),
    ("legal_basis", "Dasar hukum"),
    ("contact", "Hubungi"),
)


class LedgerTotal(NamedTuple):
    """What one desa took out of its register (or took back) for one reason."""

    desa: str
    kecamatan: str | None
    kind: str
    reason: str
    doors: int
    lines: int
    is_demo: bool


@routes.get("/")
@guard(PUBLIC)
def front() -> Any:
    """Coverage of each kabupaten, its kecamatan, and who holds the data."""
    session = db.session()
    tops = session.scalars(select(Area).where(Area.level == "kabupaten").order_by(Area.code)).all()
    shown = [_published(area) for area in tops]
    settings = {row.name: row.value for row in session.scalars(select(Setting))}
    holders = [(title, settings.get(name)) for name, title in HOLDERS]
    return render_template("publik/front.html", shown=shown, holders=holders)


def _published(area: Area) -> tuple[Area, dict[str, Any], list[Row]]:
    found = coverage(area, is_public=True)
    return area, found, rows_of(db.session(), found["children"], is_open=False)


@routes.get("/ledger")
@guard(PUBLIC)
def ledger() -> Any:
    """Totals of every decrease of a register, per desa and reason."""
    return render_template("publik/ledger.html", totals=ledger_totals(db.session()))


def ledger_totals(session: Session) -> list[LedgerTotal]:
    """Doors and lines of the ledger by desa, kind and reason; nothing below the desa."""
    above = select(Area.id, Area.name).subquery()
    query = (
        select(Area.name, above.c.name, Ledger.kind, Ledger.reason, func.sum(Ledger.doors), func.count(), Area.is_demo)
        .join(Area, Area.id == Ledger.desa)
        .outerjoin(above, above.c.id == Area.parent_id)
        .group_by(Area.code, Area.name, above.c.name, Ledger.kind, Ledger.reason, Area.is_demo)
        .order_by(Area.code, Ledger.kind, Ledger.reason)
    )
    return [LedgerTotal(*row) for row in session.execute(query)]
