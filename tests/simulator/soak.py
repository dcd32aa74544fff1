"""Decides how many histories are run over hours: in slices, written down after each, so that it can stop anywhere.

The state is one JSON file: which seeds are done, on which commit, what fired and what broke.  Nothing in it is
estimated; what was not run is not in it.
"""

import json
import logging
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.simulator.mutants.gate import MOST, Hunt, hunt
from tests.simulator.run import run

SLICE = 50
LONGEST_LIST = 100


@dataclass
class State:
    """What was really done."""

    began: str = ""
    ended: str = ""
    seconds: float = 0.0
    done: dict[str, list[list[int]]] = field(default_factory=dict)
    commits: dict[str, int] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    faults: dict[str, dict[str, int]] = field(default_factory=dict)
    violations: list[dict[str, Any]] = field(default_factory=list)
    hunts: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> "State":
        """What an earlier run left, or nothing."""
        return cls(**json.loads(path.read_text("utf-8"))) if path.exists() else cls()

    def save(self, path: Path) -> None:
        """Write it whole or not at all."""
        self.ended = now()
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(self), indent=1), "utf-8")
        beside.replace(path)

    def missing(self, kind: str, seeds: range) -> Iterator[range]:
        """The slices of these seeds that are not done."""
        done = {tuple(one) for one in self.done.get(kind, [])}
        for start in range(seeds.start, seeds.stop, SLICE):
            part = range(start, min(start + SLICE, seeds.stop))
            if (part.start, part.stop) not in done:
                yield part

    def add(self, kind: str, part: range, found: dict[str, Any], commit: str) -> None:
        """Write down a slice."""
        self.done.setdefault(kind, []).append([part.start, part.stop])
        self.commits[commit] = self.commits.get(commit, 0) + len(part)
        for name, into in (("counts", self.counts), ("faults", self.faults)):
            into[kind] = dict(Counter(into.get(kind, {})) + Counter(found[name]))
        broken = [one | {"database": kind, "commit": commit} for one in found["violations"]]
        self.violations = [*self.violations, *broken][:LONGEST_LIST]


def now() -> str:
    """The minute, for people."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def commit_name() -> str:
    """The commit under test; marked where the files differ from it."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    name = subprocess.run(command, capture_output=True, text=True, check=False)
    return name.stdout.strip() or "unknown"


def slice_of(kind: str, part: range) -> dict[str, Any]:
    """Run these seeds in this process."""
    logging.disable()
    counts: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    violations = []
    for seed in part:
        report = run(seed, kind=kind)
        counts += Counter(
            {"histories": 1, "syncs": report.syncs, "edits": report.edits, "failing": bool(report.violations)}
        )
        counts += Counter({f"checked {name}": count for name, count in report.checks.items()})
        faults += report.faults
        violations += [{"seed": seed, "violation": one} for one in report.violations[:1]]
    return {"counts": dict(counts), "faults": dict(faults), "violations": violations}


def hunt_of(name: str, stream: int, kind: str) -> dict[str, Any]:
    """Hunt one mutant in this process."""
    logging.disable()
    return asdict(hunt(name, stream, MOST, kind)) | {"database": kind}


Work = tuple[Callable[..., dict[str, Any]], tuple[Any, ...], Callable[[dict[str, Any]], None]]


def work_off(work: Iterator[Work], jobs: int, until: float, saved: Callable[[], None]) -> None:
    """Run work in ``jobs`` processes until it is done or the time is over; each result is written down at once."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        running: dict[Future[dict[str, Any]], Callable[[dict[str, Any]], None]] = {}
        while True:
            while len(running) < jobs and time.monotonic() < until and (item := next(work, None)):
                function, given, take = item
                running[pool.submit(function, *given)] = take
            if not running:
                return
            for one in wait(running, return_when=FIRST_COMPLETED).done:
                running.pop(one)(one.result())
                saved()


def soak(path: Path, kind: str, seeds: range, jobs: int, minutes: float) -> State:
    """Run the histories of ``seeds`` that are not done yet."""
    state, commit = State.load(path), commit_name()
    work = (
        (slice_of, (kind, part), lambda found, part=part: state.add(kind, part, found, commit))
        for part in list(state.missing(kind, seeds))
    )
    return _timed(state, path, work, jobs, minutes)


def hunts(path: Path, names: list[str], streams: range, kind: str, *, jobs: int, minutes: float) -> State:
    """Hunt each mutant in each stream of seeds, where that is not done yet."""
    state = State.load(path)
    known = {(one["mutant"], one["stream"], one["database"]) for one in state.hunts}
    wanted = [(name, stream, kind) for stream in streams for name in names if (name, stream, kind) not in known]
    return _timed(state, path, ((hunt_of, one, state.hunts.append) for one in wanted), jobs, minutes)


def _timed(state: State, path: Path, work: Iterator[Work], jobs: int, minutes: float) -> State:
    state.began = state.began or now()
    before, begun = state.seconds, time.monotonic()

    def saved() -> None:
        state.seconds = before + time.monotonic() - begun
        state.save(path)

    work_off(iter(work), jobs, begun + minutes * 60, saved)
    saved()
    return state


def found_after(state: State, name: str) -> list[Hunt]:
    """The hunts of one mutant."""
    names = {"mutant", "stream", "histories", "seed", "violation"}
    return [Hunt(**{key: one[key] for key in names}) for one in state.hunts if one["mutant"] == name]


def cores() -> int:
    """How many processes are worth it."""
    return os.cpu_count() or 1
