"""GET /healthz: 200 only when the server is set up and seeding is done."""

from typing import Any

from flask import Blueprint, current_app
from sqlalchemy import select, text

from models.database import db
from models.territory import ServerState
from server.config import VERSION
from server.security.guard import PUBLIC, guard

routes = Blueprint("health", __name__)


@routes.get("/healthz")
@guard(PUBLIC)
def healthz() -> Any:
    """``{"status", "database", "sqlite", "version", "epoch"}``; 503 until seeding is done."""
    state = db.session.scalar(select(ServerState))
    ready = state is not None and state.seeded == "done"
    sqlite = db.session.scalar(text("select sqlite_version()")) if db.engine.dialect.name == "sqlite" else None
    body = {
        "status": "ok" if ready else "starting",
        "database": db.engine.dialect.name,
        "sqlite": sqlite,
        "version": VERSION,
        "epoch": state.epoch if state else None,
        "live": bool(state and state.is_live),
    }
    return current_app.json.response(body), 200 if ready else 503
