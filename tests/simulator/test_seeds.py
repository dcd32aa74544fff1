"""Histories that once broke a promise, kept as data in ``once.jsonl``; they are run again for ever.

A line is the options and the steps as they were, what was broken, and the lowest test that holds the mistake off.
"""

import json
from pathlib import Path

import pytest

from tests.simulator.options import Options
from tests.simulator.report import Step
from tests.simulator.run import run
from tests.source import ROOT

ONCE = [json.loads(line) for line in (Path(__file__).parent / "once.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("once", ONCE, ids=lambda once: str(once["seed"]))
def test_history__that_once_broke_a_promise(once):
    assert (ROOT / once["held_by"]).is_file()
    report = run(once["seed"], Options(**once["options"]), steps=[Step(*step) for step in once["steps"]])
    assert report.violations == [], once["what"]
