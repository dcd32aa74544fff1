"""Taps, windows and lifetimes."""

from datetime import date

import pytest

from models.aggregates.freshness import effective, expires_on, freshness, window_end
from models.aggregates.opened import Asked, Confirmation

DAY = date(2026, 1, 10)


def tap(day=DAY, seen=99, **more):
    return Confirmation(day, seen, "tidak_berubah", **more)


def full(day=DAY, seen=99):
    return Confirmation(day, seen, "selesai")


@pytest.mark.parametrize(
    ("kinds", "counting"),
    [("F", 1), ("FT", 2), ("FTT", 3), ("FTTT", 3), ("FTTTF", 4), ("FTTFTT", 6), ("TTT", 2), ("FTTTTTF", 4)],
)
def test_effective__every_third_is_a_full_visit(kinds, counting):
    assert len(effective([full() if kind == "F" else tap() for kind in kinds])) == counting


def test_effective__withheld_tap__gives_nothing():
    assert effective([full(), tap(is_withheld=True)]) == [full()]


def test_freshness__rests_on_the_latest_day():
    found = freshness([full(date(2026, 1, 5)), tap(date(2026, 3, 1)), full(date(2026, 2, 1))], [], date(2026, 4, 1))
    assert (found.confirmed_on, found.is_by_tap) == (date(2026, 3, 1), True)


def test_freshness__confirmed_later__not_yet():
    assert freshness([full(date(2026, 5, 5))], [], date(2026, 4, 1)).confirmed_on is None


@pytest.mark.parametrize(
    ("confirmed", "last"),
    [
        ("2026-01-10", "2026-07-10"),
        ("2025-08-31", "2026-02-28"),
        ("2025-08-30", "2026-02-28"),
        ("2026-02-28", "2026-08-31"),
    ],
)
def test_window_end__six_months(confirmed, last):
    assert window_end(date.fromisoformat(confirmed), 6) == date.fromisoformat(last)


def test_expires_on__carried_while_alive_and_seen():
    asked = Asked(date(2026, 1, 1), 10)
    assert expires_on(asked, 100, []) == date(2026, 4, 11)
    assert expires_on(asked, 100, [tap(date(2026, 4, 11), 10)]) == date(2026, 7, 20)
    assert expires_on(asked, 100, [tap(date(2026, 4, 12), 10)]) == date(2026, 4, 11)
    assert expires_on(asked, 100, [tap(date(2026, 4, 11), 9)]) == date(2026, 4, 11)
