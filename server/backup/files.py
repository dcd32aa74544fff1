"""Decides how backup files are named, come into being whole, and are thinned out.

``dawis-20261125T031500123Z.backup``: names sort by time.  A file is written under another name, brought to the
disk, and only then gets its own; a half one is never seen and is swept away by the next backup.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from models.problems import Problem

NAME = re.compile(r"dawis-(\d{8}T\d{9})Z\.backup\Z")
PARTIAL = ".partial"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENOENT, errno.EEXIST)


def stamp(moment: datetime) -> str:
    """A moment as part of a name, to the millisecond."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y%m%dT%H%M%S}{utc.microsecond // 1000:03d}"


def made_at(path: Path) -> datetime | None:
    """When a backup was made, by its name; None for any other file."""
    found = NAME.match(path.name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC) if found else None


@contextmanager
def storage(place: Path) -> Iterator[None]:
    """Turn what a disk refuses into words."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise Problem("backup.full", place=str(place)) from error
        if error.errno in DENIED:
            raise Problem("backup.denied", place=str(place)) from error
        raise


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is there when the block ends well, and not at all otherwise."""
    draft = path.with_name(path.name + PARTIAL)
    with storage(path.parent):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in path.parent.glob(f"dawis-*{PARTIAL}"):
            old.unlink()
        try:
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
            sync_folder(path.parent)
        finally:
            draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Bring names in a folder to the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def thin_out(folder: Path, days: int, now: datetime, newest: Path) -> list[Path]:
    """Remove our backups that are older than that; the newest stays whatever its age."""
    limit, gone = now - timedelta(days=days), []
    for path in sorted(folder.iterdir()):
        moment = made_at(path)
        if moment is not None and moment < limit and path != newest:
            path.unlink()
            gone.append(path)
    return gone
