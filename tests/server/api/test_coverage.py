"""GET /api/coverage: who may ask, the shape, past days, and the command beside it."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from server.transaction import write
from tests.builders import DESA, FAR
from tests.models.aggregates.doors import House, store

MOMENT = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture
def one_door(app, keyring, world):
    made = House()
    made.member()
    with write() as session:
        store(session, keyring, world, made.fill().visit())
    return made


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        ("budi", DESA, 200), ("budi", f"{DESA}/D001", 200), ("budi", "35.22.14", 403), ("joko", DESA, 403),
        ("lestari", f"{DESA}/RW01", 200), ("hadi", DESA, 200), ("hadi", FAR, 403), ("bappeda", "35.22", 200),
        ("evaluator", f"{DESA}/RW01-RT001", 200), ("kominfo", "35.22.15", 200), ("petugas", DESA, 403),
        ("siti", DESA, 200), ("siti", f"{DESA}/D001", 200), ("siti", f"{DESA}/D003", 403), ("siti", "35.22.14", 403),
        ("tutik", DESA, 403), ("budi", "99.99", 404), ("budi", f"{DESA}?as_of=2026-02-30", 422),
        ("budi", f"{DESA}?as_of=2026-11-24", 422),
    ],
)  # fmt: skip
def test_coverage__by_role_and_area(world, sign_in, name, code, status):
    assert sign_in(world.person[name]).get(f"/api/coverage/{code}").status_code == status


def test_coverage__signed_out__session_none(client_without_session):
    assert client_without_session.get(f"/api/coverage/{DESA}").status_code == 401


@pytest.fixture
def client_without_session(app, world):
    return app.test_client()


def test_coverage__json__has_every_key(one_door, world, sign_in):
    found = sign_in(world.person["budi"]).get(f"/api/coverage/{DESA}").json
    wanted = {
        "area",
        "name",
        "as_of",
        "basis",
        "register",
        "doors",
        "families",
        "members",
        "open_conflicts",
        "children",
    }
    assert wanted <= found.keys()
    assert (found["area"], found["as_of"], found["doors"]["complete"]) == (DESA, "2026-11-23", 1)
    assert found["register"] == {"state": "none", "approved_at": None}
    keys = {"listed", "target", "expected", "excluded", "pending", "known", "complete", "fresh", "outcomes", "percent"}
    assert keys <= found["doors"].keys()
    assert len(found["doors"]["outcomes"]) == 12


def test_coverage__past_day__before_anything_was_there(one_door, world, sign_in):
    budi = sign_in(world.person["budi"])
    assert budi.get(f"/api/coverage/{DESA}?as_of=2026-11-19").json["doors"]["listed"] == 0
    then = budi.get(f"/api/coverage/{DESA}?as_of=2026-11-20").json["doors"]
    assert (then["listed"], then["complete"], then["fresh"]) == (1, 1, 1)


def test_command__coverage__prints_the_same_json(one_door, app, world, sign_in, monkeypatch):
    from server.cli import coverage as command

    monkeypatch.setattr("server.app.create_app", lambda: app)
    result = CliRunner().invoke(command.coverage, [DESA, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output) == sign_in(world.person["budi"]).get(f"/api/coverage/{DESA}").json
    assert "belum dapat dihitung" in CliRunner().invoke(command.coverage, [DESA]).output


def test_command__recount__says_what_differs_and_repairs(one_door, app, world, monkeypatch):
    from models.aggregates.tables import DoorSummary
    from server.cli import recount as command

    monkeypatch.setattr("server.app.create_app", lambda: app)
    assert CliRunner().invoke(command.recount, []).exit_code == 0
    with write() as session:
        session.get_one(DoorSummary, one_door.id).is_complete = False
    result = CliRunner().invoke(command.recount, ["--json", "--desa", DESA])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["differences"][0]["row"] == one_door.id
    assert CliRunner().invoke(command.recount, ["--repair"]).exit_code == 0
    assert CliRunner().invoke(command.recount, []).exit_code == 0
