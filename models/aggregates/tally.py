"""Decides how doors become numbers: the pure arithmetic of coverage, the same for every area.

A tally is a flat dict of counts that are only ever added:

    {"doors.listed": 12, "doors.known": 9, "doors.complete": 7, "doors.fresh": 6, "doors.taps": 2, "doors.pending": 1,
     "excluded.kosong": 1, "outcome.selesai": 7, "outcome.belum": 3, "families.listed": 14, "members.listed": 41, …}

so children sum to their parent because the parent is made by adding its children.  Known, complete, fresh and the
outcomes count doors that are listed and not excluded.  ``with_target`` adds what was expected but is not listed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from models.structure import OUTCOMES

NOT_VISITED = "belum"
ALL_OUTCOMES = (*OUTCOMES, NOT_VISITED)
DOUBLE = "ganda"
REASONS = ("kosong", "dibongkar", "bukan_rumah_tinggal", DOUBLE)
UNITS = ("doors", "families", "members")
STAGES = ("listed", "target", "expected", "known", "complete", "fresh")
Tally = dict[str, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """One listed door as coverage sees it on a day.  ``excluded`` is the reason of an exclusion in force."""

    household: str
    dasawisma: int
    excluded: str | None
    is_pending: bool
    outcome: str
    is_known: bool
    is_complete: bool
    fresh_until: date | None
    fresh_by_tap: bool
    families: int
    members: int
    away: int
    counts: Mapping[str, int]

    @property
    def is_in_recaps(self) -> bool:
        """Recaps count who is recorded there; only a door found to be listed twice would count people twice."""
        return self.excluded != DOUBLE

    def is_fresh(self, day: date) -> bool:
        """Complete, and confirmed within the window of that day."""
        return self.is_complete and self.fresh_until is not None and day <= self.fresh_until


@dataclass(frozen=True, slots=True)
class Target:
    """The approved target of a dasa wisma; None where nothing was typed for families or people."""

    doors: int
    families: int | None = None
    people: int | None = None


def tally_of(doors: Iterable[Counted], day: date) -> Tally:
    """The tally of some doors on a day, without targets."""
    found: Tally = {}

    def count(key: str, number: int = 1) -> None:
        if number:
            found[key] = found.get(key, 0) + number

    for door in doors:
        sizes = (("doors", 1), ("families", door.families), ("members", door.members))
        for unit, size in sizes:
            count(f"{unit}.listed", size)
        count("members.away", door.away)
        if door.excluded:
            count(f"excluded.{door.excluded}")
            for unit, size in sizes:
                count(f"{unit}.excluded", size)
            continue
        count(f"outcome.{door.outcome}")
        count("doors.pending", door.is_pending)
        fresh = door.is_fresh(day)
        for stage, holds in (("known", door.is_known), ("complete", door.is_complete), ("fresh", fresh)):
            for unit, size in sizes:
                count(f"{unit}.{stage}", size * holds)
        count("doors.taps", fresh and door.fresh_by_tap)
    return found


def with_target(tally: Mapping[str, int], target: Target | None) -> Tally:
    """The tally of a dasa wisma with expected = max(approved target, listed) - exclusions."""
    found = dict(tally)
    typed = (target.doors, target.families, target.people) if target else (None, None, None)
    for unit, wanted in zip(UNITS, typed, strict=True):
        listed = found.get(f"{unit}.listed", 0)
        found[f"{unit}.target"] = listed if wanted is None else wanted
        found[f"{unit}.expected"] = max(found[f"{unit}.target"], listed) - found.get(f"{unit}.excluded", 0)
    unlisted = max(found["doors.target"] - found.get("doors.listed", 0), 0)
    return add(found, unlisted_part({"doors": unlisted})) if unlisted else found


def unlisted_part(missing: Mapping[str, int]) -> Tally:
    """Doors that are expected though nobody listed them yet, as outcomes."""
    return {"doors.unlisted": missing["doors"], f"outcome.{NOT_VISITED}": missing["doors"]}


def reference_part(tally: Mapping[str, int], families: int, people: int | None) -> Tally | None:
    """What an independent total expects beyond a tally (doors = KK); None where the list already holds as many."""
    wanted = {"doors": families, "families": families, "members": people or 0}
    missing = {unit: max(number - tally.get(f"{unit}.expected", 0), 0) for unit, number in wanted.items()}
    if not any(missing.values()):
        return None
    part: Tally = {
        f"{unit}.{stage}": number for unit, number in missing.items() for stage in ("target", "expected") if number
    }
    return add(part, unlisted_part(missing)) if missing["doors"] else part


def add(*tallies: Mapping[str, int]) -> Tally:
    """Several tallies as one."""
    found: Tally = {}
    for one in tallies:
        for key, number in one.items():
            found[key] = found.get(key, 0) + number
    return found


def percent(part: int, whole: int) -> int | None:
    """Rounded down, so that 100 stands only where nothing is missing; None of nothing."""
    return part * 100 // whole if whole > 0 else None
