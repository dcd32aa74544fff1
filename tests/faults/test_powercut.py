"""The power fails under the real application at random places: nothing is corrupt and nothing acknowledged is lost.

``DAWIS_POWER_CUTS`` says how often (300).
"""

import base64
import json
import os
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import event

import server.app
from models.database import db, engine_options
from models.territory import ServerState
from server.config import Config
from server.security import identity
from server.transaction import write
from tests.builders import DESA, build_world
from tests.contract.phone import Phone, new_id
from tests.databases import new_address
from tests.faults import apsw_driver
from tests.faults.powercut import SYNC, WRITE, Recorder, survivors
from tests.faults.said import say

CUTS = int(os.environ.get("DAWIS_POWER_CUTS", "300"))
PUSHES = 400
RESUMED, SENT_AGAIN = 10, 12
KEYS = {"master_key": base64.b64encode(b"m" * 32).decode(), "blind_key": base64.b64encode(b"b" * 32).decode()}


@dataclass
class Run:
    """What a run left: the tape, the files it began with, and every request in the order it was acknowledged."""

    tape: list[Any]
    first: dict[str, bytes]
    cookie: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def recorder():
    made = Recorder()
    yield made
    made.unregister()


@pytest.fixture
def run(recorder, tmp_path, clock, monkeypatch):
    """``run("FULL")`` -> the tape of pushes of a kader through the real application on the watched disk."""

    def make(synchronous: str | None = None) -> Run:
        folder = tmp_path / "disk"
        folder.mkdir()
        config = Config(data_dir=folder, database_url=new_address("sqlite", folder), **KEYS)
        plain = server.app.create_app(config, clock)
        with plain.app_context():
            with write() as session:
                session.add(ServerState(id=1, epoch="b1c2d3e4f5a60718", is_live=False, seeded="done"))
            world = build_world(plain, clock())
            with write() as session:
                cookie = identity.open_session(session, world.person["siti"], None, clock())
            db.session.connection().connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.session.remove()
            db.engine.dispose()
        found = Run(recorder.tape, {"dawis.db": (folder / "dawis.db").read_bytes()}, cookie)
        options = lambda url: {**engine_options(url), "module": apsw_driver}  # noqa: E731
        monkeypatch.setattr(server.app, "engine_options", options)
        app = server.app.create_app(config, clock)
        with app.app_context():
            if synchronous:
                event.listen(
                    db.engine, "connect", lambda plain, _: plain.cursor().execute(f"PRAGMA synchronous={synchronous}")
                )
            assert db.session.connection().exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            db.session.remove()
            _push_all(client_of(app, cookie), recorder, found, Random(7))
            db.session.remove()
        monkeypatch.undo()
        return found

    return make


def client_of(app, cookie):
    client = app.test_client()
    client.set_cookie("session", cookie)
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def _push_all(client, recorder, found, random):
    siti = Phone(client)
    doors: list[str] = []
    for _ in range(PUSHES):
        for _ in range(random.choice((1, 1, 2, 5))):
            if not doors or random.random() < 0.5:
                doors.append(new_id())
                siti.save(
                    siti.patch("household", doors[-1], dasawisma=f"{DESA}/D00{random.choice('12')}"),
                    siti.patch("family", family := new_id(), household=doors[-1]),
                    *[siti.patch("member", new_id(), household=doors[-1], family=family) for _ in range(3)],
                )
            else:
                siti.save(siti.patch("household", random.choice(doors), alamat="x" * random.randrange(400)))
        body = siti.body(siti.queue)
        answer = siti.post(body)
        assert answer.status_code == 200
        siti.apply(answer.json)
        found.bodies.append(body)
        recorder.mark(len(found.bodies))


@dataclass
class Damage:
    """What cuts did."""

    cuts: int = 0
    corrupt: int = 0
    lossy: int = 0
    worst: int = 0
    torn: int = 0


def judge(found: Run, cuts: int, folder, seed: int = 1, also=lambda _left, _done: None) -> Damage:
    """Cut the power at random places and look at what is left with the product's own SQLite."""
    random = Random(seed)
    places = sorted(random.randrange(1, len(found.tape) + 1) for _ in range(cuts))
    ids = [[edit["id"] for edit in body["edits"]] for body in found.bodies]
    damage = Damage()
    for place, files, marks in survivors(found.tape, found.first, places, seed):
        left = folder / f"cut{place}-{damage.cuts}"
        left.mkdir()
        for name, data in files.items():
            if not name.endswith("-shm"):
                (left / name).write_bytes(data)
        damage.cuts += 1
        done = marks[-1] if marks else 0
        connection = dbapi2.connect(str(left / "dawis.db"))
        try:
            sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            stored = {row[0] for row in connection.execute("SELECT id FROM edit")}
            through = dict(connection.execute("SELECT n, id FROM edit"))
            sound = sound and sorted(through) == list(range(1, len(through) + 1))
        except dbapi2.DatabaseError:
            sound, stored = False, set()
        finally:
            connection.close()
        lost = [one for body in ids[:done] for one in body if one not in stored]
        damage.corrupt += not sound
        damage.lossy += bool(lost)
        damage.worst = max(damage.worst, len(lost))
        damage.torn += done < len(ids) and any(one in stored for one in ids[done])
        also(left, done)
        for path in left.iterdir():
            path.unlink(missing_ok=True) if path.is_file() else None
    return damage


def test_power_cut__full__nothing_corrupt_nothing_acknowledged_lost(run, tmp_path, clock):
    found = run()
    kinds = [(done[0], done[1]) for done in found.tape]
    assert kinds.count((SYNC, "dawis.db-wal")) >= PUSHES
    assert kinds.count((SYNC, "dawis.db")) >= 2, "no checkpoint fell into the run"
    assert kinds.count((WRITE, "dawis.db")) > 100
    resumed = []

    def resume(left, done):
        if len(resumed) < RESUMED and done >= (len(resumed) + 1) * PUSHES // (RESUMED + 2):
            resumed.append(resume_on(found, left, done, clock))
            assert resumed[-1] == sum(len(body["edits"]) for body in found.bodies[: done + SENT_AGAIN])

    damage = judge(found, CUTS, tmp_path, also=resume)
    say(f"{damage}; {len(found.tape)} operations; {len(resumed)} resumed")
    assert (damage.cuts, damage.corrupt, damage.lossy) == (CUTS, 0, 0)
    assert len(resumed) == RESUMED


def resume_on(found: Run, left, done: int, clock) -> int:
    """The server starts again on what is left and the phone sends again from the last acknowledged push on."""
    app = server.app.create_app(Config(data_dir=left, database_url=f"sqlite:///{left / 'dawis.db'}", **KEYS), clock)
    with app.app_context():
        client = client_of(app, found.cookie)
        for number, body in enumerate(found.bodies[max(0, done - 1) : done + SENT_AGAIN], max(1, done)):
            data = json.dumps({**body, "cursor": None})
            answer = client.post("/api/sync", data=data, content_type="application/json")
            assert answer.status_code == 200, answer.text
            for verdict in answer.json["verdicts"]:
                assert (verdict.get("was") or verdict)["verdict"] in {"applied", "merged"}
                assert number > done or verdict["verdict"] == "repeated"
        db.session.remove()
        assert db.session.connection().exec_driver_sql("SELECT count(*) - count(DISTINCT id) FROM edit").scalar() == 0
        number = db.session.connection().exec_driver_sql("SELECT count(*) FROM edit").scalar()
        db.session.remove()
        db.engine.dispose()
    return number


def test_power_cut__normal__loses_what_was_acknowledged(run, tmp_path):
    damage = judge(run("NORMAL"), 60, tmp_path)
    say(damage)
    assert damage.lossy > 20
