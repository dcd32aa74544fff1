"""GET /api/coverage/<code>?as_of=YYYY-MM-DD: how far an area is, and its children.

Everybody with a role over the area may ask; a kader for her dasa wisma and for the areas it lies in, up to her desa,
where she sees sums only for what is not hers.  Demonstration desa count for people who are signed in.
"""

from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request

from models.problems import Problem
from models.territory import Area, area_by_code
from server.counting import read
from server.security import identity
from server.security.guard import guard
from server.transaction import snapshot

routes = Blueprint("coverage", __name__, url_prefix="/api/coverage")
OFFICES = frozenset(("admin_desa", "tp_pkk", "camat", "kabupaten", "bappeda", "evaluator"))
KADER = "kader"


@routes.get("/<path:code>")
@guard(KADER, *sorted(OFFICES))
def get_coverage(code: str) -> Any:
    """Coverage as JSON."""
    with snapshot() as session:
        area = area_by_code(session, code)
    if area is None:
        raise Problem("area.unknown", area=code)
    check_reach(area)
    response = jsonify(read.coverage(area, read_day(request.args.get("as_of"))))
    response.headers["Cache-Control"] = "no-store"
    return response


def check_reach(area: Area) -> None:
    """Raise session.forbidden unless an office covers the area, or a kader's dasa wisma lies in it or is it."""
    caller = identity.current()
    if caller.reaches(area, OFFICES):
        return
    own = [grant for grant in caller.grants if grant.role == KADER]
    if area.desa_id is None or not any(grant.path.startswith(area.path) for grant in own):
        raise Problem("session.forbidden")


def read_day(given: str | None) -> date | None:
    """A day of the address; raises input.invalid."""
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise Problem("input.invalid", fields={"as_of": given}) from error
