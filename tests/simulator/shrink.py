"""Decides which steps of a failing history matter: it drops the others, then every fault that is not needed.

A step depends on no other, so any part of a history is a history.  What is left still breaks the same statement, and no
single step of it can be left out.  The same seed gives the same result.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from tests.simulator.options import Options, expand
from tests.simulator.report import Report
from tests.simulator.run import run

Fails = Callable[[Options, tuple[int, ...]], bool]


@dataclass(frozen=True)
class Shrunk:
    """The least that still fails; ``tries`` histories were run to find it."""

    seed: int
    options: Options
    kind: str
    kept: tuple[int, ...]
    statement: str
    tries: int

    @property
    def skip(self) -> frozenset[int]:
        """The steps left out."""
        return frozenset(range(self.options.steps)) - set(self.kept)

    def run(self) -> Report:
        """What is left, once more."""
        return run(self.seed, self.options, kind=self.kind, skip=self.skip)


def statement_of(violation: str) -> str:
    """Which statement of the contract a violation breaks."""
    return violation.partition(":")[0]


def shrink(seed: int, options: Options | None = None, *, kind: str = "sqlite", statement: str | None = None) -> Shrunk:
    """Shrink a failing history; ``statement``: which of its violations is meant, otherwise its first."""
    options = options or expand(seed)
    everything = tuple(range(options.steps))
    if statement is None:
        found = run(seed, options, kind=kind).violations
        if not found:
            raise ValueError(f"seed {seed} does not fail")
        statement = statement_of(found[0])
    tries = 0

    def fails(options: Options, kept: tuple[int, ...]) -> bool:
        nonlocal tries
        tries += 1
        report = run(seed, options, kind=kind, skip=frozenset(everything) - set(kept))
        return statement in {statement_of(one) for one in report.violations}

    kept = least(everything, lambda part: fails(options, part))
    calmer = calm(options, kept, fails)
    if calmer != options:
        kept = least(kept, lambda part: fails(calmer, part))
    return Shrunk(seed, calmer, kind, kept, statement, tries)


def least(steps: tuple[int, ...], fails: Callable[[tuple[int, ...]], bool]) -> tuple[int, ...]:
    """Drop steps, in ever smaller parts, until none can be dropped alone (delta debugging)."""
    size = max(1, len(steps) // 2)
    while True:
        before, start = len(steps), 0
        while start < len(steps):
            rest = steps[:start] + steps[start + size :]
            if fails(rest):
                steps = rest
            else:
                start += size
        if size == 1 and len(steps) == before:
            return steps
        size = max(1, min(size // 2, len(steps)))


def calm(options: Options, kept: tuple[int, ...], fails: Fails) -> Options:
    """Take away the faults of the way and the small pages, where the history still fails without."""
    plain: dict[str, float] = {field.name: 0 for field in fields(Options) if field.name.startswith("p_")}
    plain["page_bytes"] = Options().page_bytes
    for name, value in plain.items():
        calmer = replace(options, **{name: value})
        if calmer != options and fails(calmer, kept):
            options = calmer
    return options
