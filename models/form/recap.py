"""The columns of the recap books as typed data: what each measure counts and where it is printed.

Files beside this one: `recap/measures*.json` (what is counted) and `recap/4.NNx.json` (one book each, its columns
in print order). `stock` and `flow` count one door; totals of areas are sums of doors.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from models.form.context import Door, day, door_contexts, is_active
from models.form.definition import Form, FormError, load
from models.form.lint import lint_rule
from models.form.rules import Answers, Context, Rule, applies

_Records: TypeAlias = Mapping[str, Mapping[str, Answers]]
FOLDER = Path(__file__).parent / "recap"
UNITS = ("rumah", "krt", "kk", "orang", "pasangan", "kejadian")
COLUMN_KINDS = ("number", "row", "area", "measure", "note")


@dataclass(frozen=True, slots=True)
class Measure:
    """One number: records of `kind` in `population` for which `rule` holds.

    `time` is "stock" (on a day) or "flow" (events whose `on` lies in the period). `member_rule`, for a
    family measure, asks that at least one of those who live there satisfies it.
    """

    id: str
    label: str
    unit: str
    kind: str
    time: str
    population: str
    rule: Rule
    definition: str
    member_rule: Rule = True


@dataclass(frozen=True, slots=True)
class Column:
    """One printed column. `ref` is a measure id, or for kind "area" the level that is counted."""

    number: int
    kind: str
    label: str
    ref: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """One form: `level` is whose book it is, `row` what each line is, `period` tahun or bulan."""

    book: str
    title: str
    level: str
    row: str
    period: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Recap:
    """All measures and books, by id, in file order."""

    measures: Mapping[str, Measure]
    books: Mapping[str, Book]


@cache
def recap() -> Recap:
    """Every measure and book. Raises FormError where a file does not fit the newest form."""
    form = load()
    items = [Measure(**item) for path in sorted(FOLDER.glob("measures*.json")) for item in _json(path)["measures"]]
    measures = {item.id: item for item in items}
    books = {book.book: book for book in (_book(_json(path)) for path in sorted(FOLDER.glob("4.*.json")))}
    problems = [*_lint(form, measures), *_lint_books(measures, books)]
    problems += [
        f"{item}: {name!r} tidak ada" for item, names in form.derived.items() for name in names if name not in measures
    ]
    if len(measures) != len(items) or problems:
        raise FormError("; ".join(problems) or "ukuran ganda")
    return Recap(measures, books)


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _book(item: Mapping[str, Any]) -> Book:
    return Book(**{**item, "columns": tuple(Column(**column) for column in item["columns"])})


def _lint(form: Form, measures: Mapping[str, Measure]) -> Iterator[str]:
    for item in measures.values():
        if item.unit not in UNITS or item.time not in ("stock", "flow") or item.population not in form.populations:
            yield f"{item.id}: satuan, waktu, atau populasi tak dikenal"
        yield from lint_rule(form, item.kind, item.rule, item.id)
        yield from lint_rule(form, "member", item.member_rule, item.id)


def _lint_books(measures: Mapping[str, Measure], books: Mapping[str, Book]) -> Iterator[str]:
    for book in books.values():
        for place, column in enumerate(book.columns, start=1):
            if column.number != place or column.kind not in COLUMN_KINDS:
                yield f"{book.book}: kolom {column.number} salah tempat atau jenis"
            if column.kind == "measure" and column.ref not in measures:
                yield f"{book.book}: ukuran {column.ref!r} tidak ada"


def stock(form: Form, door: Door, as_of: date, settings: Mapping[str, Any] | None = None) -> dict[str, int]:
    """Every stock measure of one door on a day, by measure id; all 0 where the door itself is gone."""
    found = {"household": {door.id: door.household}, "family": door.families, "member": door.members}
    contexts = door_contexts(form, door, as_of, settings)
    if not is_active(door.household):
        found = {}
    return _count(form, "stock", found, contexts)


def flow(form: Form, door: Door, first: date, last: date, settings: Mapping[str, Any] | None = None) -> dict[str, int]:
    """Every flow measure of one door: its active events with `first` <= `on` <= `last`, by measure id."""
    contexts = door_contexts(form, door, last, settings)
    inside = {
        key: answers
        for key, answers in door.events.items()
        if (on := day(answers.get("on"))) is not None and first <= on <= last
    }
    return _count(form, "flow", {"event": inside}, contexts)


def _count(form: Form, time: str, records: _Records, contexts: Mapping[str, Context]) -> dict[str, int]:
    """How many active records each measure counts; who belongs to a population is decided once."""
    totals = {item.id: 0 for item in recap().measures.values() if item.time == time}
    populations: dict[tuple[str, str], dict[str, Answers]] = {}
    for item in recap().measures.values():
        place = (item.kind, item.population)
        if item.time != time:
            continue
        if place not in populations:
            populations[place] = _population(form, records.get(item.kind, {}), item.population, contexts)
        totals[item.id] = sum(
            applies(item.rule, answers, contexts[key]) and _has_member(form, item, key, records, contexts)
            for key, answers in populations[place].items()
        )
    return totals


def _population(
    form: Form, records: Mapping[str, Answers], name: str, contexts: Mapping[str, Context]
) -> dict[str, Answers]:
    rule = form.populations[name]
    active = {key: answers for key, answers in records.items() if is_active(answers)}
    return {key: answers for key, answers in active.items() if applies(rule, answers, contexts[key])}


def _has_member(form: Form, measure: Measure, family: str, records: _Records, contexts: Mapping[str, Context]) -> bool:
    """For a family measure with a member rule: does one of those who live there satisfy it."""
    if measure.member_rule is True:
        return True
    living = _population(form, records["member"], "living", contexts)
    return any(
        answers.get("family") == family and applies(measure.member_rule, answers, contexts[key])
        for key, answers in living.items()
    )
