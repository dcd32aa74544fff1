"""A restore under a real gunicorn, two processes and phones that never stop sending: nothing is lost, nothing is a fault."""

# ruff: noqa: PLR0917 (fixtures)

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.database import db
from models.history import Edit
from server.security import identity
from server.transaction import snapshot, write
from tests.conftest import Clock
from tests.contract.keeper import Keeper
from tests.journeys.server import free_port
from tests.journeys.test_installation import Client
from tests.source import ROOT

ENOUGH = 12


@pytest.fixture
def clock():
    """The real server has the real clock: the people of the test must be in office by it."""
    return Clock(datetime.now(UTC) - timedelta(days=1))


class Served:
    """Where it answers, as the HTTP client of the journeys wants it."""

    def __init__(self, port: int) -> None:
        self.port = port


@pytest.fixture
def served(app, world, dawis):
    """Gunicorn as ``dawis run`` has it, on the test's database."""
    db.session.remove()
    port = free_port()
    config = app.config["DAWIS"]
    given = {"DAWIS_DATA_DIR": str(config.data_dir), "DAWIS_DATABASE_URL": config.database_url, "PORT": str(port)}
    keys = {"DAWIS_MASTER_KEY": config.master_key, "DAWIS_BLIND_KEY": config.blind_key}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:server.gunicorn_conf", "wsgi:app"]
    with (config.data_dir / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **given, **keys}, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz")
        yield Served(port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise AssertionError("the server does not start")


class Patient(Keeper):
    """A phone that waits when it is told to, and remembers every status it saw."""

    def __init__(self, client) -> None:
        super().__init__(client)
        self.statuses: set[int] = set()

    def post(self, body, **headers):
        while True:
            answer = super().post(body, **headers)
            self.statuses.add(answer.status_code)
            if answer.status_code != 503:
                return answer
            time.sleep(0.1)


@pytest.fixture
def patient(world, served):
    """``patient("siti")`` -> her phone, on the real server."""

    def make(name: str) -> Patient:
        with write() as session:
            token = identity.open_session(session, world.person[name], None, datetime.now(UTC))
        client = Client(served)
        client.cookie = f"session={token}"
        return Patient(client)

    return make


def test_restore__under_load__no_fault_and_no_edit_lost(patient, work, backup, dawis, restore, verify, app):
    phones = [patient("siti"), patient("sri"), patient("budi")]
    for phone in phones:
        phone.sync()
    file, stop, faults = backup(), threading.Event(), []

    def send_on(phone):
        try:
            while not stop.is_set():
                work(phone, 1, "D002")
                phone.sync()
        except BaseException as error:  # noqa: BLE001 (told by the test)
            faults.append(error)

    threads = [threading.Thread(target=send_on, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    try:
        _until(lambda: all(phone.n >= ENOUGH for phone in phones) or faults)
        refused = dawis("restore", file)
        told = restore(file)
        reached = [phone.n for phone in phones]
        _until(lambda: all(phone.n >= n + 3 for phone, n in zip(phones, reached, strict=True)) or faults)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not faults, faults
    assert refused.exit_code == 1
    assert "Server sedang berjalan" in refused.output
    assert sum(one["edits"] for one in told["missing"]) >= ENOUGH
    for _ in range(3):
        for phone in phones:
            phone.sync()
    with snapshot() as session:
        stored = set(session.scalars(select(Edit.id)))
    for phone in phones:
        assert phone.held() <= stored
        assert phone.recoveries == 1
        assert phone.statuses <= {200, 409, 503}
        assert phone.records == {i: record for i, record in phones[2].records.items() if i in phone.records}
    ok, parts = verify()
    assert ok, parts


def _until(is_done) -> None:
    for _ in range(1200):
        if is_done():
            return
        time.sleep(0.05)
    raise AssertionError("the phones do not get on")
