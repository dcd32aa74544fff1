"""The bars of this release: what Dawis must reach beside its peers, in ratios of one run.

A ratio is taken repeat by repeat (servers took turns), so its median, least and most say how steady it was.  A server
that ran once is compared by that one run.
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

AT_LEAST, AT_MOST = "≥", "≤"
PEERS = ("pouchdb", "kinto", "kinto-desa")
KINTO = ("kinto", "kinto-desa")
BOTH = ("1", "8")
CEILING = "ceiling postgresql"


@dataclass(frozen=True)
class Ratio:
    """Median, least and most of ours over theirs."""

    value: float
    least: float
    most: float


@dataclass(frozen=True)
class Bar:
    """One line of the table of bars; ``others`` are compared by the best of them."""

    what: str
    phase: str
    sense: str
    limit: float
    others: tuple[str, ...]
    ours: str = "dawis"
    figure: str = "rate"
    connections: tuple[str, ...] = BOTH

    def is_met(self, ratio: Ratio) -> bool:
        """Whether the median reaches it."""
        return ratio.value >= self.limit if self.sense == AT_LEAST else ratio.value <= self.limit


BARS = (
    Bar("push, SQLite ÷ PouchDB", "push", AT_LEAST, 1.5, ("pouchdb",)),
    Bar("push, SQLite ÷ Kinto", "push", AT_LEAST, 40, KINTO),
    Bar("push, SQLite ÷ floor", "push", AT_LEAST, 1.0, ("floor",)),
    Bar("push, server CPU ÷ PouchDB's", "push", AT_MOST, 1.0, ("pouchdb",), figure="server_per_1000"),
    Bar("push, p95 at 8 ÷ PouchDB's", "push", AT_MOST, 1.2, ("pouchdb",), figure="p95_ms", connections=("8",)),
    Bar("push, PostgreSQL ÷ its ceiling", "push", AT_LEAST, 0.5, (CEILING,), ours="dawis-pg"),
    Bar("push, PostgreSQL ÷ Kinto", "push", AT_LEAST, 20, KINTO, ours="dawis-pg"),
    Bar("edits ÷ PouchDB", "edit", AT_LEAST, 1.5, ("pouchdb",)),
    Bar("edits ÷ floor", "edit", AT_LEAST, 1.0, ("floor",)),
    Bar("pull of the desa ÷ fastest peer", "pull_desa", AT_LEAST, 4, PEERS),
    Bar("pull of a dasa wisma ÷ fastest peer", "pull_dasawisma", AT_LEAST, 5, PEERS),
    Bar("changes of a dasa wisma ÷ fastest peer", "changes_dasawisma", AT_LEAST, 5, PEERS),
    Bar("poll with nothing new ÷ fastest peer", "poll", AT_LEAST, 5, PEERS),
)


def ratio(ours: list[float], theirs: list[float]) -> Ratio:
    """Ours over theirs, repeat by repeat; the shorter list stands by its median."""
    if len(ours) != len(theirs):
        theirs = [statistics.median(theirs)] * len(ours)
    each = [one / other for one, other in zip(ours, theirs, strict=True) if other]
    return Ratio(statistics.median(each), min(each), max(each)) if each else Ratio(0.0, 0.0, 0.0)


def values(found: dict[str, Any], server: str, phase: str, connections: str, figure: str) -> list[float]:
    """A figure of every repeat; empty where that server did not run."""
    if server == CEILING:
        return [float(one) for one in found.get("ceilings", {}).get("postgresql x8", [])]
    run = found["peers"].get(server, {}).get(connections)
    return [float(one) for one in run["figures"][phase]["each"][figure]] if run else []


def compared(found: dict[str, Any], bar: Bar, connections: str) -> tuple[str, Ratio] | None:
    """The best of the others and the ratio to it; None where one side did not run."""
    ours = values(found, bar.ours, bar.phase, connections, bar.figure)
    sides = {other: values(found, other, bar.phase, connections, bar.figure) for other in bar.others}
    ran = {other: theirs for other, theirs in sides.items() if theirs}
    if not ours or not ran:
        return None
    pick = max if bar.figure == "rate" else min
    best = pick(ran, key=lambda other: statistics.median(ran[other]))
    return best, ratio(ours, ran[best])


def lines(found: dict[str, Any], bars: Iterable[Bar] = BARS) -> list[str]:
    """The table, a line for each bar and number of connections."""
    table = ["| bar | conn | limit | median (least-most) | against | met |", "|---|---|---|---|---|---|"]
    for bar in bars:
        for connections in bar.connections:
            told = compared(found, bar, connections)
            if told:
                best, one = told
                spread = f"{one.value:.2f} ({one.least:.2f}-{one.most:.2f})"
                met = "yes" if bar.is_met(one) else f"no, {one.value / bar.limit:.2f} of it"
                table.append(f"| {bar.what} | {connections} | {bar.sense} {bar.limit:g} | {spread} | {best} | {met} |")
    return table
