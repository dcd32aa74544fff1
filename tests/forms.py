"""Invented form versions after the published one, for tests: 2026.2, 2027.1 and 2027.2, and the steps between them.

2026.2 renames a question and one of its options and asks two more; 2027.1 renames a set, adds options and a question
and retires one; 2027.2 splits a question in two.  ``publish("2027.1")`` makes a server know everything up to there.
"""

import json
import shutil
from itertools import pairwise
from pathlib import Path

from models.form import definition, findings, upcast
from models.form.upcast import Ladder, Step, joined, recode, rename
from sync import checking, doors

FOLDER = definition.FOLDER
VERSIONS = ("2026.1", "2026.2", "2027.1", "2027.2")
CACHES = (definition.versions, definition._read, findings.watched, checking.policy_of, doors._numbers)
SIGNAL = rename("household", "sinyal_internet", "sinyal_hp")
SOMETIMES = recode("household", "sinyal_hp", {"kadang": "kadang_ada"})
ANIMALS = rename("household", "hewan", "ternak")


def _split(kind, answers):
    if kind != "household" or "atap" not in answers:
        return answers
    old = answers["atap"]
    parts = old.partition("_") if isinstance(old, str) else (old, "", "")
    return answers | {"atap": parts[0], "atap_rusak": None if old is None else parts[2] == "rusak"}


def _join(kind, answers):
    if kind != "household" or "atap" not in answers:
        return answers
    kept = {key: value for key, value in answers.items() if key != "atap_rusak"}
    if answers["atap"] is None:
        return kept
    return kept | {"atap": f"{answers['atap']}_{'rusak' if answers.get('atap_rusak') else 'baik'}"}


STEPS = (
    Step(
        "2026.1",
        "2026.2",
        joined(SIGNAL[0], SOMETIMES[0]),
        joined(SOMETIMES[1], SIGNAL[1]),
        {"household": frozenset({"pos_ronda", "hewan"})},
    ),
    Step("2026.2", "2027.1", *ANIMALS, {"household": frozenset({"atap"})}),
    Step("2027.1", "2027.2", _split, _join),
)


def _choices(*values):
    return [{"value": value, "label": value} for value in values]


def _field(name, kind, **more):
    return {"id": name, "type": kind, "label": name, "merge": "observed", "sensitivity": "rumah", **more}


def _second(fields):
    """2026.2: the local questions."""
    for item in fields:
        if item["id"] == "sinyal_internet":
            item["id"] = "sinyal_hp"
            item["choices"][1]["value"] = "kadang_ada"
    fields.append(_field("pos_ronda", "boolean"))
    fields.append(_field("hewan", "choices", merge="set", choices=_choices("ayam", "sapi")))


def _third(fields):
    """2027.1: a set with another name and one more option; a new question."""
    item = next(item for item in fields if item["id"] == "hewan")
    item["id"] = "ternak"
    item["choices"] += _choices("lele")
    fields.append(
        _field("atap", "choice", choices=_choices("seng_baik", "seng_rusak", "genteng_baik", "genteng_rusak"))
    )


def _third_welfare(fields):
    """2027.1: one more kind of floor; walls are asked no longer."""
    fields[:] = [item for item in fields if item["id"] != "dinding"]
    next(item for item in fields if item["id"] == "lantai")["choices"] += _choices("granit")


def _fourth(fields):
    """2027.2: what the roof is made of, and whether it leaks."""
    item = next(item for item in fields if item["id"] == "atap")
    item["choices"] = _choices("seng", "genteng")
    fields.append(_field("atap_rusak", "boolean"))


CHANGES = {
    "2026.2": {"lokal": [_second]},
    "2027.1": {"lokal": [_third], "kemiskinan": [_third_welfare]},
    "2027.2": {"lokal": [_fourth]},
}


def _write(target: Path) -> None:
    """Write the four versions, each from the one before it."""
    shutil.copytree(FOLDER / VERSIONS[0], target / VERSIONS[0])
    for older, newer in pairwise(VERSIONS):
        shutil.copytree(target / older, target / newer)
        head = target / newer / "form.json"
        head.write_text(json.dumps(json.loads(head.read_text()) | {"version": newer, "previous": older}))
        for section, changes in CHANGES[newer].items():
            path = target / newer / "household" / f"{section}.json"
            page = json.loads(path.read_text())
            for change in changes:
                change(page["fields"])
            path.write_text(json.dumps(page))


class Publisher:
    """Makes a server know the versions up to one; used through the fixture ``publish``."""

    def __init__(self, monkeypatch, folder: Path) -> None:
        self.patch, self.shelf, self.known = monkeypatch, folder / "shelf", folder / "known"
        _write(self.shelf)

    def __call__(self, version: str) -> None:
        versions = VERSIONS[: VERSIONS.index(version) + 1]
        shutil.rmtree(self.known, ignore_errors=True)
        for one in versions:
            shutil.copytree(self.shelf / one, self.known / one)
        self.patch.setattr(definition, "FOLDER", self.known)
        self.patch.setattr(upcast, "PUBLISHED", Ladder(versions, STEPS[: len(versions) - 1]))
        forget()


def forget() -> None:
    """Let everything be read again."""
    for cache in CACHES:
        cache.cache_clear()
