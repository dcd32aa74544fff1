"""GET /api/recap/<form>/<path:code>?as_of=YYYY-MM-DD[&format=csv|xlsx]: a PKK recap book computed from records.

Books of sums: kader of the area, admin_desa, tp_pkk, kabupaten; bappeda and evaluator down to the desa.  The book of a
dasa wisma (4.16a) names heads of household: its own kader, admin_desa and tp_pkk of the desa only; each look by an
office is written down.
"""

from typing import Any

from flask import Blueprint, jsonify, request

from models.account import AccessLog
from models.form.recap import recap
from models.problems import Problem
from models.territory import LEVELS, Area, area_by_code
from server.api.coverage import KADER, read_day
from server.counting import read
from server.downloads.csv_file import MIMETYPE as CSV
from server.downloads.csv_file import book_rows, csv_bytes
from server.downloads.routes import as_file
from server.downloads.xlsx_file import MIMETYPE as XLSX
from server.downloads.xlsx_file import book_workbook
from server.security import identity
from server.security.guard import guard
from server.transaction import snapshot, write

routes = Blueprint("recap", __name__, url_prefix="/api/recap")
SUMS = frozenset((KADER, "admin_desa", "tp_pkk", "kabupaten"))
DESA_AND_UP = frozenset(("bappeda", "evaluator"))
NAMES = frozenset((KADER, "admin_desa", "tp_pkk"))
HOUSEHOLD = "household"


@routes.get("/<book>/<path:code>")
@guard(*sorted(SUMS | DESA_AND_UP))
def get_recap(book: str, code: str) -> Any:
    """The book as JSON, CSV or XLSX."""
    with snapshot() as session:
        area = area_by_code(session, code)
    if area is None:
        raise Problem("area.unknown", area=code)
    check_reader(book, area)
    found = read.recap(book, area, read_day(request.args.get("as_of")))
    kind = request.args.get("format", "json")
    name = f"{book}-{area.code}-{found['as_of']}.{kind}"
    if kind == "csv":
        return as_file(csv_bytes(book_rows(found)), CSV, name)
    if kind == "xlsx":
        return as_file(book_workbook(found, book_rows(found)), XLSX, name)
    response = jsonify(found)
    response.headers["Cache-Control"] = "no-store"
    return response


def check_reader(name: str, area: Area) -> None:
    """Raise session.forbidden where the caller may not read this book of this area; write down looks at names."""
    book = recap().books.get(name)
    if book is None or book.level != area.level:
        raise Problem("request.not_found")
    caller = identity.current()
    has_names = book.row == HOUSEHOLD
    may = caller.reaches(area, NAMES if has_names else SUMS)
    if not has_names and LEVELS.index(area.level) <= LEVELS.index("desa"):
        may = may or caller.reaches(area, DESA_AND_UP)
    if has_names and may and not caller.reaches(area, frozenset((KADER, "admin_desa"))):
        may = any(grant.role == "tp_pkk" and grant.desa_id == area.desa_id for grant in caller.grants)
    if not may:
        raise Problem("session.forbidden")
    if has_names and not caller.reaches(area, frozenset((KADER,))):
        _write_look(area, name)


def _write_look(area: Area, name: str) -> None:
    with write() as session:
        look = {"at": identity.now(), "person_id": identity.current().person_id, "desa": area.desa_id}
        session.add(AccessLog(**look, route="recap.get_recap", subject=f"{name} {area.code}"[:80]))


@routes.get("")
@guard(*sorted(SUMS | DESA_AND_UP))
def list_books() -> Any:
    """Every book: its number, title, level, row and period."""
    books = recap().books.values()
    keys = ("book", "title", "level", "row", "period")
    return jsonify([{key: getattr(book, key) for key in keys} for book in books])
