"""Seeded histories of phones against the real server, on SQLite and PostgreSQL: no promise broken, every fault fired.

``SIMULATED_SQLITE`` and ``SIMULATED_POSTGRESQL`` say how many histories (``make test``: 5000 and 300); without them a
few are run.  The seeds are cut into parts, so that every process has some.
"""

import os
from collections import Counter

import pytest

from tests.simulator.options import FAULTS
from tests.simulator.report import Report
from tests.simulator.run import run
from tests.simulator.telling import told

WANTED = {
    "sqlite": int(os.environ.get("SIMULATED_SQLITE", "100")),
    "postgresql": int(os.environ.get("SIMULATED_POSTGRESQL", "10")),
}
PART = {"sqlite": 125, "postgresql": 50}
ENOUGH = 100
"""A part of so many histories must see every fault in at least one of ten of them: 500 times in 5,000."""


def parts() -> list[tuple[str, int, int]]:
    """(kind, first seed, seed after the last) of each part."""
    found = []
    for kind, count in WANTED.items():
        found += [(kind, first, min(first + PART[kind], count)) for first in range(0, count, PART[kind])]
    return found


@pytest.mark.parametrize(("kind", "first", "end"), parts())
def test_histories__no_promise_broken_and_every_fault_fired(kind, first, end, record_property):
    faults: Counter[str] = Counter()
    checks: Counter[str] = Counter()
    broken: list[Report] = []
    for seed in range(first, end):
        report = run(seed, kind=kind)
        faults += report.faults
        checks += report.checks
        if report.violations:
            broken.append(report)
    record_property("faults", dict(faults))
    record_property("checks", dict(checks))
    assert not broken, "\n\n".join(told(report, kind) for report in broken[:2])
    if end - first >= ENOUGH:
        rare = {fault: faults[fault] for fault in FAULTS if faults[fault] * 10 < end - first}
        assert not rare, f"fired too seldom in {end - first} histories: {rare}"


def test_history__same_seed_twice__is_the_same():
    left, right = run(4), run(4)
    assert (left.steps, left.faults, left.edits, left.syncs) == (right.steps, right.faults, right.edits, right.syncs)


def test_history__steps_left_out__the_others_stay_what_they_were():
    whole = run(5)
    part = run(5, skip=frozenset(range(0, len(whole.steps), 2)))
    assert part.steps == whole.steps
    assert not part.violations
