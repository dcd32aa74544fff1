"""GET /api/records/<id>/history: every line ever written about a record, for people of its dasawisma."""

from typing import Any

from flask import Blueprint, Response, current_app
from orjson import dumps

from models.account import SYNC_ROLES
from models.problems import Problem
from models.records import Record
from models.territory import Area
from server.api.scope import places_now
from server.pages.audit import record_look
from server.security import identity
from server.security.guard import guard
from server.transaction import snapshot
from sync.lines import history_of

routes = Blueprint("records", __name__, url_prefix="/api/records")


@routes.get("/<uuid:record>/history")
@guard(*SYNC_ROLES)
def get_history(record: Any) -> Any:
    """Return a JSON array, oldest first, one object a patch; 404 unknown, 403 outside the caller's scope."""
    with snapshot() as session:
        row = session.get(Record, str(record))
        if row is None:
            raise Problem("request.not_found")
        if row.dasawisma not in {place.id for place in places_now(session)}:
            raise Problem("session.forbidden")
        lines = history_of(session, current_app.config["KEYRING"], row)
        area = session.get_one(Area, row.dasawisma)
    if identity.current().is_office:
        record_look(area, str(record))
    return Response(dumps(lines), mimetype="application/json")
