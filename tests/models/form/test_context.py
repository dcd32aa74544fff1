"""Contexts of a door against the vectors shared with the phone."""

from datetime import date

import pytest

from models.form.context import Door, ages, door_contexts
from models.form.definition import load
from tests.models.form.vectors import case_name, vectors


@pytest.mark.parametrize("case", vectors("context"), ids=case_name)
def test_door_contexts__vector__as_expected(case):
    found = door_contexts(load(), Door(**case["door"]), date.fromisoformat(case["as_of"]))
    for record, expected in case["expect"].items():
        assert {key: found[record].get(key) for key in expected} == expected


def test_ages__not_yet_born__is_negative_not_unknown():
    assert ages("2027-01-01", date(2026, 11, 23)) == (-1, -2)


def test_door_contexts__settings__of_the_book_win():
    found = door_contexts(load(), Door("h", {}), date(2026, 11, 23), {"wus_max": 50})
    assert found["h"]["settings"] == {"wus_max": 50}
