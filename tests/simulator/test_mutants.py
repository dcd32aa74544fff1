"""Every planted bug is found within 1,000 histories, by a seed that is clean without it: a survivor fails.

``SIMULATED_MUTANTS=all`` (as ``make test`` says) hunts all but four that are named below; without it those that are found
at once.
"""

import os

import pytest

from tests.simulator.mutants.catalogue import CATALOGUE
from tests.simulator.mutants.gate import MOST, hunt
from tests.simulator.mutants.plant import Mutant, Plant, StaleError, find, planted
from tests.source import ROOT

QUICK = ("applied_again", "base_ignored", "case_is_conflict", "cleared_at_send", "conflict_unlogged", "counted_ids")
UNSEEN = ("bases_kept", "bases_not_told", "cursor_survives", "earlier_unoffered")
"""Not found for certain so far: another rule of the contract mends what they break. ``SIMULATED_MUTANTS=every`` hunts them."""
SURE = sorted(CATALOGUE.keys() - set(UNSEEN))
WANTED = {"all": SURE, "every": sorted(CATALOGUE)}.get(os.environ.get("SIMULATED_MUTANTS", ""), QUICK)


@pytest.mark.parametrize("name", WANTED)
def test_mutant__is_found_within_a_thousand_histories(name, record_property):
    found = hunt(name)
    record_property("histories", found.histories)
    assert found.violation, f"{name} survived {MOST} histories: {CATALOGUE[name].says}"


def test_catalogue__has_enough_and_each_names_its_place():
    assert len(CATALOGUE) >= 29
    for mutant in CATALOGUE.values():
        assert (ROOT / mutant.place).is_file(), mutant.place


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_mutant__taken_out__leaves_nothing_behind(name):
    plant = Plant()
    try:
        CATALOGUE[name].change(plant)
        targets = {target: vars(find(target)[0])[find(target)[1]] for target in plant.reached}
    finally:
        plant.take_out()
    for target, bug in targets.items():
        assert find(target)[2] is not bug, target


def test_plant__target_gone_or_line_gone_or_never_reached__is_an_error():
    plant = Plant()
    with pytest.raises(StaleError):
        plant.instead("sync.known:no_such_function", lambda real: real)
    with pytest.raises(StaleError):
        plant.rewrite("sync.pull:start", "no such line", "")
    idle = Mutant("idle", "", "", lambda one: one.instead("sync.known:known_edits", lambda real: real))
    with pytest.raises(StaleError), planted(idle):
        pass


def test_plant__function_held_by_several_modules__is_replaced_in_all_and_comes_back():
    from sync import exchange, known

    real, plant = known.known_edits, Plant()
    plant.instead("sync.known:known_edits", lambda real: lambda *_: {})
    assert known.known_edits is exchange.known_edits is not real
    plant.take_out()
    assert known.known_edits is exchange.known_edits is real
