"""Every route of the application × every role × own and foreign areas: declared, and closed to whoever it is not for."""

import uuid

import pytest
from sqlalchemy import select
from werkzeug.routing import AnyConverter, IntegerConverter

from models.database import db
from models.territory import Area
from server.security.guard import SIGNED_IN, rule_of
from server.security.identity import grants_of
from tests.builders import DESA, FAR, NEIGHBOUR, PEOPLE

CODES = (DESA, f"{DESA}/D001", NEIGHBOUR, f"{NEIGHBOUR}/D001", FAR, "35.22.14", "35.22.15", "35.22", "99.99.99.9999")
CLOSED = (401, 403, 404)
NOBODY = None
UNBUILT = 503


@pytest.fixture
def database_kind():
    """Guards do not depend on the database."""
    return "sqlite"


@pytest.fixture
def routes(app):
    """(rule, method) of every route, HEAD and OPTIONS left out."""
    return [
        (rule, method) for rule in app.url_map.iter_rules() for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def addresses(app, rule, method, area_argument):
    """The route's address with each code that fits its area argument, and something unknown in the others."""
    adapter = app.url_map.bind("localhost")
    for code in CODES if area_argument else (None,):
        values = {
            name: code if name == area_argument else _other(converter) for name, converter in rule._converters.items()
        }
        address = rule.build(values)[1]
        if adapter.test(address, method) and adapter.match(address, method)[0] == rule.endpoint:
            yield code, address


def _other(converter):
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return 999_999 if isinstance(converter, IntegerConverter) else str(uuid.uuid4())


def test_route__each__declares_its_guard(app, routes):
    assert [rule.rule for rule, _ in routes if rule_of(app, rule.endpoint) is None] == []


def test_route__each_role_and_area__answers_only_whom_it_is_for(app, world, sign_in, routes, clock):
    grants = {name: grants_of(db.session(), world.person[name], clock()) for name in PEOPLE}
    paths = {area.code: area.path for area in db.session.scalars(select(Area))}
    faults = []
    for rule, method in routes:
        guard = rule_of(app, rule.endpoint)
        for code, address in addresses(app, rule, method, guard.area):
            for name in (NOBODY, *PEOPLE):
                allowed = may(guard, grants.get(name), paths.get(code), code)
                status = ask(app, sign_in, world, name, method, address)
                if not fits(guard, name, status, allowed=allowed, is_phone=rule.endpoint.startswith("phone.")):
                    faults.append((method, address, name, status, "allowed" if allowed else "closed"))
    assert faults == []


def may(guard, grants, path, code):
    """Whether the declared guard lets somebody with these grants in."""
    if guard.is_public:
        return True
    if grants is None:
        return False
    if SIGNED_IN in guard.roles:
        return True
    if not guard.area:
        return any(grant.role in guard.roles for grant in grants)
    return path is not None and any(grant.role in guard.roles and path.startswith(grant.path) for grant in grants)


def ask(app, sign_in, world, name, method, address):
    """The status of one request by one person (a session of its own: some routes end it)."""
    client = app.test_client() if name is NOBODY else sign_in(world.person[name])
    answer = client.open(address, method=method, headers={"Sec-Fetch-Site": "same-origin"})
    answer.close()
    to_login = answer.status_code == 303 and answer.headers["Location"].startswith("/masuk")
    return 401 if to_login else answer.status_code


def fits(guard, name, status, *, allowed, is_phone):
    """Closed doors answer 401, 403 or 404; open ones anything but a fault."""
    if status == UNBUILT and is_phone:
        return True
    if allowed:
        return status < 500
    return status == 401 if name is NOBODY and not guard.is_public else status in CLOSED
