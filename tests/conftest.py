"""Fixtures: an application on a fresh database of either kind, a clock that stands, and people with names and roles."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from models.database import db
from models.territory import ServerState
from server.app import create_app
from server.config import Config
from server.transaction import write
from tests.builders import World, build_world
from tests.databases import KINDS, drop, new_address

EPOCH = "b1c2d3e4f5a60718"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Clock:
    """A clock that moves only when told."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **parts: float) -> datetime:
        """Move on by timedelta parts."""
        self.moment += timedelta(**parts)
        return self.moment


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=KINDS)
def database_kind(request):
    return request.param


@pytest.fixture
def app(database_kind, tmp_path, clock):
    """A Flask application with all tables on a fresh database, inside its context."""
    config = Config(
        data_dir=tmp_path,
        database_url=new_address(database_kind, tmp_path),
        master_key=base64.b64encode(b"m" * 32).decode(),
        blind_key=base64.b64encode(b"b" * 32).decode(),
    )
    application = create_app(config, clock)
    with application.app_context():
        with write() as session:
            session.add(ServerState(id=1, epoch=EPOCH, is_live=False, seeded="done"))
        yield application
        db.session.remove()
        db.engine.dispose()
    drop(config.database_url)


@pytest.fixture
def keyring(app):
    return app.config["KEYRING"]


@pytest.fixture
def world(app, clock) -> World:
    """Two desa with dasa wisma, and people with names: see tests/builders.py."""
    return build_world(app, clock())


@pytest.fixture
def sign_in(app):
    """``sign_in(person_id)`` -> a test client carrying that person's session."""

    def make(person_id: int, device_id: str | None = None):
        from server.security import identity

        with write() as session:
            token = identity.open_session(session, person_id, device_id, app.config["CLOCK"]())
        client = app.test_client()
        client.set_cookie("session", token)
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return client

    return make
