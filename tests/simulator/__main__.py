"""The simulator by hand: one seed told in full, many seeds in slices, or the hunt for planted bugs.

python -m tests.simulator --seed 4711                      one history; where it fails, shrunk and told
python -m tests.simulator --seed 3 --mutant poison         the same with a bug planted
python -m tests.simulator --seeds 0:5000 --jobs 2          many, resumable by --state
python -m tests.simulator --mutant all --streams 5         the hunt
python -m tests.simulator --write docs/soak.md             the page of what --state holds
"""

import argparse
import logging
import sys
from contextlib import nullcontext
from pathlib import Path

from tests.simulator.mutants.catalogue import CATALOGUE
from tests.simulator.mutants.gate import warm
from tests.simulator.mutants.plant import planted
from tests.simulator.result import page
from tests.simulator.run import run
from tests.simulator.shrink import shrink
from tests.simulator.soak import State, cores, found_after, hunts, soak
from tests.simulator.story import tell


def main(given: list[str]) -> int:
    """Do what was asked; 1 where something was broken or a planted bug survived."""
    asked = _parser().parse_args(given)
    logging.disable()
    if asked.seed is not None:
        return _one(asked)
    failed = 0
    path = Path(asked.state)
    if asked.seeds:
        first, _, last = asked.seeds.partition(":")
        state = soak(path, asked.database, range(int(first), int(last)), asked.jobs, asked.minutes)
        failed |= bool(_say_histories(state, asked.database))
    if asked.mutant:
        names = list(CATALOGUE) if asked.mutant == "all" else [asked.mutant]
        state = hunts(path, names, range(asked.streams), asked.database, jobs=asked.jobs, minutes=asked.minutes)
        failed |= bool(_say_hunts(state, names))
    if asked.write:
        state = State.load(path)
        Path(asked.write).write_text(page(state), "utf-8")
        failed |= bool(state.violations)
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.simulator", description=__doc__)
    parser.add_argument("--seed", type=int, help="one history, told")
    parser.add_argument("--seeds", help="FIRST:LAST")
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    parser.add_argument("--jobs", type=int, default=cores())
    parser.add_argument("--minutes", type=float, default=10_000, help="begin no new slice after this long")
    parser.add_argument("--mutant", choices=["all", *CATALOGUE], help="plant this bug, or hunt it")
    parser.add_argument("--streams", type=int, default=1)
    parser.add_argument("--state", default="var/soak.json", help="what was done, to go on from")
    parser.add_argument("--write", help="the page to write")
    return parser


def _one(asked: argparse.Namespace) -> int:
    warm(asked.database)
    with planted(CATALOGUE[asked.mutant]) if asked.mutant else nullcontext():
        report = run(asked.seed, kind=asked.database)
        faults = ", ".join(f"{name} {count}" for name, count in sorted(report.faults.items()))
        print(f"{report.options}\n{report.syncs} syncs, {report.edits} edits; {faults}")  # noqa: T201
        print("\n".join(report.violations) or "nothing broken")  # noqa: T201
        if report.violations:
            print(tell(shrink(asked.seed, kind=asked.database)))  # noqa: T201
    return int(bool(report.violations))


def _say_histories(state: State, kind: str) -> int:
    counts = state.counts.get(kind, {})
    print(f"{counts.get('histories', 0)} histories on {kind}, {counts.get('failing', 0)} failing")  # noqa: T201
    for one in state.violations:
        print(f"seed {one['seed']} ({one['database']}, {one['commit']}): {one['violation'][:300]}")  # noqa: T201
    return counts.get("failing", 0)


def _say_hunts(state: State, names: list[str]) -> int:
    survivors = 0
    for name in names:
        for one in found_after(state, name):
            survivors += one.seed is None
            told = f"found after {one.histories} (seed {one.seed}): {one.violation}" if one.violation else "SURVIVED"
            print(f"{name} stream {one.stream}: {told[:200]}")  # noqa: T201
    return survivors


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
