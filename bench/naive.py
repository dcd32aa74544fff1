"""The rules of the contract, run on the real handlers, beside naive rules in a model: ``python -m bench.naive``.

Each line is so many seeded histories over a network that loses, delays and repeats.  The naive rules run in
``bench/naive_model.py``; Dawis runs in the simulator of ``tests/simulator``, real handlers and database, with the same
kinds of faults and its oracle as the judge.
"""

import argparse
import sys
from dataclasses import dataclass

from bench.naive_model import History as NaiveHistory
from tests.simulator import oracle
from tests.simulator.history import History
from tests.simulator.options import Options
from tests.simulator.report import Report
from tests.simulator.run import heal
from tests.simulator.state import read
from tests.simulator.steps import plan, take

RUNS, STEPS = 100, 150
DIVERGED, STUCK, KEEPING, OWN = "statement 1", "waiting", ("statement 2", "statement 3"), "statement 7"


@dataclass
class Line:
    """What some histories came to together."""

    rules: str
    phones_restored: bool
    server_restored: bool
    runs: int = 0
    diverged: int = 0
    stuck: int = 0
    typed: int = 0
    gone: int = 0
    conflicts: int = 0
    against_itself: int = 0

    def text(self) -> str:
        """The line of the table."""
        restored = ("yes" if one else "no" for one in (self.phones_restored, self.server_restored))
        counts = f"{self.runs} | {self.diverged} | {self.stuck} | {self.gone} of {self.typed}"
        return f"| {self.rules} | {' | '.join(restored)} | {counts} | {self.conflicts} | {self.against_itself} |"


HEAD = (
    "| rules | phones put back | server put back | histories | with a diverged phone | with a stuck outbox "
    "| typed values gone without trace | conflicts | of these against oneself |\n|---|---|---|---|---|---|---|---|---|"
)


def naive(runs: int, *, phones_restored: bool, server_restored: bool) -> Line:
    """The model under naive rules."""
    line = Line("naive (model)", phones_restored, server_restored)
    for seed in range(runs):
        one = NaiveHistory(seed, phones_restored=phones_restored, server_restored=server_restored).run()
        line.runs += 1
        line.diverged += one.diverged > 0
        line.stuck += one.stuck > 0
        line.typed += one.typed
        line.gone += one.gone
        line.conflicts += one.conflicts
        line.against_itself += one.against_itself
    return line


def options(*, phones_restored: bool, server_restored: bool) -> Options:
    """The faults of the model and no others: a network that loses, delays and repeats, and copies put back."""
    quiet = {name: 0.0 for name in vars(Options()) if name.startswith(("p_", "w_"))}
    chances = {"p_drop_request": 0.1, "p_drop_answer": 0.1, "p_twice": 0.05, "p_late": 0.05}
    weights = {"w_save": 35.0, "w_door": 3.0, "w_sync": 30.0, "w_round": 10.0, "w_time": 3.0, "w_again": 1.0}
    phones = {"w_backup_phone": 2.0, "w_restore_phone": 1.0} if phones_restored else {}
    server = {"w_backup_server": 2.0, "w_restore_server": 1.0} if server_restored else {}
    return Options(steps=STEPS, phones=4, **{**quiet, **chances, **weights, **phones, **server})  # type: ignore[arg-type]


def ours(runs: int, *, phones_restored: bool, server_restored: bool) -> Line:
    """The real handlers under the same kinds of faults."""
    line = Line("Dawis (real handlers)", phones_restored, server_restored)
    wanted = options(phones_restored=phones_restored, server_restored=server_restored)
    for seed in range(runs):
        report = Report(seed, wanted, plan(seed, wanted))
        history = History.begin(seed, wanted, "sqlite", report)
        for step in report.steps:
            take(history, step)
        heal(history)
        oracle.judge(history)
        _add(line, history)
    return line


def _add(line: Line, history: History) -> None:
    found = history.report.violations
    line.runs += 1
    line.diverged += any(one.startswith(DIVERGED) and STUCK not in one for one in found)
    line.stuck += any(one.startswith(DIVERGED) and STUCK in one for one in found)
    line.gone += sum(one.startswith(KEEPING) for one in found)
    line.against_itself += sum(one.startswith(OWN) for one in found)
    patches = (patch for saved in history.saved.values() for patch in saved.row.body["patches"])
    line.typed += sum(len(patch.get("set") or {}) for patch in patches)
    line.conflicts += len(read(history.server).conflicts)


def main() -> int:
    """All eight lines; 1 where Dawis broke a promise."""
    parser = argparse.ArgumentParser(prog="bench.naive", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    runs, broken = parser.parse_args().runs, 0
    sys.stdout.write(HEAD + "\n")
    for phones_restored, server_restored in ((False, False), (True, False), (False, True), (True, True)):
        for rules in (naive, ours):
            line = rules(runs, phones_restored=phones_restored, server_restored=server_restored)
            sys.stdout.write(line.text() + "\n")
            sys.stdout.flush()
            if rules is ours:
                broken += line.diverged + line.stuck + line.gone + line.against_itself
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
