"""18,000 evening syncs of one hour, replayed as fast as they go: ``python -m bench.evening``.

Of ten syncs, six bring one to three visited doors (a visit, two answers of the household, one of a person), one brings
a new door, three bring nothing; each carries the cursor of its phone and fetches what is new.  Nobody may meet an
error, every save must be applied, and the slowest sync says whether anybody starved.
"""

import argparse
import sys
from dataclasses import asdict
from random import Random
from typing import Any

from bench import scratch
from bench.client import Connection
from bench.crowd import Copier, Crowd, Kader
from bench.edits import Editor
from bench.first_sync import KADER
from bench.peers.dawis import door_patches
from bench.phase import Job, run
from bench.wire import visited
from bench.workload import make

SYNCS, CONNECTIONS, HOUR = 18_000, 64, 3600
EDITING, ADDING = 6, 7


class Evening:
    """Draws what each sync brings."""

    def __init__(self, crowd: Crowd, seed: int = 17) -> None:
        self.crowd, self.random = crowd, Random(seed)  # noqa: S311 (invented work, not secrets)
        self.editor, self.copier = Editor.of_seed(seed), Copier(make(seed=5, dasawisma=4), seed)

    def jobs(self, syncs: int) -> list[Job]:
        """Rounds of everybody in a new order."""
        order: list[Kader] = []
        while len(order) < syncs:
            order += self.random.sample(self.crowd.kader, len(self.crowd.kader))
        return [self._job(one, self.random.randrange(10), self.random.randint(1, 3)) for one in order[:syncs]]

    def _job(self, one: Kader, kind: int, count: int) -> Job:
        def job(connection: Connection) -> None:
            with one.turn:
                self.crowd.sync(one, connection, self._saves(one, kind, count))

        return job

    def _saves(self, one: Kader, kind: int, count: int) -> list[list[dict[str, Any]]]:
        if kind < EDITING:
            doors = self.random.sample(self.crowd.doors[one.dasawisma], count)
            return [visited(self.editor, one.documents, door) for door in doors]
        return [door_patches(self.copier.door(one.dasawisma))] if kind < ADDING else []


def measure(crowd: Crowd, syncs: int = SYNCS) -> dict[str, Any]:
    """Seconds for all, and what a sync took."""
    figures, _ = run(crowd, Evening(crowd).jobs(syncs), CONNECTIONS, len, packed=False)
    told = asdict(figures)
    kept = ("seconds", "rate", "p50_ms", "p95_ms", "p99_ms", "most_ms", "statuses", "errors")
    faster = HOUR * syncs / SYNCS / figures.seconds
    return {"syncs": syncs, "times_faster_than_the_hour": faster} | {name: told[name] for name in kept}


def main() -> int:
    """Run alone."""
    parser = argparse.ArgumentParser(prog="bench.evening", description=__doc__)
    parser.add_argument("--kader", type=int, default=KADER)
    parser.add_argument("--syncs", type=int, default=SYNCS)
    asked = parser.parse_args()
    crowd = Crowd(scratch.folder(), asked.kader)
    crowd.install()
    try:
        crowd.start()
        connection = crowd.connect()
        for one in crowd.kader:
            crowd.first_sync(one, connection)
        connection.close()
        found = measure(crowd, asked.syncs)
    finally:
        crowd.stop()
    sys.stdout.write("".join(f"{name}: {value}\n" for name, value in found.items()))
    return 1 if found["errors"] or set(found["statuses"]) != {"200"} else 0


if __name__ == "__main__":
    sys.exit(main())
