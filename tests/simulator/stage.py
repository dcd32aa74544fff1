"""Makes the world every history starts from, once a process: areas, people with sessions, and a few doors.

The database is an SQLite file in memory-backed storage, or one in our own PostgreSQL; a history begins with a copy.
"""

import atexit
import base64
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from sqlalchemy import make_url

from models.database import db
from models.territory import ServerState, area_by_code
from server.app import create_app
from server.config import Config
from server.invitations import grant
from server.security import identity
from server.transaction import write
from tests import databases
from tests.builders import DESA, NEIGHBOUR, World, build_world
from tests.simulator.clock import Clock

EPOCH = "b1c2d3e4f5a60718"
PLACES = [f"{desa}/D00{number}" for desa in (DESA, NEIGHBOUR) for number in (1, 2, 3)]
KADER = {
    "siti": [f"{DESA}/D001", f"{DESA}/D002"],
    "sri": [f"{DESA}/D002", f"{DESA}/D003"],
    "tutik": [f"{NEIGHBOUR}/D001", f"{DESA}/D001"],
}
OFFICE = {"budi": DESA, "joko": NEIGHBOUR}
PEOPLE = (*KADER, *OFFICE)
MEMORY = Path("/dev/shm")


@dataclass
class Stage:
    """One process's application and the database histories start from."""

    kind: str
    app: Any
    clock: Clock
    folder: Path
    world: World
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The SQLite file in use."""
        return self.folder / "dawis.db"

    @property
    def name(self) -> str:
        """The PostgreSQL database in use."""
        return str(make_url(self.app.config["SQLALCHEMY_DATABASE_URI"]).database)

    def keep(self, name: str) -> None:
        """Copy the whole database aside."""
        self.close()
        if self.kind == "sqlite":
            shutil.copyfile(self.file, self.folder / name)
        else:
            databases.copy_database(self.name, f"{self.name}_{name}")

    def put_back(self, name: str) -> None:
        """Let a kept copy be the database again."""
        self.close()
        if self.kind == "sqlite":
            shutil.copyfile(self.folder / name, self.file)
        else:
            databases.copy_database(f"{self.name}_{name}", self.name)

    def close(self) -> None:
        """End every connection, as the end of the server's process does; what SQLite had beside its file is in it."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        assert not Path(f"{self.file}-wal").exists(), "a connection is still open"


@cache
def stage(kind: str) -> Stage:
    """The stage of this process."""
    folder = Path(mkdtemp(prefix="dawis-sim-", dir=MEMORY if MEMORY.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    clock = Clock()
    config = Config(
        data_dir=folder,
        database_url=databases.new_address(kind, folder),
        master_key=base64.b64encode(b"m" * 32).decode(),
        blind_key=base64.b64encode(b"b" * 32).decode(),
    )
    app = create_app(config, clock)
    with app.app_context():
        with write() as session:
            session.add(ServerState(id=1, epoch=EPOCH, is_live=False, seeded="done"))
        world = build_world(app, clock())
        made = Stage(kind, app, clock, folder, world)
        _give_roles(made)
    made.keep("template")
    return made


def _give_roles(made: Stage) -> None:
    from models.account import Person

    with write() as session:
        for name, codes in KADER.items():
            for code in codes:
                area = area_by_code(session, code)
                assert area is not None
                grant(session, session.get_one(Person, made.world.person[name]), "kader", area, made.clock())
        for name in PEOPLE:
            made.tokens[name] = identity.open_session(session, made.world.person[name], None, made.clock())
