"""Decides until when a door is fresh: its last confirmation that counts, the window, and answers that expire.

A tap ("tidak ada perubahan") confirms like a full visit, but at most two in a row (every third confirmation is a full
visit), and not while it is withheld: more than ten in half an hour, or dated in the future, until the finding is
answered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.aggregates.opened import Asked, Confirmation
from models.calendar import months_before
from models.structure import CONFIRMING, TAP

WINDOW_MONTHS = 6
TAPS_IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class Freshness:
    """The day of the last confirmation that counts, the last day it is fresh, and whether that rests on a tap."""

    confirmed_on: date | None
    until: date | None
    is_by_tap: bool


def freshness(
    confirmations: Sequence[Confirmation],
    lifetimed: Iterable[tuple[Asked, int]],
    day: date,
    window_months: int = WINDOW_MONTHS,
) -> Freshness:
    """How fresh a door is, seen on a day; ``lifetimed``: core answers that expire, each with its days of life."""
    counting = [one for one in effective(confirmations) if one.day <= day]
    if not counting:
        return Freshness(None, None, is_by_tap=False)
    last = max(reversed(counting), key=lambda one: one.day)
    ends = [window_end(last.day, window_months), *(expires_on(asked, life, counting) for asked, life in lifetimed)]
    return Freshness(last.day, min(ends), is_by_tap=last.outcome == TAP)


def effective(confirmations: Iterable[Confirmation]) -> list[Confirmation]:
    """The confirmations that give freshness, in the order they arrived."""
    found: list[Confirmation] = []
    taps = 0
    for one in confirmations:
        if one.outcome not in CONFIRMING or one.is_withheld:
            continue
        taps = taps + 1 if one.outcome == TAP else 0
        if taps <= TAPS_IN_A_ROW:
            found.append(one)
    return found


def window_end(confirmed_on: date, months: int) -> date:
    """The last day whose window still holds the confirmation."""
    last = months_before(confirmed_on, -months)
    while months_before(last + timedelta(days=1), months) <= confirmed_on:
        last += timedelta(days=1)
    return last


def expires_on(asked: Asked, life: int, confirmations: Iterable[Confirmation]) -> date:
    """The last day an answer counts: confirmations carry it on while it lives and its author had seen it."""
    day = asked.day
    for one in confirmations:
        if day < one.day <= day + timedelta(days=life) and asked.version <= one.seen:
            day = one.day
    return day + timedelta(days=life)


def expiries(asked: Mapping[tuple[str, str], Asked], lives: Mapping[tuple[str, str], int]) -> list[tuple[Asked, int]]:
    """The pairs ``freshness`` wants, for the answers that are asked of this door."""
    return [(asked[key], life) for key, life in lives.items() if key in asked]
