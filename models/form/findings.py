"""What looks wrong behind one door, after the facts were accepted: never a refusal, always something to look at.

Pure: from the answers and contexts of one door. What needs other doors (one NIK twice in a desa) is found where the
blind indexes are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from models.form.answers import warnings
from models.form.context import Door, is_active
from models.form.definition import Form, load
from models.form.nik import is_nik, is_of_area
from models.form.rules import Answers, Context

CODES = {
    "heads": "a family has more than one head; details: count",
    "no_head": "a family has people and no head",
    "nik_twice": "the same NIK stands twice behind one door",
    "nik_area": "the NIK was first issued in another kabupaten",
    "odd": "a soft check holds and nobody confirmed it; details: field, check",
}
KABUPATEN_PARTS = 2
ROLES = {
    "household": ("confirmed",),
    "family": ("confirmed",),
    "member": ("confirmed", "born", "born_precision", "sex", "kinship", "nik"),
}
"""Questions read here, in the contexts and in the flags of a NIK by their role (those of events: all)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`record` is what it is about; `subject` tells findings of one code and record apart (a check's id)."""

    code: str
    kind: str
    record: str
    subject: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@cache
def watched(version: str) -> frozenset[str]:
    """Every question an answer to which may change what looks wrong; the answers to the others cannot."""
    form = load(version)
    rules = [check.rule for kind in form.kinds.values() for _, check in kind.checks]
    words = set(_words([*rules, *form.populations.values()]))
    roles = {form.roles[kind][role] for kind, names in ROLES.items() for role in names if role in form.roles[kind]}
    return frozenset(words | roles | set(form.kinds["event"].fields))


def _words(rule: Any) -> Iterator[str]:
    """Every text in a rule: names of questions are among them."""
    if isinstance(rule, str):
        yield rule
    elif isinstance(rule, Mapping):
        yield from _words(list(rule.values()))
    elif isinstance(rule, Sequence):
        for part in rule:
            yield from _words(part)


def door_findings(form: Form, door: Door, contexts: Mapping[str, Context], desa_code: str) -> list[Finding]:
    """Every finding of one door, in a stable order; `contexts` are those of `door_contexts`."""
    members = {key: answers for key, answers in sorted(door.members.items()) if is_active(answers)}
    return [
        *_heads(form, door, members),
        *_numbers(form, members, desa_code),
        *_odd(form, door, contexts),
    ]


def _heads(form: Form, door: Door, members: Mapping[str, Answers]) -> Iterator[Finding]:
    kinship, heads = form.role("member", "kinship"), form.meaning("member", "kinship", "head")
    people = Counter(str(answers.get("family")) for answers in members.values())
    found = Counter(str(answers.get("family")) for answers in members.values() if answers.get(kinship) in heads)
    for key, answers in sorted(door.families.items()):
        if is_active(answers) and people[key] and found[key] != 1:
            code = "heads" if found[key] else "no_head"
            yield Finding(code, "family", key, details={"count": found[key]} if found[key] else {})


def _numbers(form: Form, members: Mapping[str, Answers], desa_code: str) -> Iterator[Finding]:
    """A NIK given twice, and one of another kabupaten (usual for who moved here, so only a finding)."""
    area = ".".join(desa_code.split(".")[:KABUPATEN_PARTS])
    seen: set[str] = set()
    for key, answers in members.items():
        nik = answers.get(form.role("member", "nik"))
        if not isinstance(nik, str) or not is_nik(nik):
            continue
        if nik in seen:
            yield Finding("nik_twice", "member", key)
        if not is_of_area(nik, area):
            yield Finding("nik_area", "member", key)
        seen.add(nik)


def _odd(form: Form, door: Door, contexts: Mapping[str, Context]) -> Iterator[Finding]:
    records = (
        ("household", {door.id: door.household}),
        ("family", door.families),
        ("member", door.members),
        ("event", door.events),
    )
    for kind, answers in records:
        for key, item in sorted(answers.items()):
            if not is_active(item):
                continue
            for warn in warnings(form, kind, item, contexts[key]):
                yield Finding("odd", kind, key, warn.check, {"field": warn.field, "check": warn.check})
