"""The shrinker drops what does not matter, keeps what does, and tells it; the same seed gives the same result."""

import pytest

from tests.simulator.mutants.catalogue import CATALOGUE
from tests.simulator.mutants.gate import hunt
from tests.simulator.mutants.plant import planted
from tests.simulator.shrink import least, shrink, statement_of
from tests.simulator.story import tell


def test_least__two_steps_matter__are_what_is_left():
    tried = []

    def fails(steps):
        tried.append(steps)
        return {7, 41} <= set(steps)

    assert least(tuple(range(60)), fails) == (7, 41)
    assert len(tried) < 60


def test_least__nothing_matters__nothing_is_left():
    assert least(tuple(range(60)), lambda steps: True) == ()


def test_shrink__planted_bug__few_steps_that_still_fail_and_are_told():
    found = hunt("gone_blind")
    with planted(CATALOGUE["gone_blind"]):
        shrunk = shrink(found.seed)
        report, story = shrunk.run(), tell(shrunk)
    assert len(shrunk.kept) <= 6
    assert shrunk.statement in {statement_of(one) for one in report.violations}
    assert f"seed {found.seed} on sqlite" in story
    assert f"BROKEN  {report.violations[0]}" in story
    assert not shrunk.run().violations


def test_shrink__clean_seed__is_refused():
    with pytest.raises(ValueError, match="does not fail"):
        shrink(0)
