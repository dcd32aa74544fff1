"""Decides who may work at once: one backup or restore at a time, and whether a server is running on this data folder.

Both are ``flock`` on files in the data folder, which end with the process that holds them, however it ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.problems import Problem

SERVING, WORKING = "server.lock", "backup.lock"
_held: list[int] = []


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Work that only one process does at a time; raises backup.busy."""
    with _file(folder / WORKING) as number:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Problem("backup.busy", place=str(folder)) from error
        yield


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
