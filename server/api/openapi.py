"""GET /api/openapi.json: the JSON API in one document, for programs and their makers."""

from functools import cache
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, request

from server.openapi.document import document
from server.security.guard import PUBLIC, guard

routes = Blueprint("openapi", __name__)


@routes.get("/api/openapi.json")
@guard(PUBLIC)
def get_openapi() -> Any:
    """The whole document; 304 where the caller holds it."""
    response = Response(_written(current_app._get_current_object()), mimetype="application/json")  # type: ignore[attr-defined]  # noqa: SLF001
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request)


@cache
def _written(app: Flask) -> bytes:
    return orjson.dumps(document(app))
