"""Several real phones in one Node process, each the app's own TypeScript with a storage of its own, against the real server.

``DAWIS_PHONE_HISTORIES`` is how many seeds are played (60); ``make soak-phone`` plays more.  A seed that breaks a
promise is told with its steps and the command that plays it alone.
"""

import json
import os
import subprocess
from collections import Counter

import pytest

from tests.source import ROOT

PWA = ROOT / "pwa"
ENV = os.environ | {"PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
COUNT = int(os.environ.get("DAWIS_PHONE_HISTORIES", "60"))
HUNTED = "0:40"
"""A planted bug was found within ten histories when this was written."""
PER_HISTORY, AT_LEAST = 10, 600
MET = (
    "crash quota slow twice late replay dropRequest dropAnswer cutAnswer stopAnswer damage portal busy clone phonePutBack "
    "clockJump sessionEnded twoTabs reassigned serverRestored serverCopiedBack appTooOld"
).split()


def _play(*given, seconds=AT_LEAST):
    """Run the driver; its lines, and all it says when something broke."""
    command = ["node", "testing/histories.mjs", *given]
    ran = subprocess.run(command, cwd=PWA, env=ENV, capture_output=True, text=True, check=False, timeout=seconds)
    return [json.loads(line) for line in ran.stdout.splitlines()], ran.stderr, ran.returncode


def test_histories__real_phones_and_every_fault__nothing_lost_nothing_twice():
    lines, told, code = _play("--seeds", f"0:{COUNT}", seconds=AT_LEAST + PER_HISTORY * COUNT)
    assert not code, told[-20_000:]
    assert [line["seed"] for line in lines] == list(range(COUNT))
    met = sum((Counter(line["faults"]) for line in lines), Counter())
    if COUNT >= 60:
        assert not [fault for fault in MET if not met[fault]], met


def test_histories__planted_bugs__each_is_found():
    lines, told, code = _play("--plant", "all", "--seeds", HUNTED)
    assert len(lines) >= 10, told
    assert not [line["plant"] for line in lines if not line["found"]], told
    assert not code, told


@pytest.mark.parametrize("skip", ["", "3,4,20"])
def test_history__played_again__same_steps_come_to_the_same(skip):
    runs = [_play("--seeds", "4", "--tell", *(["--skip", skip] if skip else [])) for _ in range(2)]
    told = [[line for line in text.splitlines() if line.startswith("  ")] for _, text, _ in runs]
    assert told[0] == told[1]
    assert len(told[0]) == 41 - len(skip.split(",") if skip else [])
