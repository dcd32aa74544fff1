"""Decides what one door is: known, complete, fresh, its outcome, and what it adds to each recap measure.

Pure: everything about the door is an argument.  ``recheck_on`` is the first later day on which somebody's age or a
mother's status may change the summary; until then it stands, unless a record behind the door changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from models.aggregates.freshness import WINDOW_MONTHS, Freshness, expiries, freshness
from models.aggregates.measures import stock
from models.aggregates.opened import Behind
from models.aggregates.recheck import next_change
from models.aggregates.tally import NOT_VISITED
from models.form.answers import Core, core
from models.form.context import Door, door_contexts, is_active
from models.form.definition import Form, load
from models.form.rules import applies
from models.structure import KNOWING, OUTCOMES

ADDED_BY_KADER = "kader"


@dataclass(frozen=True, slots=True)
class Summary:
    """One door on a day; ``missing`` and ``nonresponse`` count core questions, ``members`` are those counted."""

    household: str
    outcome: str = NOT_VISITED
    is_known: bool = False
    is_complete: bool = False
    is_pending: bool = False
    confirmed_on: date | None = None
    fresh_until: date | None = None
    fresh_by_tap: bool = False
    families: int = 0
    members: int = 0
    away: int = 0
    missing: int = 0
    nonresponse: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    recheck_on: date | None = None


def summarise(form: Form, behind: Behind, as_of: date, window_months: int = WINDOW_MONTHS) -> Summary:
    """The summary of one door on a day."""
    is_pending = behind.origin == ADDED_BY_KADER and behind.accepted_at is None
    if behind.door is None:
        return Summary(behind.household, is_pending=is_pending)
    door = behind.door
    contexts = door_contexts(form, door, as_of)
    living = form.populations["living"]
    active = [key for key, answers in door.members.items() if is_active(answers)]
    counted = [key for key in active if applies(living, door.members[key], contexts[key])]
    families = [key for key, answers in door.families.items() if is_active(answers)]
    cores = dict(_cores(form, door, contexts, families, counted))
    missing, marked, asked = (
        sum(len(getattr(one, part)) for one in cores.values()) for part in ("missing", "marked", "asked")
    )
    visits = [visit for visit in behind.visits if visit.outcome in OUTCOMES and not visit.is_prefill]
    is_known = any(visit.outcome in KNOWING for visit in visits)
    is_answered = (
        is_active(door.household) and bool(counted) and not missing and marked <= form.nonresponse_fraction * asked
    )
    fresh = _freshness(form, behind, cores, as_of, window_months)
    return Summary(
        household=behind.household,
        outcome=visits[-1].outcome if visits else NOT_VISITED,
        is_known=is_known,
        is_complete=is_known and is_answered and not is_pending,
        is_pending=is_pending,
        confirmed_on=fresh.confirmed_on,
        fresh_until=fresh.until,
        fresh_by_tap=fresh.is_by_tap,
        families=len(families),
        members=len(counted),
        away=len(active) - len(counted),
        missing=missing,
        nonresponse=marked,
        counts=stock(form, door, contexts, families, counted),
        recheck_on=next_change(form, door, as_of),
    )


def _cores(
    form: Form, door: Door, contexts: dict[str, dict[str, object]], families: list[str], counted: list[str]
) -> Iterator[tuple[str, Core]]:
    yield door.id, core(form, "household", door.household, contexts[door.id])
    for key in families:
        yield key, core(form, "family", door.families[key], contexts[key])
    for key in counted:
        yield key, core(form, "member", door.members[key], contexts[key])


def _freshness(form: Form, behind: Behind, cores: dict[str, Core], as_of: date, window_months: int) -> Freshness:
    """Core answers that expire end it; answers of modules never do."""
    lives = {
        (record, key): life
        for record, one in cores.items()
        for key in one.asked
        if (life := _lives(form.version).get(key)) is not None
    }
    return freshness(behind.confirmations, expiries(behind.asked, lives), as_of, window_months)


@cache
def _lives(version: str) -> dict[str, int]:
    """Days of life of the answers that expire."""
    fields = (item for kind in load(version).kinds.values() for item in kind.fields.values())
    return {item.id: item.valid_days for item in fields if item.valid_days is not None}
