"""Checks of answers: what is impossible, what a complete record still lacks, what looks odd.

`check` is about types only and costs at most its field. Everything doubtful is a warning that the kader
may answer with "benar, memang begitu"; it never refuses. Cases: `tests/vectors/answers.json`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.form.definition import Field, Form
from models.form.rules import NONRESPONSE, Answers, Context, applies, is_answered
from models.form.values import READERS, BadValueError


@dataclass(frozen=True, slots=True)
class Warn:
    """A soft check that holds: which question, which check, what to ask."""

    field: str
    check: str
    message: str


@dataclass(frozen=True, slots=True)
class Core:
    """The core questions asked of one record: all of them, the unanswered, and the marked as non-response."""

    asked: tuple[str, ...]
    missing: tuple[str, ...]
    marked: tuple[str, ...]


def check(form: Form, kind: str, field_id: str, value: Any) -> tuple[Any, str | None]:
    """The value as it is stored and None, or the value untouched and a problem code.

    Codes: type, choice, digits, date, range, number, too_long, phone, position, row. null clears and is never a
    problem; a non-response is legal for every question; unknown kinds, fields and structural keys pass untouched.
    """
    found = form.kinds[kind].fields.get(field_id) if kind in form.kinds else None
    if found is None or found.takes_as_given(value):
        return value, None
    try:
        return READERS[found.type](found, value), None
    except BadValueError as error:
        return value, error.code


def check_item(form: Form, kind: str, field_id: str, item: Any) -> tuple[Any, str | None]:
    """The same for one element of `adjust.add`: an option of `choices`, or one row of `rows`."""
    found = form.kinds[kind].fields.get(field_id) if kind in form.kinds else None
    if found is None or found.type not in ("choices", "rows"):
        return item, None
    value, problem = check(form, kind, field_id, [item])
    return (item, problem) if problem else (value[0], None)


def read(found: Field, value: Any) -> Any:
    """One answer normalised by its question's type. Raises BadValueError with a code."""
    return READERS[found.type](found, value)


def _is_nonresponse(value: Any) -> bool:
    return isinstance(value, str) and value in NONRESPONSE


def core(form: Form, kind: str, answers: Answers, context: Context) -> Core:
    """How far the core of one record is; questions whose rule does not hold are not asked."""
    asked = tuple(
        item.id
        for item in form.kinds[kind].fields.values()
        if item.required and applies(item.show_if, answers, context)
    )
    missing = tuple(key for key in asked if not is_answered(answers.get(key)))
    marked = tuple(key for key in asked if _is_nonresponse(answers.get(key)))
    return Core(asked, missing, marked)


def core_missing(form: Form, kind: str, answers: Answers, context: Context) -> list[str]:
    """Required questions that are asked of this record and have no answer, in form order."""
    return list(core(form, kind, answers, context).missing)


def nonresponse_count(form: Form, kind: str, answers: Answers, context: Context) -> int:
    """How many core questions asked of this record are marked tidak tahu or tidak mau menjawab."""
    return len(core(form, kind, answers, context).marked)


def warnings(form: Form, kind: str, answers: Answers, context: Context) -> list[Warn]:
    """Soft checks that hold and were not yet answered with "benar, memang begitu"."""
    confirmed = answers.get(form.roles.get(kind, {}).get("confirmed", ""))
    settled = confirmed if isinstance(confirmed, list) else ()
    return [item for item in _odd(form, kind, answers, context) if item.check not in settled]


def _odd(form: Form, kind: str, answers: Answers, context: Context) -> Iterator[Warn]:
    asks = form.kinds[kind]
    checks, by_field = asks.checks, asks.checks_of
    places = set(asks.always_checked)
    for field, value in answers.items():
        if field in by_field and is_answered(value):
            places.update(by_field[field])
    for at in sorted(places):
        field, one = checks[at]
        if applies(one.rule, answers, context):
            yield Warn(field, one.id, one.message)
