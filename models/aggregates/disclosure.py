"""Decides what may be published about people: nothing below a desa, rounded to five, small numbers as "<5".

Pure; the only door to anything public about people.  Counts of the work (coverage) do not pass here.  A percentage is
given only on twenty people or more, and from the rounded numbers, so that it tells no more than they do.
"""

from collections.abc import Mapping

BASE = 5
SMALL = "<5"
FEWEST = 20
PUBLIC_LEVELS = ("kabupaten", "kecamatan", "desa")


def is_publishable(level: str) -> bool:
    """Whether numbers about people of this level may be public at all."""
    return level in PUBLIC_LEVELS


def rounded(number: int) -> int:
    """To the nearest five; halves cannot occur with whole numbers."""
    return (number + BASE // 2) // BASE * BASE


def shown(number: int) -> int | str:
    """A count as it is published: 0, "<5", or rounded to five."""
    if number == 0:
        return 0
    return SMALL if number < BASE else rounded(number)


def shown_percent(part: int, whole: int) -> int | None:
    """A percentage from rounded numbers; None where fewer than twenty people stand below it or the part is small."""
    if whole < FEWEST or 0 < part < BASE:
        return None
    return min(100, 100 * rounded(part) // rounded(whole))


def protected(counts: Mapping[str, int]) -> dict[str, int | str]:
    """Every count of one row as it is published."""
    return {key: shown(number) for key, number in counts.items()}
