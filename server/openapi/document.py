"""Puts the document together: addresses from the routes, rights from their guards, problems from the catalogue.

``document(app)`` is the whole OpenAPI 3.1 document as plain values.  A JSON route without a line in
``server/openapi/operations.py`` is a KeyError, so that none is forgotten.
"""

import re
from typing import Any

from flask import Flask
from werkzeug.routing import Rule as Route

from models.problems import CODES
from server.config import VERSION
from server.errors import STATUS
from server.openapi.answers import answers
from server.openapi.bodies import bodies
from server.openapi.operations import OPERATIONS, UNREADABLE, Operation
from server.openapi.shapes import COUNT, TEXT, Shape, ref, thing, words
from server.security.guard import SIGNED_IN, Rule, rule_of

JSON, PROBLEM = "application/json", "application/problem+json"
ARGUMENT = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
ARGUMENTS: dict[str | None, Shape] = {
    "int": {"type": "integer", "minimum": 0},
    "uuid": {"type": "string", "format": "uuid"},
}
FILLED: Shape = {"type": "string", "minLength": 1}
HEADERS: Shape = {"Cache-Control": {"schema": TEXT, "required": True}}
SAYS = {304: "What the caller holds is still right", 426: "The app is too old to read; its edits were accepted"}
ABOUT = (
    "Offline phones and offices of Dawis. Programs outside the app's own pages send X-Dawis: 1 with every changing "
    "request. Further keys may be added to any answer; none is renamed or removed."
)


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of an application."""
    paths: dict[str, dict[str, Any]] = {}
    for route in json_routes(app):
        item = paths.setdefault(ARGUMENT.sub(r"{\2}", route.rule), {})
        for method in methods_of(route):
            item[method.lower()] = _operation(app, route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dawis", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**bodies(), **answers(), "Problem": _problem(), "OpenApi": thing(openapi=TEXT)},
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "session", "description": "__Host- over https"},
                "ours": {"type": "apiKey", "in": "header", "name": "X-Dawis", "description": "1"},
            },
        },
    }


def json_routes(app: Flask) -> list[Route]:
    """The routes the document is about."""
    return [route for route in app.url_map.iter_rules() if route.rule.startswith(("/api/", "/healthz"))]


def methods_of(route: Route) -> list[str]:
    """The methods of a route that somebody declared."""
    return sorted((route.methods or set()) - {"HEAD", "OPTIONS"})


def _operation(app: Flask, route: Route) -> dict[str, Any]:
    told, guard = OPERATIONS[route.endpoint], rule_of(app, route.endpoint)
    assert guard is not None
    is_changing = "POST" in (route.methods or ())
    needed = (("session", not guard.is_public), ("ours", is_changing))
    security: dict[str, list[str]] = {name: [] for name, is_needed in needed if is_needed}
    roles = sorted(guard.roles - {SIGNED_IN})
    found: dict[str, Any] = {
        "operationId": route.endpoint,
        "summary": told.about,
        "parameters": [*_arguments(route), *_query(told), *(_packing() if told.packed else [])],
        "security": [security] if security else [],
        "responses": _responses(told, _codes(told, guard, route, is_changing=is_changing)),
    }
    if roles and not guard.is_public:
        found["x-roles"] = roles
    if told.body:
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": ref(told.body)}}}
    return found


def _arguments(route: Route) -> list[dict[str, Any]]:
    found = ARGUMENT.findall(route.rule)
    return [
        {"name": name, "in": "path", "required": True, "schema": ARGUMENTS.get(kind, FILLED)} for kind, name in found
    ]


def _query(told: Operation) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "required": False, "schema": shape} for name, shape in told.query]


def _packing() -> list[dict[str, Any]]:
    encoding: dict[str, Any] = {"name": "Content-Encoding", "schema": words(("gzip", "identity"))}
    digest: dict[str, Any] = {"name": "Content-Digest", "schema": TEXT, "description": "RFC 9530, over the bytes sent"}
    return [{**one, "in": "header", "required": False} for one in (encoding, digest)]


def _codes(told: Operation, guard: Rule, route: Route, *, is_changing: bool) -> set[str]:
    """Every problem this route may answer: its own, and what its guard, address and body bring along."""
    codes = {*told.problems, "server.busy", "server.full"}
    if not guard.is_public:
        codes |= {"session.none", "device.blocked"}
        codes |= set() if SIGNED_IN in guard.roles else {"session.forbidden"}
    if is_changing:
        codes |= {"request.foreign_origin", "request.too_large"}
    if told.body:
        codes.add(UNREADABLE)
    if guard.area:
        codes.add("area.unknown")
    return codes | ({"request.not_found"} if route.arguments else set())


def _responses(told: Operation, codes: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {str(told.status): _answer(told, told.about)}
    for status in told.also:
        words_of = {"description": SAYS.get(status, "Not yet")}
        found[str(status)] = words_of if status == 304 else _answer(told, words_of["description"])  # noqa: PLR2004
    for status in sorted({STATUS.get(code, 400) for code in codes}):
        group = sorted(code for code in codes if STATUS.get(code, 400) == status)
        problem = {PROBLEM: {"schema": {"allOf": [ref("Problem")], "properties": {"code": words(group)}}}}
        said = "; ".join(f"{code}: {CODES[code]}" for code in group)
        if str(status) in found:
            found[str(status)]["content"] |= problem
        else:
            found[str(status)] = {"description": said, "headers": _headers(status), "content": problem}
    return dict(sorted(found.items()))


def _answer(told: Operation, words_of: str) -> dict[str, Any]:
    files = {kind: {"schema": {"type": "string"}} for kind in told.files}
    return {"description": words_of, "headers": HEADERS, "content": {JSON: {"schema": ref(told.answer)}, **files}}


def _headers(status: int) -> Shape:
    """What a problem's answer carries beside its words: when it is worth asking again."""
    return HEADERS | ({"Retry-After": {"schema": COUNT, "required": True}} if status in {429, 503} else {})


def _problem() -> Shape:
    return thing(
        "RFC 9457, with a stable code and its details.",
        type=TEXT,
        title=TEXT,
        status={"type": "integer", "minimum": 400, "maximum": 599},
        code=words(sorted(CODES)),
    )
