"""Decides which answers of an edit are possible, and how the form's version says its fields merge.

An impossible answer costs its field.  An edit is read by its own form version and carried to today's (``sync.forms``);
``checked`` raises KeyError for a version that was never published, which is a quarantine and not a refusal.  Several
patches for one record become one.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from models.form.answers import check, check_item
from models.form.definition import Form, load, versions
from models.structure import STRUCTURAL
from sync.edit import Adjust, Edit, Patch
from sync.forms import carried
from sync.policy import SET, Policy

HASHED = frozenset({str, bool, type(None)})
"""Types of values that stand in ``Kind.as_given``."""


@lru_cache(maxsize=256)
def policy_of(version: str, kind: str) -> Policy:
    """Return how the fields of a kind merge in a form version; raises KeyError for an unknown version.

    Questions it no longer asks merge as they did when they were asked: an old phone may still answer them.
    """
    load(version)
    asked = (load(known).kinds.get(kind) for known in versions()[: versions().index(version) + 1])
    fields = {key: item for one in asked if one for key, item in one.fields.items()}
    return Policy(
        kind,
        {key: item.merge for key, item in fields.items()},
        frozenset(key for key, item in fields.items() if item.type == "rows"),
        frozenset(key for key, item in fields.items() if item.valid_days),
    )


def checked(edit: Edit) -> Edit:
    """Return the edit with normalised answers in today's words and one patch a record.

    Raises KeyError for an unknown form version.
    """
    form = load(edit.form)
    patches: dict[tuple[str, str], Patch] = {}
    for patch in edit.patches:
        known = patches.get((patch.id, patch.kind))
        patches[patch.id, patch.kind] = _joined(known, patch) if known else patch
    read = tuple(_checked(form, patch) for patch in patches.values())
    return carried(Edit(edit.n, edit.id, edit.at, edit.visited_on, edit.form, read, edit.settles))


def _checked(form: Form, patch: Patch) -> Patch:
    """Return one patch with its answers normalised; the very same where they were already."""
    if patch.kind not in STRUCTURAL:
        return patch
    structure, ready = STRUCTURAL[patch.kind], form.kinds[patch.kind].as_given
    lost = list(patch.lost)
    values: dict[str, Any] | None = None
    for key, given in patch.set.items():
        words = ready.get(key)
        if words is None or (type(given) in HASHED and given in words) or key in structure:
            continue
        values = dict(patch.set) if values is None else values
        value, code = check(form, patch.kind, key, given)
        if code is None:
            values[key] = value
        else:
            del values[key]
            lost.append((key, code))
    changes = {}
    for key, change in patch.adjust.items():
        code = _misplaced(form, patch.kind, key)
        if code is None:
            changes[key] = _adjust(form, patch.kind, key, change, lost)
        else:
            lost.append((key, code))
    if values is None and not patch.adjust:
        return patch
    return Patch(patch.kind, patch.id, patch.base, patch.set if values is None else values, changes, tuple(lost))


def _misplaced(form: Form, kind: str, key: str) -> str | None:
    """Tell why a field cannot be adjusted: only sets can (and fields this version does not know)."""
    known = form.kinds[kind].field(key)
    return None if known is None or known.merge == SET else "not_a_set"


def _adjust(form: Form, kind: str, key: str, change: Adjust, lost: list[tuple[str, str]]) -> Adjust:
    items = []
    for item in change.add:
        value, code = check_item(form, kind, key, item)
        if code is None:
            items.append(value)
        else:
            lost.append((key, code))
    return Adjust(tuple(items), change.remove)


def _joined(one: Patch, other: Patch) -> Patch:
    """Join two patches of one edit for one record; the second one's values count."""
    changes = dict(one.adjust)
    for key, change in other.adjust.items():
        before = changes.get(key, Adjust())
        add = [item for item in before.add if item not in change.remove]
        changes[key] = Adjust((*add, *change.add), (*_without(before.remove, change.add), *change.remove))
    base = min(one.base, other.base)
    return Patch(one.kind, one.id, base, {**one.set, **other.set}, changes, (*one.lost, *other.lost))


def _without(items: Iterable[object], taken: Iterable[object]) -> tuple[object, ...]:
    gone = list(taken)
    return tuple(item for item in items if item not in gone)
