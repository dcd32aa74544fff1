"""What may be published about people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.aggregates.disclosure import is_publishable, protected, shown, shown_percent


@pytest.mark.parametrize(
    ("number", "said"), [(0, 0), (1, "<5"), (4, "<5"), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15)]
)
def test_shown__rounded_to_five(number, said):
    assert shown(number) == said


@given(st.integers(0, 10**6))
def test_shown__any__never_exact_below_five_nor_further_than_two(number):
    said = shown(number)
    assert said == "<5" if 0 < number < 5 else abs(said - number) <= 2


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(10, 19, None), (10, 20, 50), (3, 100, None), (0, 40, 0), (100, 100, 100)]
)
def test_shown_percent__needs_twenty(part, whole, said):
    assert shown_percent(part, whole) == said


def test_is_publishable__nothing_below_desa():
    assert [is_publishable(level) for level in ("kabupaten", "desa", "dusun", "dasawisma")] == [
        True,
        True,
        False,
        False,
    ]


def test_protected__every_count():
    assert protected({"a": 3, "b": 13}) == {"a": "<5", "b": 15}
