"""The builders make what they promise: complete doors, legal answers, the same for the same randomness."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.form.answers import check, core_missing, warnings
from models.form.context import door_contexts
from models.form.definition import load
from tests.builders_form import answers, door_for

FORM, TODAY = load(), date(2026, 11, 23)


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_door_for__any_randomness__complete_and_legal(seed, people):
    door = door_for(FORM, Random(seed), TODAY, people=people)
    contexts = door_contexts(FORM, door, TODAY)
    records = {"household": {door.id: door.household}, "family": door.families, "member": door.members}
    for kind, found in records.items():
        for key, item in found.items():
            assert core_missing(FORM, kind, item, contexts[key]) == []
            assert {field: check(FORM, kind, field, value)[1] for field, value in item.items()} == dict.fromkeys(item)
    assert len(door.members) == people


def test_door_for__same_randomness__same_door():
    assert door_for(FORM, Random(7), TODAY) == door_for(FORM, Random(7), TODAY)


@pytest.mark.parametrize("kind", ["household", "family", "member", "event", "visit"])
def test_answers__every_kind__legal(kind):
    @given(answers(kind))
    def legal(item):
        assert {field: check(FORM, kind, field, value) for field, value in item.items()} == {
            field: (value, None) for field, value in item.items()
        }

    legal()


def test_door_for__odd_answers__are_rare():
    doors = [door_for(FORM, Random(seed), TODAY) for seed in range(100)]
    odd = sum(
        bool(warnings(FORM, "member", item, door_contexts(FORM, door, TODAY)[key]))
        for door in doors
        for key, item in door.members.items()
    )
    assert odd < 20
