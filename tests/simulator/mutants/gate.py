"""Decides whether the simulator finds a planted bug, and after how many histories."""

from dataclasses import dataclass
from functools import cache

from tests.simulator.mutants.catalogue import CATALOGUE
from tests.simulator.mutants.plant import StaleError, planted
from tests.simulator.run import run

MOST = 1000
FAULT = "the server answered 500"
STREAM = 1_000_000
"""Seeds of independent streams are this far apart."""


@dataclass(frozen=True)
class Hunt:
    """What a hunt came to: after how many histories the bug was seen, by which seed and violation; None: never."""

    mutant: str
    stream: int
    histories: int
    seed: int | None = None
    violation: str | None = None


@cache
def warm(kind: str) -> None:
    """Make what every history shares before anything is planted."""
    run(0, kind=kind)


def hunt(name: str, stream: int = 0, most: int = MOST, kind: str = "sqlite") -> Hunt:
    """Let a mutant stand until a history of this stream finds it; raises StaleError where its code was never reached.

    The seed that finds it must be clean without it.
    """
    warm(kind)
    with planted(CATALOGUE[name]):
        for count in range(1, most + 1):
            seed = stream * STREAM + count - 1
            if found := failure(seed, kind):
                break
        else:
            return Hunt(name, stream, most)
    if FAULT in found and not CATALOGUE[name].may_fault:
        raise StaleError(f"{name} makes the server fail instead of go wrong: {found}")
    if fault := failure(seed, kind):
        raise StaleError(f"seed {seed} fails without {name}: {fault}")
    return Hunt(name, stream, count, seed, found)


def failure(seed: int, kind: str) -> str | None:
    """The first violation of a history."""
    violations = run(seed, kind=kind, stop_early=True).violations
    return violations[0] if violations else None
