"""What a server costs, read from /proc: processor time and memory of process trees, bytes of a folder."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")


class Process(NamedTuple):
    """One line of /proc: parent, processor ticks with those of ended children, and resident bytes."""

    parent: int
    ticks: int
    resident: int


def process(pid: int) -> Process | None:
    """What /proc says of a process now; None where it has ended."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    parts = text[text.rindex(")") + 2 :].split()
    return Process(int(parts[1]), sum(int(part) for part in parts[11:15]), int(parts[21]) * PAGE)


def tree(roots: Iterable[int]) -> dict[int, Process]:
    """These processes and everything below them."""
    known = {
        int(path.name): found for path in PROC.iterdir() if path.name.isdigit() and (found := process(int(path.name)))
    }
    children: dict[int, list[int]] = {}
    for pid, found in known.items():
        children.setdefault(found.parent, []).append(pid)
    waiting, below = list(roots), {}
    while waiting:
        pid = waiting.pop()
        if pid in known and pid not in below:
            below[pid] = known[pid]
            waiting += children.get(pid, [])
    return below


def processor_seconds(roots: Iterable[int]) -> float:
    """Seconds of user and system time so far, ended children included."""
    return sum(found.ticks for found in tree(roots).values()) / TICK


def resident_bytes(roots: Iterable[int]) -> int:
    """Memory held now; pages shared by forked workers count for each of them."""
    return sum(found.resident for found in tree(roots).values())


def proportional_bytes(roots: Iterable[int]) -> int:
    """Memory held now; a page shared by n processes counts 1/n for each."""
    total = 0
    for pid in tree(roots):
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def folder_bytes(folder: Path) -> int:
    """Size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
