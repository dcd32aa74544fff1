"""A disk whose power can fail: what was synced stays; of everything since, a random part, in torn sectors.

``Recorder`` is an SQLite virtual file system that works on real files and writes down every write, truncation, deletion
and sync in order; the test adds marks (what was acknowledged).  ``survivors`` then plays that tape up to any place and
gives the files as a cut at that place would leave them.  One run thus serves any number of cuts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import apsw

VFS = "powercut"
SECTOR = 512
WRITE, TRUNCATE, DELETE, SYNC, MARK = "write", "truncate", "delete", "sync", "mark"


class Recorder(apsw.VFS):
    """The usual file system, written down."""

    def __init__(self) -> None:
        self.tape: list[tuple[Any, ...]] = []
        super().__init__(VFS, "")

    def xOpen(self, name, flags):  # noqa: N802 (apsw's names)
        return _File(self.tape, name, flags)

    def xDelete(self, path, is_durable):  # noqa: N802
        self.tape.append((DELETE, Path(path).name))
        super().xDelete(path, is_durable)

    def mark(self, what: Any) -> None:
        """Write something of the test's own on the tape."""
        self.tape.append((MARK, what))


class _File(apsw.VFSFile):
    def __init__(self, tape, name, flags) -> None:
        self.tape = tape
        self.name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "temporary").name
        super().__init__("", name, flags)

    def xWrite(self, data, offset):  # noqa: N802
        self.tape.append((WRITE, self.name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size):  # noqa: N802
        self.tape.append((TRUNCATE, self.name, size))
        super().xTruncate(size)

    def xSync(self, flags):  # noqa: N802
        super().xSync(flags)
        self.tape.append((SYNC, self.name))


@dataclass
class _Disk:
    """One file: its bytes that are safe, and what was done to it since."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[tuple[Any, ...]] = field(default_factory=list)

    def sync(self) -> None:
        for done in self.since:
            _apply(self.safe, done)
        self.since.clear()

    def cut(self, random: Random) -> bytes | None:
        """The bytes after a power cut; None where the file is gone."""
        left, share = bytearray(self.safe), random.random()
        is_there = True
        for done in self.since:
            if done[0] == WRITE:
                for part in _sectors(done):
                    if random.random() < share:
                        _apply(left, part)
                        is_there = True
            elif random.random() < share:
                _apply(left, done)
                is_there = done[0] != DELETE
        return bytes(left) if is_there else None


def _apply(data: bytearray, done: tuple[Any, ...]) -> None:
    if done[0] == WRITE:
        end = done[2] + len(done[3])
        data.extend(b"\0" * (end - len(data)))
        data[done[2] : end] = done[3]
    elif done[0] == TRUNCATE:
        del data[done[2] :]
        data.extend(b"\0" * (done[2] - len(data)))
    else:
        data.clear()


def _sectors(done: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    _, name, offset, data = done
    start = 0
    while start < len(data):
        end = min(len(data), (offset + start) // SECTOR * SECTOR + SECTOR - offset)
        yield WRITE, name, offset + start, data[start:end]
        start = end


def survivors(
    tape: list[tuple[Any, ...]], first: dict[str, bytes], places: Iterable[int], seed: int
) -> Iterator[tuple[int, dict[str, bytes], list[Any]]]:
    """For each place on the tape, in order: the files that a cut there leaves, and the marks before it.

    ``first`` are the files as they stood, synced, when the tape began.
    """
    disks = {name: _Disk(bytearray(data)) for name, data in first.items()}
    marks: list[Any] = []
    at = 0
    for place in sorted(places):
        for done in tape[at:place]:
            if done[0] == MARK:
                marks.append(done[1])
            elif done[0] == SYNC:
                disks.setdefault(done[1], _Disk()).sync()
            else:
                disks.setdefault(done[1], _Disk()).since.append(done)
        at = place
        random = Random(f"{seed} {place}")
        left = {name: data for name, disk in disks.items() if (data := disk.cut(random)) is not None}
        yield place, left, list(marks)
