"""Decides where a copy is made before anybody sees it: an SQLite file, or a schema beside ours on PostgreSQL.

An SQLite copy is written without a journal: until it is finished nobody needs it, and a crash throws it away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.pool import NullPool, StaticPool

from models.database import db, engine_options, prepare

TAILS = ("", "-journal", "-wal", "-shm")
NEW, OLD = "dawis_new_", "dawis_before_"


def remove(path: Path) -> None:
    """Remove an SQLite database with all that stands beside it."""
    for tail in TAILS:
        path.with_name(path.name + tail).unlink(missing_ok=True)


@contextmanager
def sqlite_engine(path: Path) -> Iterator[Engine]:
    """An engine on a new SQLite file, quick and without any promise until it is closed."""
    remove(path)
    url = f"sqlite:///{path}"
    engine = create_engine(url, **engine_options(url), poolclass=StaticPool)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    path.touch(mode=0o600)
    try:
        yield engine
    finally:
        engine.dispose()


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-64000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def schema_engine(name: str) -> Iterator[Engine]:
    """An engine on a new PostgreSQL schema of that name."""
    with db.engine.begin() as connection:
        connection.execute(text(f'CREATE SCHEMA "{name}"'))
    with engine_on(name) as engine:
        yield engine


@contextmanager
def engine_on(schema: str) -> Iterator[Engine]:
    """An engine that sees one PostgreSQL schema as its own."""
    options = engine_options("postgresql") | {"connect_args": {"options": f"-c search_path={schema}"}}
    for sized in ("pool_size", "max_overflow"):
        options.pop(sized)
    engine = create_engine(db.engine.url, **options, poolclass=NullPool)
    prepare(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def drop_leftovers() -> None:
    """Remove schemas that an interrupted restore left half-made."""
    query = text("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, :head)")
    with db.engine.begin() as connection:
        for name in connection.scalars(query, {"head": NEW}).all():
            connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
