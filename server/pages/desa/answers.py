"""Decides how a stored answer reads: the label of a choice, Ya/Tidak, a day, a list; unknown values as they stand."""

from collections.abc import Callable, Mapping
from typing import Any

from models.form.definition import Field, Form
from server.pages import words

Name = Callable[[str], str | None]
YES_NO = {True: "Ya", False: "Tidak"}


def text_of(form: Form, item: Field | None, value: Any, name: Name = lambda _record: None) -> str | None:
    """An answer in words, None where there is none; ``name`` gives the name of a member by id."""
    if value is None or value in ("", []):
        return None
    refusal = next((choice.label for choice in form.nonresponse if choice.value == value), None)
    if refusal:
        return refusal
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, list):
        return "; ".join(_part(form, item, one, name) for one in value) or None
    if isinstance(value, Mapping):
        return _mapping(form, item, value, name)
    return _single(item, value, name)


def _single(item: Field | None, value: Any, name: Name) -> str:
    given = str(value)
    if item is None:
        return given
    if item.refers == "member":
        return name(given) or "warga lain"
    if found := item.choice(given) or item.group_of(given):
        return found.label
    return _day(given) if item.type == "date" else given


def _day(given: str) -> str:
    try:
        return words.day(given)
    except ValueError:
        return given


def _part(form: Form, item: Field | None, value: Any, name: Name) -> str:
    if isinstance(value, Mapping):
        return _mapping(form, item, value, name)
    return _single(item, value, name)


def _mapping(form: Form, item: Field | None, value: Mapping[str, Any], name: Name) -> str:
    columns = {column.id: column for column in item.columns} if item else {}
    parts = (text_of(form, columns.get(key), part, name) for key, part in value.items() if key in columns)
    return ", ".join(part for part in parts if part)
