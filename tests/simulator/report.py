"""Decides what a run hands back: what was broken, which faults fired, and the history as data."""

from collections import Counter
from dataclasses import dataclass, field

from tests.simulator.options import Options


@dataclass(frozen=True)
class Step:
    """One step of a history: what, by which phone, with a seed of its own.

    It depends on no other step, so that a history with steps left out still means something.
    """

    index: int
    action: str
    phone: int
    seed: int


@dataclass
class Report:
    """What became of one history.  ``violations`` say the statement of the contract, then what was seen."""

    seed: int
    options: Options
    steps: list[Step] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    syncs: int = 0
    edits: int = 0
