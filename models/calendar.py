"""Decides which day it is: every day and period border is Asia/Jakarta."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")


def day_of(instant: datetime) -> date:
    """The Jakarta day an aware instant falls on."""
    return instant.astimezone(JAKARTA).date()


def end_of(day: date) -> datetime:
    """The first instant (UTC) after a Jakarta day."""
    return datetime.combine(day + timedelta(days=1), time(), JAKARTA).astimezone(UTC)


def months_before(day: date, months: int) -> date:
    """The same day of the month, ``months`` earlier; clipped to the month's length."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError(day)


def age_in_years(born: date, on: date) -> int:
    """Completed years of age on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_in_months(born: date, on: date) -> int:
    """Completed months of age on a day."""
    return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
