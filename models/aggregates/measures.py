"""Decides how many of each recap measure one door holds: the stock on a day, the flow of a period.

What a measure is stands beside the form as data; here each looks only at the records that can be counted at all.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from models.form import recap
from models.form.context import Door, is_active
from models.form.definition import Form
from models.form.recap import Measure
from models.form.rules import applies

LIVING = "living"
Contexts = Mapping[str, Mapping[str, Any]]


def stock(
    form: Form, door: Door, contexts: Contexts, families: Iterable[str], counted: Iterable[str]
) -> dict[str, int]:
    """Stock measures of a door, zeros left out; ``families`` are the active ones, ``counted`` the living."""
    groups = _stock_measures()
    house, people = door.household, list(counted)
    found: dict[str, int] = {}
    if not is_active(house):
        return found
    dwelling = {
        name: applies(rule, house, contexts[door.id])
        for name, rule in form.populations.items()
        if name in ("dwelling", "all")
    }
    for measure in groups["household"]:
        if dwelling[measure.population] and applies(measure.rule, house, contexts[door.id]):
            found[measure.id] = 1
    for measure in groups["family"]:
        number = sum(_family(measure, door, contexts, key, people) for key in families)
        if number:
            found[measure.id] = number
    for measure in groups["member"]:
        number = sum(
            applies(measure.rule, door.members[key], contexts[key])
            for key in _population(form, measure, door, contexts, people)
        )
        if number:
            found[measure.id] = number
    return found


def _population(form: Form, measure: Measure, door: Door, contexts: Contexts, living: list[str]) -> Iterable[str]:
    if measure.population == LIVING:
        return living
    rule = form.populations[measure.population]
    return [
        key for key, answers in door.members.items() if is_active(answers) and applies(rule, answers, contexts[key])
    ]


def _family(measure: Measure, door: Door, contexts: Contexts, family: str, people: list[str]) -> bool:
    if not applies(measure.rule, door.families[family], contexts[family]):
        return False
    return measure.member_rule is True or any(
        door.members[key].get("family") == family and applies(measure.member_rule, door.members[key], contexts[key])
        for key in people
    )


@cache
def _stock_measures() -> dict[str, tuple[Measure, ...]]:
    every = [one for one in recap.recap().measures.values() if one.time == "stock"]
    return {kind: tuple(one for one in every if one.kind == kind) for kind in ("household", "family", "member")}


def flow(form: Form, door: Door, first: date, last: date) -> dict[str, int]:
    """Flow measures of a door: its events from the first to the last day, zeros left out."""
    if not door.events:
        return {}
    return {key: number for key, number in recap.flow(form, door, first, last).items() if number}
