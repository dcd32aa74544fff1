"""Files to take away: totals per area (CSV, XLSX) and recap books (CSV, XLSX).

This package never imports the records: what it gives away are sums from models/aggregates.
"""

from typing import Any

from flask import Blueprint, Response, request

from models.problems import Problem
from models.territory import Area
from server.api.coverage import read_day
from server.counting import read
from server.downloads.csv_file import MIMETYPE as CSV
from server.downloads.csv_file import csv_bytes
from server.downloads.totals_table import columns_of, rows_of
from server.downloads.xlsx_file import MIMETYPE as XLSX
from server.downloads.xlsx_file import totals_workbook
from server.security.guard import guard

routes = Blueprint("downloads", __name__, url_prefix="/download")


@routes.get("/totals/<path:code>.<any(csv,xlsx):kind>")
@guard("admin_desa", "tp_pkk", "kabupaten", "bappeda", "evaluator", area="code")
def totals(area: Area, kind: str) -> Any:
    """Totals of every desa (or ``?level=``) of an area, with their coverage; ``?as_of=`` for a past day."""
    if area.level not in ("kabupaten", "kecamatan", "desa"):
        raise Problem("input.invalid", fields={"area": area.code})
    found = read.totals(area, request.args.get("level", "desa"), read_day(request.args.get("as_of")))
    name = f"total-{found.level}-{found.area}-{found.as_of.isoformat()}.{kind}"
    if kind == "xlsx":
        return as_file(totals_workbook(found), XLSX, name)
    return as_file(csv_bytes([[column.name for column in columns_of(found)], *rows_of(found)]), CSV, name)


def as_file(content: bytes, mimetype: str, name: str) -> Response:
    """A download with its name; never kept by a cache."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name.replace("/", "-")}"'
    response.headers["Cache-Control"] = "no-store"
    return response
