"""One timed phase: jobs shared out over some connections, and the numbers that are kept of it."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from bench import machine
from bench.client import Connection, Tally, packed_bytes

Job = Callable[[Connection], Any]
THOUSAND = 1000
COMPARED = ("rate", "server_per_1000", "p95_ms")
"""The figures that are kept of every repeat, to be compared repeat by repeat."""


@dataclass
class Figures:
    """What one run of a phase gave; rates count records (or polls)."""

    connections: int
    records: int
    requests: int
    seconds: float
    rate: float
    server_per_1000: float
    driver_seconds: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    most_ms: float
    up: float
    down: float
    up_gzip: float | None
    down_gzip: float | None
    statuses: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def percentile(values: list[float], share: float) -> float:
    """The nearest value below which that share of the values lies; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))] if ordered else 0.0


@dataclass
class Crew:
    """Threads that take jobs from one list, each over a connection of its own, all starting at one moment."""

    connect: Callable[[], Connection]
    jobs: list[Job]
    size: int
    tally: Tally = field(default_factory=Tally)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.results: list[Any] = [None] * len(self.jobs)
        self._next: Iterator[int] = iter(range(len(self.jobs)))
        self._lock = threading.Lock()
        self._gate = threading.Barrier(self.size + 1)
        self._threads = [threading.Thread(target=self._work) for _ in range(self.size)]

    def gather(self) -> None:
        """Start the threads; they wait at the gate."""
        for thread in self._threads:
            thread.start()

    def run(self) -> None:
        """Open the gate and wait until every job is done."""
        self._gate.wait()
        for thread in self._threads:
            thread.join()

    def _take(self) -> int | None:
        with self._lock:
            return next(self._next, None)

    def _work(self) -> None:
        connection = self.connect()
        self._gate.wait()
        while (number := self._take()) is not None:
            try:
                self.results[number] = self.jobs[number](connection)
            except Exception as error:  # noqa: BLE001 (a job that fails is reported, not fatal)
                self.errors.append(f"{type(error).__name__}: {error}"[:300])
        with self._lock:
            self.tally.add(connection.tally)
        connection.close()


def run(
    peer: Any, jobs: list[Job], connections: int, count: Callable[[list[Any]], int], *, packed: bool = True
) -> tuple[Figures, list[Any]]:
    """Run jobs against a started peer; ``count`` says from the results how many records they were."""
    crew = Crew(peer.connect, jobs, connections)
    crew.gather()
    server, driver = machine.processor_seconds(peer.roots()), time.process_time()
    began = time.perf_counter()
    crew.run()
    seconds = time.perf_counter() - began
    driver = time.process_time() - driver
    server = machine.processor_seconds(peer.roots()) - server
    return figures(crew, count(crew.results), seconds, server, driver, packed=packed), crew.results


def figures(crew: Crew, records: int, seconds: float, server: float, driver: float, *, packed: bool) -> Figures:
    """Work out rates and bytes a record."""
    tally, each = crew.tally, max(records, 1)
    up, down = (sum(map(len, bodies)) for bodies in (tally.bodies_up, tally.bodies_down))
    return Figures(
        connections=crew.size,
        records=records,
        requests=len(tally.seconds),
        seconds=seconds,
        rate=records / seconds,
        server_per_1000=THOUSAND * server / each,
        driver_seconds=driver,
        p50_ms=THOUSAND * percentile(tally.seconds, 0.5),
        p95_ms=THOUSAND * percentile(tally.seconds, 0.95),
        p99_ms=THOUSAND * percentile(tally.seconds, 0.99),
        most_ms=THOUSAND * max(tally.seconds, default=0.0),
        up=(up + tally.lines_up) / each,
        down=(down + tally.lines_down) / each,
        up_gzip=(packed_bytes(tally.bodies_up) + tally.lines_up) / each if packed else None,
        down_gzip=(packed_bytes(tally.bodies_down) + tally.lines_down) / each if packed else None,
        statuses={str(status): count for status, count in tally.statuses.items()},
        errors=crew.errors[:3],
    )


def medians(runs: list[Figures]) -> dict[str, Any]:
    """One phase over several repeats: the median of each number, and least and most of its rate."""
    rows = [asdict(one) for one in runs]
    kept: dict[str, Any] = {"repeats": len(rows), "each": {name: [row[name] for row in rows] for name in COMPARED}}
    for name, value in rows[0].items():
        numbers = [row[name] for row in rows if isinstance(row[name], int | float)]
        kept[name] = statistics.median(numbers) if numbers else value
    kept["statuses"] = rows[-1]["statuses"]
    kept["errors"] = [error for row in rows for error in row["errors"]][:5]
    return kept
