"""GET /api/form: the form definition in force, with its version as ETag."""

from typing import Any

import orjson
from flask import Blueprint, Response, request

from models.form.definition import load
from server.security.guard import PUBLIC, guard

routes = Blueprint("form", __name__)


@routes.get("/api/form")
@guard(PUBLIC)
def get_form() -> Any:
    """The whole definition as JSON; 304 when the phone has this version."""
    form = load()
    response = Response(orjson.dumps(form.public()), mimetype="application/json")
    response.set_etag(form.version)
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request)
