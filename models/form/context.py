"""What a rule may know beside the answers: ages, mother status, who else lives behind the door.

Mother status comes from events only (hamil, melahirkan, nifas, menyusui, …), with the lifetimes of
the form's settings. The phone builds the same keys; `tests/vectors/context.json` holds both to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from models.form import nik
from models.form.definition import Form
from models.form.rules import Answers, applies

_Dated = list[tuple[date, str, Answers]]
_ENDS = ("melahirkan", "keguguran", "nifas", "lahir")
_BIRTHS = ("melahirkan", "nifas", "lahir")


@dataclass(frozen=True)
class Door:
    """Everything that hangs on one door: answers (structural keys included) by record id."""

    id: str
    household: Answers
    families: Mapping[str, Answers] = field(default_factory=dict)
    members: Mapping[str, Answers] = field(default_factory=dict)
    events: Mapping[str, Answers] = field(default_factory=dict)


def is_active(answers: Answers) -> bool:
    """True for a record that is neither moved, died, merged nor deleted."""
    return answers.get("state") in (None, "active")


def day(value: Any) -> date | None:
    """A day written YYYY-MM-DD; None for anything else."""
    if not isinstance(value, str) or len(value) != len("2026-01-01"):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def ages(born: Any, as_of: date) -> tuple[int | None, int | None]:
    """Completed years and months on a day; (None, None) where the birth day is not known."""
    start = day(born)
    if start is None:
        return None, None
    months = (as_of.year - start.year) * 12 + as_of.month - start.month - (as_of.day < start.day)
    return months // 12, months


def mother_state(form: Form, events: Iterable[Answers], as_of: date, member: str) -> frozenset[str]:
    """Which of hamil, nifas, menyusui hold for a member on a day, from her live events only.

    hamil: from its first record until an outcome, at most 300 days; nifas: 42 days after birth;
    menyusui: 730 days after the child's birth, or until she stopped. Days are `Form.settings`.
    """
    own = _hers(form, events, as_of, member)
    if not own:
        return frozenset()
    holds = {
        "hamil": _pregnant(own, as_of, form.settings["hamil_hari"]),
        "nifas": any(kind in _BIRTHS and _within(on, as_of, form.settings["nifas_hari"]) for on, kind, _ in own),
        "menyusui": _breastfeeds(form, own, as_of, form.settings["menyusui_hari"]),
    }
    return frozenset(name for name, true in holds.items() if true)


def _hers(form: Form, events: Iterable[Answers], as_of: date, member: str) -> _Dated:
    """Her events up to the day, oldest first; a birth that names her as the mother is hers too."""
    mother = form.role("event", "mother")
    found: _Dated = []
    for event in events:
        on, kind = day(event.get("on")), event.get("type")
        who = event.get(mother) if kind == "lahir" else event.get("member")
        if on is not None and on <= as_of and who == member and is_active(event):
            found.append((on, str(kind), event))
    return sorted(found, key=lambda item: (item[0], item[1]))


def _within(start: date, as_of: date, days: int) -> bool:
    return start <= as_of and as_of - start <= timedelta(days=days)


def _pregnant(own: _Dated, as_of: date, days: int) -> bool:
    """A later `hamil` record of the same pregnancy does not lengthen it."""
    start: date | None = None
    for on, kind, _ in own:
        if kind in _ENDS:
            start = None
        elif kind == "hamil" and (start is None or not _within(start, on, days)):
            start = on
    return start is not None and _within(start, as_of, days)


def _breastfeeds(form: Form, own: _Dated, as_of: date, days: int) -> bool:
    fed, child = form.role("event", "breastfed"), form.role("event", "breastfed_child_born")
    start: date | None = None
    for on, kind, event in own:
        if kind == "berhenti_menyusui":
            start = None
        elif kind == "menyusui":
            start = day(event.get(child)) or on
        elif kind in ("melahirkan", "nifas") and event.get(fed) is True:
            start = on
    return start is not None and _within(start, as_of, days)


def door_contexts(
    form: Form, door: Door, as_of: date, settings: Mapping[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """The context of every record of one door by record id; an event's is of its own day.

    `settings` are those of a book; without them the form's defaults hold.
    """
    base = {"settings": settings or form.settings, "household": door.household, "today": as_of.isoformat()}
    active = {key: answers for key, answers in door.members.items() if is_active(answers)}
    people = {key: _person(form, door, key, as_of, base) for key in door.members}
    living = [people[key] for key, answers in active.items() if applies(form.populations["living"], answers, {})]
    has_balita = any(_below(people[key], form.settings["balita_bulan"]) for key in active)
    for context in people.values():
        context["has_balita"] = has_balita
    house = base | {
        "as_of": as_of.isoformat(),
        "hamil_nifas": any(context["hamil_nifas"] for context in living),
        "inhabited": bool(living),
        "several_families": sum(map(is_active, door.families.values())) > 1,
    }
    families = {key: base | {"as_of": as_of.isoformat()} for key in door.families}
    events = {key: _event(form, door, answers, as_of, base) for key, answers in door.events.items()}
    return {door.id: house, **families, **people, **events}


def _below(context: Mapping[str, Any], months: int) -> bool:
    return context["months"] is not None and 0 <= context["months"] < months


def _person(form: Form, door: Door, key: str, as_of: date, base: Mapping[str, Any]) -> dict[str, Any]:
    answers = door.members.get(key, {})
    age, months = ages(answers.get(form.role("member", "born")), as_of)
    states = mother_state(form, door.events.values(), as_of, key)
    flags = {name: name in states for name in ("hamil", "nifas", "menyusui")}
    family = door.families.get(str(answers.get("family")), {})
    return {
        **base,
        **flags,
        **nik.flags(form, answers),
        "as_of": as_of.isoformat(),
        "age": age,
        "months": months,
        "hamil_nifas": bool(states & {"hamil", "nifas"}),
        "family": family,
    }


def _event(form: Form, door: Door, answers: Answers, as_of: date, base: Mapping[str, Any]) -> dict[str, Any]:
    """An event is read with its person's age and state on its own day."""
    key = str(answers.get("member"))
    person = door.members.get(key, {})
    return _person(form, door, key, day(answers.get("on")) or as_of, base) | {"member": person}
