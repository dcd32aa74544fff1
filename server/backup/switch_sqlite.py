"""Puts a finished copy in the place of the present SQLite database.

A database that can be opened is overwritten by SQLite itself, page by page in one transaction of its journal, behind
the gate: whoever has it open sees the old one or the new one, a power cut leaves the old one or the new one, and what
was there before has been copied aside.  Only one that cannot be opened, with no server running, is moved aside by name.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2
from sqlalchemy.exc import OperationalError

from models.problems import Problem
from server.backup.files import storage, sync_folder
from server.backup.scratch import TAILS

Mark = Callable[[str], None]
FULL, DENIED = ("full", "disk I/O"), "readonly"


@contextmanager
def closed(gate: Path) -> Iterator[None]:
    """Keep every writer of this machine out; the one under way is waited for."""
    with storage(gate.parent), gate.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_readable(path: Path) -> bool:
    """Whether SQLite can open the database and read its first page."""
    try:
        with closing(_open(path)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except dbapi2.DatabaseError:
        return False
    return True


def copy_aside(path: Path, aside: Path) -> None:
    """Copy a readable database, to the disk, under another name."""
    with words(aside):
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with closing(_open(path)) as source, closing(_open(aside)) as target:
                source.backup(target)
            _to_disk(aside)
        except BaseException:
            aside.unlink()
            raise


def overwrite(path: Path, new: Path) -> None:
    """Write a finished copy over the present database, in one transaction."""
    with words(path), closing(_open(new)) as source, closing(_open(path)) as target:
        target.execute("PRAGMA journal_mode=WAL")
        target.execute("PRAGMA synchronous=FULL")
        source.backup(target)
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def replace(path: Path, new: Path, aside: Path, mark: Mark) -> None:
    """Move an unreadable database aside with all that belongs to it, and the finished copy into its place.

    Links first: what is set aside is whole before anything is taken from its old name.
    """
    _to_disk(new)
    for tail in TAILS:
        if (old := _beside(path, tail)).exists():
            os.link(old, _beside(aside, tail))
    sync_folder(path.parent)
    mark("aside")
    for tail in TAILS[1:]:
        _beside(path, tail).unlink(missing_ok=True)
    sync_folder(path.parent)
    mark("cleared")
    new.replace(path)
    sync_folder(path.parent)


def _beside(path: Path, tail: str) -> Path:
    return path.with_name(path.name + tail)


def _open(path: Path) -> Any:
    return dbapi2.connect(str(path), timeout=30, isolation_level=None)


def _to_disk(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
    sync_folder(path.parent)


@contextmanager
def words(place: Path) -> Iterator[None]:
    """Turn what SQLite says of a disk into words."""
    try:
        with storage(place):
            yield
    except (dbapi2.OperationalError, OperationalError) as error:
        said = str(getattr(error, "orig", error))
        if any(word in said for word in FULL):
            raise Problem("backup.full", place=str(place)) from error
        if DENIED in said:
            raise Problem("backup.denied", place=str(place)) from error
        raise Problem("restore.locked", reason=said) from error
