"""The only place that commits.

``write()`` is one write transaction: on SQLite behind a machine-wide gate (an in-process lock and ``flock`` beside the
database), because SQLite's own lock queue sleeps and is not fair; on PostgreSQL an ordinary transaction.
``snapshot()`` is one read transaction that sees a single moment.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

from models.database import db
from models.problems import Problem

WAIT_SECONDS = 20.0
_turn = threading.Lock()
_holding = threading.local()


@contextmanager
def write() -> Iterator[Session]:
    """A session whose work is committed when the block ends well, and rolled back otherwise."""
    with _gate(current_app.config["DAWIS"].gate_path):
        connection = db.engine.connect().execution_options(dawis_write=True)
        if db.engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="READ COMMITTED")
        with connection, connection.begin(), Session(connection, expire_on_commit=False) as session:
            yield session
            session.flush()


@contextmanager
def snapshot() -> Iterator[Session]:
    """A read session on one snapshot (REPEATABLE READ); never commits anything."""
    with db.engine.connect() as connection, connection.begin() as transaction, Session(connection) as session:
        yield session
        transaction.rollback()


@contextmanager
def _gate(path: Path | None) -> Iterator[None]:
    if path is None:
        yield
        return
    if getattr(_holding, "gate", False):
        raise RuntimeError("a write transaction inside a write transaction")
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise Problem("server.busy")
    try:
        _holding.gate = True
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    finally:
        _holding.gate = False
        _turn.release()
