"""One trial: a fresh copy of a prepared database, work on it in a process of its own, and the state it leaves.

``Stage`` holds the prepared database.  Everything that opens the copy runs in a forked child, so that a child that dies
takes nothing of the test with it.
"""

import hashlib
import os
import pickle
import random
import re
import shutil
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, func, make_url, select

from models.aggregates.recount import differences
from models.database import Base, db, engine_options
from models.form.definition import load
from models.register import Door
from models.sealing import Keyring
from server.app import create_app
from server.config import Config
from server.counting import read
from server.register.ids import uuid7_maker
from server.security import identity
from server.transaction import snapshot, write
from tests import databases
from tests.builders import DESA, NEIGHBOUR
from tests.contract.phone import Phone
from tests.faults.points import CRASHED

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OFFICE = {"budi": DESA, "joko": NEIGHBOUR}


@dataclass
class Stage:
    """A prepared database of one kind, the clock, and people's cookies by name."""

    app: Flask
    folder: Path
    clock: Any
    cookies: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    @property
    def config(self) -> Config:
        return self.app.config["DAWIS"]

    def let_in(self, name: str, person: int, device: str | None = None) -> Phone:
        """A phone of a person whose session is part of the prepared database."""
        with write() as session:
            self.cookies[name] = identity.open_session(session, person, device, self.clock())
        return Phone(self.client(self.app, name))

    def client(self, app: Flask, name: str) -> Any:
        client = app.test_client()
        client.set_cookie("session", self.cookies[name])
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return client

    def phone(self, app: Flask, name: str, phone: Phone) -> Phone:
        """The same phone, as it was before the trial, on another application."""
        phone.client, client = None, phone.client
        copy = deepcopy(phone)
        phone.client, copy.client = client, self.client(app, name)
        return copy

    def seal(self) -> None:
        """Nothing is written into the prepared database from here on."""
        db.session.remove()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()

    def copy(self) -> str:
        """The address of a fresh copy."""
        name = f"trial{len(self.made)}"
        if self.config.gate_path:
            (self.folder / name).mkdir()
            shutil.copy(make_url(self.config.database_url).database, self.folder / name / "dawis.db")
            url = f"sqlite:///{self.folder / name / 'dawis.db'}"
        else:
            url = databases._copy_of(make_url(self.config.database_url).database)
        self.made.append(url)
        return url

    def forget(self, url: str) -> None:
        databases.drop(url)
        if url.startswith("sqlite"):
            shutil.rmtree(Path(url.removeprefix("sqlite:///")).parent)

    @contextmanager
    def open(self, url: str) -> Iterator[Flask]:
        """An application on a copy, with the keys of the prepared database."""
        given = self.config
        app = create_app(
            Config(self.folder, url, master_key=given.master_key, blind_key=given.blind_key), clock=self.clock
        )
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def make_random_repeatable() -> None:
    """In a forked child: the same work leaves the very same bytes, salts and nonces included."""
    same = random.Random(0).randbytes
    os.urandom = random._urandom = same
    Keyring.__init__.__defaults__ = (same,)
    uuid7_maker.__defaults__ = (same,)


def fingerprint(url: str) -> str:
    """A hash over every row that is committed."""
    engine = create_engine(url, **engine_options(url))
    found = hashlib.sha256()
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = sorted(repr(tuple(row)) for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}"'))
            found.update(repr((table.name, rows)).encode())
    engine.dispose()
    return found.hexdigest()


def in_child(work: Callable[[], Any]) -> tuple[int, Any]:
    """Run this in a forked process; its exit code, and what it gave back where it came to its end."""
    into, out = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(into)
        code = 1
        try:
            found = work()
            code = 0
        except BaseException:  # noqa: BLE001 (whatever it is, a forked test must not go on)
            found = traceback.format_exc()
        finally:
            with os.fdopen(out, "wb") as pipe:
                pickle.dump(found, pipe)
            os._exit(code)
    os.close(out)
    with os.fdopen(into, "rb") as pipe:
        said = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    found = pickle.loads(said) if said else None
    assert code in {0, CRASHED}, f"the child ended with {code}\n{found}"
    return code, found


def state_of(stage: Stage, app: Flask, apart: tuple[str, ...] = ()) -> dict[str, Any]:
    """Everything that can be seen of a database but what is set apart; random names replaced by their place."""
    read.bring_up_to_date()
    with snapshot() as session:
        for (desa,) in session.execute(select(Door.desa).distinct()):
            found = list(differences(session, read.keyring(), load(), desa, read.today()))
            assert found == [], found
    seen: dict[str, Any] = {}
    for name, desa in OFFICE.items():
        office = Phone(stage.client(app, name))
        office.sync()
        records = sorted(office.records.values(), key=lambda one: one["version"])
        assert len({one["version"] for one in records}) == len(records)
        seen[f"records {desa}"] = records
        seen[f"history {desa}"] = [office.client.get(f"/api/records/{one['id']}/history").json for one in records]
        seen[f"conflicts {desa}"] = sorted(
            office.client.get(f"/api/conflicts?area={desa}").json, key=lambda one: (one["record"], one["field"])
        )
    names: dict[str, str] = {}
    for record in (one for desa in OFFICE.values() for one in seen[f"records {desa}"]):
        names.setdefault(record["id"], f"record {len(names)}")
    with snapshot() as session:
        for table in Base.metadata.sorted_tables:
            seen[f"rows of {table.name}"] = session.scalar(select(func.count()).select_from(table))
    return plain(seen, names, apart)


def plain(value: Any, names: dict[str, str], apart: tuple[str, ...]) -> Any:
    """The value with random ids replaced: records by their place, everything else by a word."""
    if isinstance(value, dict):
        return {key: plain(one, names, apart) for key, one in value.items() if key not in apart}
    if isinstance(value, list):
        return [plain(one, names, apart) for one in value]
    if isinstance(value, str):
        return UUID.sub(lambda found: names.get(found[0], "a random id"), value)
    return value
