"""GET /api/conflicts?area=<code>: what two people said differently, in the part of an area that is the caller's."""

from typing import Any

from flask import Blueprint, Response, current_app, request
from orjson import dumps
from sqlalchemy import select

from models.account import SYNC_ROLES
from models.history import Conflict
from models.problems import Problem
from models.records import Record
from models.territory import Area, area_by_code
from server.api.scope import places_now
from server.pages.audit import record_look
from server.security import identity
from server.security.guard import guard
from server.transaction import snapshot
from sync.inbox import open_conflict

routes = Blueprint("conflicts", __name__, url_prefix="/api/conflicts")


@routes.get("")
@guard(*SYNC_ROLES)
def get_conflicts() -> Any:
    """Return a JSON array, oldest first; without ``area`` the whole scope, 403 where nothing of the area is hers."""
    keyring = current_app.config["KEYRING"]
    with snapshot() as session:
        places, looked = places_now(session), None
        code = request.args.get("area")
        if code is not None:
            area = area_by_code(session, code) if code.isprintable() else None
            if area is None:
                raise Problem("area.unknown", code=code)
            places = [place for place in places if place.path.startswith(area.path)]
            if not places:
                raise Problem("session.forbidden")
            looked = area
        query = select(Conflict).join(Record, Record.id == Conflict.record)
        query = query.where(Record.dasawisma.in_([place.id for place in places]))
        lines = [_line(keyring, row) for row in session.scalars(query.order_by(Conflict.created_at, Conflict.id))]
        looked = looked or (session.get(Area, places[0].desa) if places else None)
    if looked is not None and identity.current().is_office:
        record_look(looked, looked.code)
    return Response(dumps(lines), mimetype="application/json")


def _line(keyring: Any, row: Conflict) -> dict[str, Any]:
    field, _, name = row.field.partition("/")
    values = open_conflict(keyring, row)
    line = {
        "id": row.id,
        "record": row.record,
        "kind": row.kind,
        "field": field,
        "base": values["base"],
        "kept": values["kept"],
        "lost": values["lost"],
        "kept_by": row.kept_by,
        "lost_by": row.lost_by,
        "kept_at": row.kept_at,
        "lost_at": row.lost_at,
        "rule": row.rule,
        "state": row.state,
    }
    return line | ({"row": name} if name else {})
