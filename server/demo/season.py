"""Decides when which door of the demonstration is visited, and how the visit ends: about half of all doors collected.

Every kader has a pace of her own: some are through, some have hardly begun, three were through long ago and their doors
have grown old.  What is left has been knocked at now and then: nobody home, refused, empty, pulled down.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

PACE = (1.0, 0.9, 0.3, 0.6, 0.0, 0.8, 0.5, 0.15, 1.0, 0.4, 0.7, 0.0, 0.9, 0.2, 0.55, 0.75, 0.35, 0.0, 0.85, 0.45)
OLD = frozenset({5, 21, 33})
ELSE = (("tidak_di_rumah", 14), ("kosong", 4), ("menolak", 3), ("dibongkar", 1), ("", 78))
TAPPED = 18
WORKDAY_FROM, LONGEST_DAYS = 75, 230


@dataclass(frozen=True, order=True)
class Visit:
    """One knock: day, hour and minute (Jakarta), dasa wisma by number, door, outcome; `part` below 1 is cut short."""

    on: date
    minute: int
    group: int
    household: str
    outcome: str
    part: float = 1.0


def visits(random: Random, doors: list[list[str]], today: date) -> list[Visit]:
    """All visits in order of time; `doors` are household ids by dasa wisma."""
    found: list[Visit] = []
    for group, households in enumerate(doors):
        found += _of_group(random, group, households, today)
    done = [visit for visit in found if visit.group in OLD and visit.outcome == "selesai"]
    for visit in random.sample(done, min(TAPPED, len(done))):
        day = today - timedelta(days=random.randrange(8, 60))
        found.append(Visit(day, random.randrange(8 * 60, 16 * 60), visit.group, visit.household, "tidak_berubah"))
    return sorted(found)


def _of_group(random: Random, group: int, households: list[str], today: date) -> list[Visit]:
    order = random.sample(households, len(households))
    through = 0.95 if group in OLD else PACE[group % len(PACE)]
    number = round(through * len(order))
    back = LONGEST_DAYS if group in OLD else random.randrange(20, 140)
    day = today - timedelta(days=back)
    found: list[Visit] = []
    for position, household in enumerate(order):
        if position % 4 == 0 and position:
            day = min(day + timedelta(days=random.randrange(1, 4)), today - timedelta(days=1))
        minute = 8 * 60 + position % 4 * 95 + random.randrange(40)
        if position < number:
            cut = random.random() < 0.06  # noqa: PLR2004 (a visit in sixteen is cut short)
            found.append(Visit(day, minute, group, household, "sebagian" if cut else "selesai", 0.6 if cut else 1.0))
        elif number and (outcome := _else(random)):
            found.append(Visit(day, minute, group, household, outcome))
            if outcome == "kosong" and day + timedelta(days=9) < today:
                found.append(Visit(day + timedelta(days=8), minute, group, household, outcome))
    return found


def _else(random: Random) -> str:
    return random.choices([outcome for outcome, _ in ELSE], [chance for _, chance in ELSE])[0]
