import json
import re

import pytest
from openapi_spec_validator import validate

from models.form.definition import load
from models.problems import CODES
from server.openapi.document import ARGUMENT, json_routes, methods_of
from server.openapi.operations import OPERATIONS
from server.security.guard import rule_of


@pytest.fixture
def database_kind():
    """The document does not depend on the database."""
    return "sqlite"


@pytest.fixture
def answer(app):
    return app.test_client().get("/api/openapi.json")


def operations(document):
    return {(path, method): one for path, item in document["paths"].items() for method, one in item.items()}


def test_document__is_valid(answer):
    validate(answer.json)
    assert answer.json["openapi"].startswith("3.1")


def test_document__every_route_and_method_and_nothing_else(app, answer):
    routes = {
        (ARGUMENT.sub(r"{\2}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api", "/healthz"))
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert operations(answer.json).keys() == routes
    assert {route.endpoint for route in json_routes(app)} == OPERATIONS.keys()


def test_document__each_route__arguments_security_and_roles_are_the_routes_own(app, answer):
    found = operations(answer.json)
    for route in json_routes(app):
        rule = rule_of(app, route.endpoint)
        for method in methods_of(route):
            told = found[ARGUMENT.sub(r"{\2}", route.rule), method.lower()]
            assert {one["name"] for one in told["parameters"] if one["in"] == "path"} == route.arguments
            needs = {key for one in told["security"] for key in one}
            assert ("session" in needs) == (not rule.is_public)
            assert ("ours" in needs) == (method == "POST")
            assert ("401" in told["responses"]) >= (not rule.is_public)
            assert set(told.get("x-roles", [])) == {role for role in rule.roles if not role.startswith("*")}


def test_document__every_problem_of_a_family_it_names_has_its_place(answer):
    """Families that no JSON route answers (backups, jobs) belong to commands."""
    text = json.dumps(answer.json["paths"])
    families = {code.split(".")[0] for code in CODES if f'"{code}"' in text}
    assert families >= {"request", "session", "device", "activation", "sync", "area", "register", "input", "server"}
    elsewhere = {"request.method", "sync.upgrade", "server.fault"}
    assert {code for code in CODES if code.split(".")[0] in families and f'"{code}"' not in text} == elsewhere


def test_document__names_only_components_it_has_and_no_answer_of_the_form(answer):
    document = answer.json
    schemas = document["components"]["schemas"]
    named = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document)))
    assert named == schemas.keys()
    questions = {name for kind in load().kinds.values() for name in kind.fields if "_" in name}
    assert not questions & set(re.findall(r'"(\w+)"', json.dumps(document)))


def test_document__held_already__304(app, answer):
    again = app.test_client().get("/api/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
