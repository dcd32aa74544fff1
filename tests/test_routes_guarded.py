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
UNBUILT, SEE_OTHER = 503, 303
KNOWN = {"book": "4.17a"}


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


@pytest.fixture
def ask(app, world, sign_in):
    """``ask(name, method, address)`` -> status of one request by one person, in a session of its own (some routes end it)."""

    def send(name, method, address):
        client = app.test_client() if name is NOBODY else sign_in(world.person[name])
        answer = client.open(address, method=method, headers={"Sec-Fetch-Site": "same-origin"})
        answer.close()
        to_login = answer.status_code == SEE_OTHER and answer.headers["Location"].startswith("/masuk")
        return 401 if to_login else answer.status_code

    return send


def addresses(app, rule, method):
    """The route's address with each code that fits its argument ``code``, and something unknown in the others."""
    adapter = app.url_map.bind("localhost")
    for code in CODES if "code" in rule.arguments else (None,):
        values = {name: _value(name, converter, code) for name, converter in rule._converters.items()}
        address = rule.build(values)[1]
        if adapter.test(address, method) and adapter.match(address, method)[0] == rule.endpoint:
            yield code, address


def _value(name, converter, code):
    if name == "code":
        return code
    if name in KNOWN:
        return KNOWN[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 999_999 if isinstance(converter, IntegerConverter) else str(uuid.uuid4())


def test_route__each__declares_its_guard(app, routes):
    assert [rule.rule for rule, _ in routes if rule_of(app, rule.endpoint) is None] == []


def test_route__each_role_and_area__answers_only_whom_it_is_for(app, world, routes, ask, clock):
    grants = {name: grants_of(db.session(), world.person[name], clock()) for name in PEOPLE}
    paths = {area.code: area.path for area in db.session.scalars(select(Area))}
    faults = []
    for rule, method in routes:
        guard = rule_of(app, rule.endpoint)
        for code, address in addresses(app, rule, method):
            for name in (NOBODY, *PEOPLE):
                standing = standing_of(guard, grants.get(name), paths.get(code), has_code=code is not None)
                status = ask(name, method, address)
                is_unbuilt = status == UNBUILT and rule.endpoint.startswith("phone.")
                if not is_unbuilt and not fits(standing, status):
                    faults.append((method, address, name, status, standing))
    assert faults == []


def standing_of(guard, grants, path, *, has_code):
    """``open``, ``closed`` or (a route that judges by itself how far a role reaches) ``either``; ``unknown`` for nobody."""
    if guard.is_public:
        return "open"
    if grants is None:
        return "unknown"
    own = [grant for grant in grants if SIGNED_IN in guard.roles or grant.role in guard.roles]
    if SIGNED_IN not in guard.roles and not own:
        return "closed"
    if not has_code:
        return "open"
    covered = path is not None and any(path.startswith(grant.path) for grant in own)
    if guard.area or SIGNED_IN in guard.roles:
        return "open" if covered else "closed"
    touches = path is not None and any(path.startswith(grant.path) or grant.path.startswith(path) for grant in own)
    return "either" if touches else "closed"


def fits(standing, status):
    """Closed doors answer 401, 403 or 404; open ones anything but a fault."""
    if standing == "unknown":
        return status == 401
    if standing == "closed":
        return status in CLOSED
    return status < 500
