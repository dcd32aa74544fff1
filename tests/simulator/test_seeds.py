"""Histories that once broke a promise, and what it was; they are run again for ever.

A history is its seed with the options it had then.  Where steps or chances were changed since, a seed means another
history: the lowest-level test named beside it is what holds the mistake off, this list what found it.
"""

import pytest

from tests.simulator.run import run

ONCE = [
    (24, "a visit behind a door merged away to where its author never was: refused", "test_judge"),
    (30, "a visit behind a door that had left its author's dasawisma: refused", "test_judge"),
    (32, "the same, an event", "test_judge"),
    (39, "cloned phone, restored server: settled edits were never offered again", "outbox.test"),
    (67, "the same with an earlier outbox", "outbox.test"),
    (90, "the same, database copied back by hand", "outbox.test"),
    (287, "an event made behind a door that had left: its next edit refused", "test_judge"),
    (2007, "a phone clock ten years ahead: settled edits dropped, then the server was restored", "outbox.test"),
]


@pytest.mark.parametrize(("seed", "what", "held_by"), ONCE)
def test_seed__that_once_broke_a_promise(seed, what, held_by):
    assert run(seed).violations == [], what
