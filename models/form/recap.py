"""The columns of the recap books as typed data: what each measure counts and where it is printed.

Files beside this one: `recap/measures*.json` (what is counted) and `recap/4.NNx.json` (one book each, its columns
in print order). A measure is decided record by record with `counts`; `stock` and `flow` do it for one door.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from models.form.context import Door, day, door_contexts, is_active
from models.form.definition import Form, FormError, load
from models.form.lint import lint_rule
from models.form.rules import Answers, Context, Rule, applies

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


def counts(form: Form, measure: Measure, answers: Answers, context: Context) -> bool:
    """True where this record, active and of the measure's kind, is one of those counted."""
    inside = applies(form.populations[measure.population], answers, context)
    return inside and applies(measure.rule, answers, context)


def stock(form: Form, door: Door, as_of: date, settings: Mapping[str, Any] | None = None) -> dict[str, int]:
    """Every stock measure of one door on a day, by measure id."""
    if not is_active(door.household):
        return {item.id: 0 for item in recap().measures.values() if item.time == "stock"}
    contexts = door_contexts(form, door, as_of, settings)
    found = {
        "household": {door.id: door.household},
        "family": {key: answers for key, answers in door.families.items() if is_active(answers)},
        "member": {key: answers for key, answers in door.members.items() if is_active(answers)},
    }
    return {
        item.id: sum(
            counts(form, item, answers, contexts[key]) and _has_member(form, item, key, found["member"], contexts)
            for key, answers in found[item.kind].items()
        )
        for item in recap().measures.values()
        if item.time == "stock"
    }


def _has_member(
    form: Form, measure: Measure, family: str, members: Mapping[str, Answers], contexts: Mapping[str, Context]
) -> bool:
    if measure.member_rule is True:
        return True
    living = form.populations["living"]
    return any(
        answers.get("family") == family
        and applies(living, answers, contexts[key])
        and applies(measure.member_rule, answers, contexts[key])
        for key, answers in members.items()
    )


def flow(
    form: Form, door: Door, first: date, last: date, settings: Mapping[str, Any] | None = None
) -> dict[str, int]:
    """Every flow measure of one door: its active events with `first` <= `on` <= `last`, by measure id."""
    contexts = door_contexts(form, door, last, settings)
    inside = {
        key: answers
        for key, answers in door.events.items()
        if is_active(answers) and (on := day(answers.get("on"))) is not None and first <= on <= last
    }
    return {
        item.id: sum(counts(form, item, answers, contexts[key]) for key, answers in inside.items())
        for item in recap().measures.values()
        if item.time == "flow"
    }
