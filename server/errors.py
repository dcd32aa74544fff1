"""Problem code -> HTTP status, and the one JSON shape of every error (RFC 9457).

``{"type": "about:blank", "title": words, "status": 401, "code": "session.none", …details}``
"""

import json
import logging
import secrets
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, redirect, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from models.problems import Problem

log = logging.getLogger(__name__)
STATUS = {
    "request.too_large": 413,
    "request.foreign_origin": 403,
    "request.not_found": 404,
    "request.method": 405,
    "session.none": 401,
    "session.forbidden": 403,
    "session.wrong_password": 401,
    "session.throttled": 429,
    "device.blocked": 403,
    "activation.unknown": 404,
    "activation.used": 410,
    "activation.expired": 410,
    "device.signature": 401,
    "sync.epoch": 409,
    "sync.upgrade": 426,
    "area.unknown": 404,
    "register.same_person": 403,
    "register.not_open": 409,
    "job.running": 409,
    "register.too_early": 409,
    "input.invalid": 422,
    "server.busy": 503,
    "server.full": 507,
    "server.fault": 500,
}
WORDS: dict[str, str] = json.loads((Path(__file__).parent / "words" / "problems.id.json").read_text("utf-8"))
FROM_HTTP = {
    401: "session.none",
    403: "session.forbidden",
    404: "request.not_found",
    405: "request.method",
    413: "request.too_large",
}
RETRY_SECONDS = 5


def register_errors(app: Flask) -> None:
    """Give every route the same answers to problems, HTTP errors and faults."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(OperationalError, _from_database)
    app.register_error_handler(Exception, _fault)


def answer(problem: Problem) -> Any:
    """The HTTP answer to a problem: JSON for programs, a page for people."""
    status = STATUS.get(problem.code, 400)
    if _wants_page():
        if problem.code == "session.none" and request.method == "GET":
            return redirect("/masuk?" + urlencode({"next": request.full_path.rstrip("?")}), 303)
        return Response(render_template("problem.html", words=WORDS[problem.code], problem=problem), status)
    said = {"title": WORDS[problem.code], "status": status, "code": problem.code}
    body = {"type": "about:blank", **problem.details, **said}
    response = Response(json.dumps(body), status, mimetype="application/problem+json")
    wait = problem.details.get("wait", RETRY_SECONDS if status == HTTPStatus.SERVICE_UNAVAILABLE else None)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def _wants_page() -> bool:
    return not request.path.startswith(("/api/", "/healthz")) and request.accept_mimetypes.accept_html


def _from_http(error: HTTPException) -> Any:
    if error.code and error.code < HTTPStatus.BAD_REQUEST:
        return error
    return answer(Problem(FROM_HTTP.get(error.code or 500, "request.unreadable")))


def _from_database(error: OperationalError) -> Any:
    words = str(error.orig).lower()
    log.warning("database: %s", words)
    return answer(Problem("server.full" if "full" in words or "no space" in words else "server.busy"))


def _fault(error: Exception) -> Any:
    mark = secrets.token_hex(6)
    log.error("fault %s", mark, exc_info=error)
    return answer(Problem("server.fault", request=mark))
