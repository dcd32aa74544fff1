from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import age_in_months, age_in_years, day_of, end_of, months_before


def test_day__border_is_jakarta_midnight():
    assert day_of(datetime(2026, 6, 30, 16, 59, 59, tzinfo=UTC)) == date(2026, 6, 30)
    assert day_of(datetime(2026, 6, 30, 17, 0, tzinfo=UTC)) == date(2026, 7, 1)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_end__is_the_first_instant_of_the_next_day(day):
    assert day_of(end_of(day)) > day
    assert day_of(end_of(day).replace(microsecond=0)) == date.fromordinal(day.toordinal() + 1)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-08-31", 6, "2026-02-28"),
        ("2024-08-31", 6, "2024-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 12, "2025-12-31"),
    ],
)
def test_months_before__clips_to_the_month(day, months, expected):
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_age__birthday_counts_on_its_day():
    born = date(2000, 2, 29)
    assert age_in_years(born, date(2026, 2, 28)) == 25
    assert age_in_years(born, date(2026, 3, 1)) == 26
    assert age_in_months(date(2026, 1, 31), date(2026, 3, 30)) == 1
    assert age_in_months(date(2026, 1, 31), date(2026, 3, 31)) == 2
