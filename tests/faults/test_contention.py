"""16 phones write at once, in one desa and across desa, while two offices read along as fast as they can.

No update is lost, no record is missed, and nobody gets anything but 200.  ``DAWIS_CONTENTION`` gives the writers
(``16,64``) and ``DAWIS_CONTENTION_ROUNDS`` how often each of them sends; ``make bench-contention`` prints the ratios.
"""

import os

import pytest

from tests.faults.crowd import Crowd
from tests.faults.said import say

WRITERS = [int(one) for one in os.environ.get("DAWIS_CONTENTION", "16").split(",")]
ROUNDS = int(os.environ.get("DAWIS_CONTENTION_ROUNDS", "4"))
PLACES = {"one desa": ["siti", "sri"], "across desa": ["siti", "sri", "tutik", "wati"]}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("number", WRITERS)
def test_contention__many_writers__nothing_lost_missed_or_refused(serving, kind, number, place):
    names = (PLACES[place] * number)[:number]
    crowd = Crowd(serving, names)
    crowd.gather()
    alone = crowd.alone(20)
    rounds = dict.fromkeys(range(number), 0)
    crowd.run_rounds(ROUNDS, rounds)
    said = crowd.check()
    ratio = said["p99_ms"] / alone
    say(f"contention, {kind}, {number} writers {place}: {said}; p99 is {ratio:.1f} x the p50 of one alone ({alone} ms)")
    assert set(said["statuses"]) == {200}
    assert said["broken"] == 0
    assert said["polls"] > 0
    assert set(rounds.values()) == {ROUNDS}
