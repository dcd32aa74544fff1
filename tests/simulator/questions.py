"""Which questions simulated people answer: some of each way of merging, found in the form by their type."""

from functools import cache
from random import Random
from typing import Any

from models.form.definition import load

EVENTS = ("lahir", "hamil", "datang")


@cache
def fields(kind: str, wanted: str, merge: str, most: int) -> tuple[str, ...]:
    """The first questions of a kind with this type and way of merging."""
    items = load().kinds[kind].fields.values()
    return tuple(one.id for one in items if one.type == wanted and one.merge == merge)[:most]


@cache
def choices(kind: str, field: str) -> tuple[str, ...]:
    """The values of a set."""
    return tuple(one.value for one in load().kinds[kind].fields[field].choices)[:4]


@cache
def row_text(field: str) -> tuple[str, str, str]:
    """Of a rows field of a household: its choice column, a value of that, and its text column."""
    columns = load().kinds["household"].fields[field].columns
    choice = next(one for one in columns if one.type == "choice")
    return choice.id, choice.choices[0].value, next(one.id for one in columns if one.type == "text")


def texts(kind: str) -> tuple[str, ...]:
    """Free-text questions: facts seen at the door, and what the office decides."""
    return (*fields(kind, "text", "observed", 2), *fields(kind, "text", "office", 1))


def some_answers(kind: str, dice: Random, value: str, *, is_new: bool) -> dict[str, Any]:
    """``set`` and ``adjust`` of one patch: mostly one text, sometimes a set or a row."""
    roll = dice.random()
    sets = fields(kind, "choices", "set", 2)
    if kind == "household" and roll < 0.15:
        return _rows(dice, value, is_new=is_new)
    if sets and roll < 0.4:
        return _set(kind, dice.choice(sets), dice, is_new=is_new)
    wanted = texts(kind)
    names = dice.sample(wanted, dice.choice([1, 1, 1, min(2, len(wanted))]))
    cleared = dice.random() < 0.06
    return {"set": {name: None if cleared else f"{value}{place or ''}" for place, name in enumerate(names)}}


def _set(kind: str, field: str, dice: Random, *, is_new: bool) -> dict[str, Any]:
    values = choices(kind, field)
    if is_new:
        return {"set": {field: sorted(dice.sample(values, 2))}}
    add, remove = dice.sample(values, 2)
    change = dice.choice(
        [{"add": [add], "remove": []}, {"add": [], "remove": [remove]}, {"add": [add], "remove": [remove]}]
    )
    return {"adjust": {field: change}}


def _rows(dice: Random, value: str, *, is_new: bool) -> dict[str, Any]:
    field = fields("household", "rows", "set", 1)[0]
    choice, chosen, words = row_text(field)
    # Few row ids, so that two phones change the same row.
    name = f"0190aaaa-0000-7000-8000-00000000000{dice.randrange(3)}"
    row = {"row": name, choice: chosen, words: value}
    if is_new:
        return {"set": {field: [row]}}
    return {"adjust": {field: {"add": [], "remove": [name]} if dice.random() < 0.25 else {"add": [row], "remove": []}}}
