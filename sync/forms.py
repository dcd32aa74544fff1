"""Decides how phones with an older form are understood and answered: records are kept in today's form.

An edit is checked by its own form, then carried up; a pull and a verdict are carried down to the form the phone shows.
What that form cannot show (a question or an answer it does not have) is left out; what no form knows is kept as it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.form import upcast
from models.form.answers import check, check_item
from models.form.definition import Form, load, versions
from models.structure import STRUCTURE
from sync.edit import Adjust, Edit, Patch


def today() -> str:
    """Return the version records are kept in: the newest this server knows."""
    return versions()[-1]


def copy_of(form: str) -> str:
    """Return what a phone's copy is written in, for its cursor: its form, and for an unknown one today's as well."""
    return form if form in versions() else f"{form} {today()}"


def is_older(form: str) -> bool:
    """Whether records have to be carried down for a phone that shows this form."""
    return form != today() and form in versions()


def carried(edit: Edit) -> Edit:
    """Return a checked edit in today's words; its ``form`` still says which one its author saw."""
    if edit.form == today():
        return edit
    return replace(edit, patches=tuple(_carried(patch, edit.form) for patch in edit.patches))


def _carried(patch: Patch, form: str) -> Patch:
    """Return one patch in today's words: what is set, added, removed, and what was impossible."""
    if patch.kind not in STRUCTURE:
        return patch
    changes: dict[str, Adjust] = {}
    for key, change in patch.adjust.items():
        add = _carry(patch.kind, {key: list(change.add)}, form, today())
        remove = _carry(patch.kind, {key: list(change.remove)}, form, today())
        for name in {**add, **remove}:
            changes[name] = Adjust(tuple(add.get(name, ())), tuple(remove.get(name, ())))
    lost = tuple((name_in(patch.kind, key, form, today()), code) for key, code in patch.lost)
    return replace(patch, set=_carry(patch.kind, patch.set, form, today()), adjust=changes, lost=lost)


def _carry(kind: str, answers: Mapping[str, Any], source: str, target: str) -> dict[str, Any]:
    return upcast.PUBLISHED.carry(kind, answers, source, target)


def name_in(kind: str, key: str, source: str, target: str) -> str:
    """Return the name of a question (or of one row of it, ``key/row``) in another form; its own where it has none."""
    if source == target:
        return key
    question, slash, row = key.partition("/")
    names = list(_carry(kind, {question: None}, source, target))
    return f"{names[0]}{slash}{row}" if len(names) == 1 else key


def shown(kind: str, fields: Mapping[str, Any], form: str) -> dict[str, Any]:
    """Return the answers of a record as a form shows them."""
    if kind not in load(form).kinds:
        return dict(fields)
    hidden = upcast.PUBLISHED.hidden(kind, form)
    told = _carry(kind, fields, today(), form)
    found = {key: _fitting(load(form), kind, key, value) for key, value in told.items() if key not in hidden}
    return {key: value for key, value in found.items() if value is not _NOT_SHOWN}


def shown_value(kind: str, key: str, value: Any, form: str) -> tuple[str, Any]:
    """Return a question's name and answer as a form calls them."""
    if not is_older(form):
        return key, value
    told = list(_carry(kind, {key: value}, today(), form).items())
    return told[0] if len(told) == 1 else (key, value)


_NOT_SHOWN = object()


def _fitting(form: Form, kind: str, key: str, value: Any) -> Any:
    """Return an answer as far as a form has it; a set loses only the items the form lacks."""
    if key in STRUCTURE[kind]:
        return value
    if form.field(kind, key) is None:
        return value if load(today()).field(kind, key) is None else _NOT_SHOWN
    if value is None:
        return value
    if isinstance(value, list):
        return [item for item in value if check_item(form, kind, key, item)[1] is None]
    return value if check(form, kind, key, value)[1] is None else _NOT_SHOWN
