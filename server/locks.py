"""Decides how work outside a push meets locks: again with more desa locked, and one long job of a kind at a time."""

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import current_app
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.database import db
from models.problems import Problem
from server.transaction import write
from sync.batch import LockAgainError

Result = TypeVar("Result")


def with_locks(work: Callable[[Session, frozenset[int]], Result]) -> Result:
    """Do this in a write transaction, again where it turns out that more desa must be locked."""
    lock: frozenset[int] = frozenset()
    while True:
        try:
            with write() as session:
                return work(session, lock)
        except LockAgainError as more:
            if more.desa <= lock:
                raise
            lock = more.desa


@contextmanager
def alone(job: str) -> Iterator[None]:
    """Hold the only place of a job that takes many transactions; raises job.running where another process has it.

    The place is free again when its holder dies: ``flock`` beside an SQLite database, an advisory lock on PostgreSQL.
    """
    gate = current_app.config["DAWIS"].gate_path
    if gate is None:
        with _advisory(job):
            yield
        return
    with gate.with_name(f"{gate.name}.{job}").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Problem("job.running") from error
        yield


@contextmanager
def _advisory(job: str) -> Iterator[None]:
    key = int.from_bytes(hashlib.sha256(job.encode()).digest()[:8], "big", signed=True)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
            raise Problem("job.running")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
