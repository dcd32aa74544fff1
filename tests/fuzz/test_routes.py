"""Every JSON route that reads a body, every key of it, every hostile value: never a fault.  Addresses and queries as well."""

import urllib.parse

import pytest

from tests.fuzz.values import DEEP, FLAT, written
from tests.server.openapi.roles import live_in

KEPT = {
    "Change": {"kind": "exclude", "reason": "ganda"},
    "DoorAction": {"action": "accept"},
    "Decision": {"approve": False},
}
ADDRESSES = [
    "\x00", "%", "\ud800", "x" * 3000, "..", "35.22.14.2011/", "/", "9" * 30, "-1", "१२", "\u202e", "35.22.14.2011\n", "'", "ﷺ",
]  # fmt: skip
DAYS = [
    "",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "20261123",
    "2026-W47-1",
    "\x00",
    "\ud800",
    "x" * 5000,
    "2026-11-23T00:00",
]


@pytest.fixture
def known(app, world, sign_in):
    return live_in(app, world, sign_in)


@pytest.fixture
def document(app):
    return app.test_client().get("/api/openapi.json").json


def whole(document, name: str, known) -> dict:
    """A request body with a name that exists wherever there is one."""
    keys = document["components"]["schemas"][name]["properties"]
    return {key: known[key][0] if key in known else "x" for key in keys} | KEPT.get(name, {})


def asked(told, path: str, known) -> str:
    values = {one["name"]: known[one["name"]][0] for one in told["parameters"] if one["in"] == "path"}
    return path.format(**values)


def test_body__every_key_every_hostile_value__never_a_fault(app, world, sign_in, known, document):
    clients = {role: sign_in(world.person[name]) for role, name in (("admin_desa", "budi"), ("tp_pkk", "rahayu"))}
    tried, faults = 0, []
    for path, item in document["paths"].items():
        body = item.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
        name = body and body["schema"]["$ref"].split("/")[-1]
        if not name or name == "SyncRequest":
            continue
        good = whole(document, name, known)
        bodies = [good | {key: value} for key in good for value in FLAT]
        bodies += [{}, [], None, 7, "x", *DEEP]
        if name == "Activation":
            bodies += [
                {"code": "x", "device": {"name": value, "key": {"kty": "EC", "crv": "P-256", "x": value, "y": value}}}
                for value in FLAT
            ]
        client = clients[item["post"].get("x-roles", ["admin_desa"])[0]]
        for made in bodies:
            tried += 1
            reply = client.post(asked(item["post"], path, known), data=written(made), headers={"X-Dawis": "1"})
            if reply.status_code >= 500:
                faults.append((path, reply.status_code, written(made)[:200]))
    assert not faults, faults[:20]
    assert tried > 800


def test_address_and_query__anything__never_a_fault(app, world, sign_in, known, document):
    people = [sign_in(world.person[name]) for name in ("siti", "budi", "rahayu")]
    faults = []
    for path, item in document["paths"].items():
        for method, told in item.items():
            if told["operationId"] == "session.logout":
                continue
            names = [one["name"] for one in told["parameters"] if one["in"] == "path"]
            good = {name: known[name][0] for name in names}
            odd = [good | {name: value} for name in names for value in ADDRESSES]
            queries = [
                (one["name"], value) for one in told["parameters"] if one["in"] == "query" for value in DAYS + ADDRESSES
            ]
            made = [(values, "") for values in odd] + [(good, f"?{key}={quoted(value)}") for key, value in queries]
            for values, query in made:
                address = path.format(**{name: quoted(str(value)) for name, value in values.items()}) + query
                for client in people:
                    reply = client.open(address, method=method.upper(), data=b"{}", headers={"X-Dawis": "1"})
                    if reply.status_code >= 500:
                        faults.append((method, address[:200], reply.status_code))
    assert not faults, faults[:20]


def quoted(value: str) -> str:
    return urllib.parse.quote(value.encode("utf-8", "surrogatepass"), safe="/")
