"""Decides when a door must be counted again though nothing was written: the next day an age or a status turns.

The ages that matter are those named by the form's rules and the recap measures; a mother's status ends by settings.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from models.form.context import Door, ages, day
from models.form.definition import Form
from models.form.recap import recap
from models.form.rules import Rule

ONE_DAY = timedelta(days=1)


def next_change(form: Form, door: Door, as_of: date) -> date | None:
    """The first day after ``as_of`` on which the summary may differ by time alone; None for never."""
    years, months = thresholds(form)
    born = form.role("member", "born")
    days: list[date] = []
    for answers in door.members.values():
        start = day(answers.get(born))
        if start is None:
            continue
        if start > as_of:
            days.append(start)
        age, month = ages(answers.get(born), as_of)
        days += [_turns(start, 12 * limit) for limit in years if age is not None and limit > age]
        days += [_turns(start, limit) for limit in months if month is not None and limit > month]
    days += [end for event in door.events.values() for end in _ends(form, event)]
    return min((one for one in days if one > as_of), default=None)


def _turns(born: date, months: int) -> date:
    """The first day on which that many months are completed."""
    year, month = divmod(born.year * 12 + born.month - 1 + months, 12)
    try:
        return date(year, month + 1, born.day)
    except ValueError:
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)


def _ends(form: Form, event: Mapping[str, Any]) -> Iterator[date]:
    """Days on which an event begins to hold or no longer holds for a mother."""
    starts = (day(event.get("on")), day(event.get(form.role("event", "breastfed_child_born"))))
    for start in starts:
        if start is not None:
            yield start
            for setting in ("hamil_hari", "nifas_hari", "menyusui_hari"):
                yield start + timedelta(days=form.settings[setting]) + ONE_DAY


@cache
def _thresholds(version: str) -> tuple[frozenset[int], frozenset[int]]:
    from models.form.definition import load

    form = load(version)
    rules: list[Rule] = [item.show_if for kind in form.kinds.values() for item in kind.fields.values()]
    rules += [rule for measure in recap().measures.values() for rule in (measure.rule, measure.member_rule)]
    rules += form.populations.values()
    found: dict[str, set[int]] = {"age": set(), "months": {form.settings["balita_bulan"]}}
    for rule in rules:
        _collect(form, rule, found)
    return frozenset(found["age"]), frozenset(found["months"])


def thresholds(form: Form) -> tuple[frozenset[int], frozenset[int]]:
    """Ages in years, and in months, at whose completion some rule may turn."""
    return _thresholds(form.version)


def _collect(form: Form, rule: Rule, found: dict[str, set[int]]) -> None:
    if isinstance(rule, bool) or not isinstance(rule, list | tuple):
        return
    name = rule[0] if rule and isinstance(rule[0], str) else ""
    unit = name.rstrip("<>=")
    if unit in found and unit != name:
        limit = rule[1] if isinstance(rule[1], int) else form.settings[rule[1]["setting"]]
        found[unit] |= {limit, limit + 1}
    for part in rule[1:]:
        _collect(form, part, found)
