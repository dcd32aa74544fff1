"""Runs one history: ``run(seed)`` makes the world, takes the steps, heals, and lets the oracle judge.

``skip`` leaves steps out by their index (the shrinker's way); the others stay what they were.  The same seed and
options give the same history.  ``kind`` is ``sqlite`` or ``postgresql``.
"""

import logging
from random import Random

import sync.pull
from tests.simulator import oracle
from tests.simulator.history import History
from tests.simulator.options import Options, expand
from tests.simulator.report import Report, Step
from tests.simulator.server import MAX_WIRE
from tests.simulator.steps import do_sync, plan, take

MOST_SYNCS = 3
MINUTE = 60


def run(
    seed: int,
    options: Options | None = None,
    *,
    kind: str = "sqlite",
    skip: frozenset[int] = frozenset(),
    stop_early: bool = False,
    steps: list[Step] | None = None,
) -> Report:
    """Run one history; ``stop_early`` ends it at the first violation that shows while it runs.

    ``steps``: a history kept as data, in place of the one the seed plans today.
    """
    options = options or expand(seed)
    report = Report(seed, options, plan(seed, options) if steps is None else steps)
    kept, sync.pull.PAGE_BYTES = sync.pull.PAGE_BYTES, options.page_bytes
    # The server tells its log of every fault planted in it; that would be most of the output.
    logging.disable(logging.CRITICAL)
    try:
        history = History.begin(seed, options, kind, report)
        for step in report.steps:
            if step.index not in skip:
                take(history, step)
            if stop_early and report.violations:
                return report
        heal(history)
        oracle.judge(history)
    finally:
        sync.pull.PAGE_BYTES = kept
        logging.disable(logging.NOTSET)
    return report


def heal(history: History) -> None:
    """The network is good: everybody syncs until nothing moves, three times each at most."""
    history.server.act("oldest_app", "0")
    history.server.act("limit", MAX_WIRE)
    if history.poisoned:
        history.server.act("mend")
    while history.network.late:
        history.network.deliver_late(Random(history.seed))
    history.network.is_good = True
    for turn in range(MOST_SYNCS):
        for index, phone in sorted(history.phones.items()):
            if turn and history.synced.get(index) == history.server.changes:
                continue
            history.server.clock.forward(MINUTE)
            history.use(phone, Random(f"heal {history.seed} {index} {turn}"))
            do_sync(history, phone, phone.dice)
