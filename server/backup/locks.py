"""Decides whether a server is running on this data folder.

A ``flock`` on a file in the data folder says so; it ends with the process that holds it, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.problems import Problem

SERVING = "server.lock"
JOB = "backup"
"""One backup or restore at a time (``server/locks.py``)."""
_held: list[int] = []


@contextmanager
def no_server(folder: Path) -> Iterator[bool]:
    """Whether no server runs here; if none does, one that starts meanwhile waits until the block ends."""
    with _file(folder / SERVING) as number:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def say_serving(folder: Path) -> None:
    """Hold the server's lock until this process and all its workers have ended; waits for a restore to end."""
    number = os.open(folder / SERVING, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(number, fcntl.LOCK_SH)
    _held.append(number)


@contextmanager
def _file(path: Path) -> Iterator[int]:
    try:
        number = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise Problem("backup.denied", place=str(path)) from error
    try:
        yield number
    finally:
        os.close(number)
