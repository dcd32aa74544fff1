"""Doors stored when a version was published: they stay legal, complete and counted alike for ever."""

from datetime import date

import pytest

from models.form.answers import check, core_missing
from models.form.context import Door, door_contexts
from models.form.definition import load, versions
from models.form.recap import stock
from models.form.upcast import PUBLISHED
from tests.models.form.vectors import vectors

STORED = [(version, sample) for version in versions() for sample in vectors(f"form-{version}")]
KINDS = ("family", "member", "event")


def records(door):
    """(kind, id, answers) of one door."""
    yield "household", door.id, door.household
    for kind, group in zip(KINDS, (door.families, door.members, door.events), strict=True):
        for key, answers in group.items():
            yield kind, key, answers


@pytest.mark.parametrize(("version", "sample"), STORED)
def test_sample__in_its_own_version__legal_and_complete(version, sample):
    form, door = load(version), Door(**sample["door"])
    contexts = door_contexts(form, door, date.fromisoformat(sample["as_of"]))
    for kind, key, answers in records(door):
        assert {field: check(form, kind, field, value) for field, value in answers.items()} == {
            field: (value, None) for field, value in answers.items()
        }
        assert core_missing(form, kind, answers, contexts[key]) == []


@pytest.mark.parametrize(("version", "sample"), STORED)
def test_sample__carried_to_the_newest_and_back__same_answers(version, sample):
    newest = versions()[-1]
    for kind, _, answers in records(Door(**sample["door"])):
        up = PUBLISHED.carry(kind, answers, version, newest)
        assert not {
            field: check(load(), kind, field, value)[1]
            for field, value in up.items()
            if check(load(), kind, field, value)[1]
        }
        assert PUBLISHED.carry(kind, up, newest, version) == answers


@pytest.mark.parametrize(("version", "sample"), STORED)
def test_sample__recap__counts_what_it_counted(version, sample):
    found = stock(load(version), Door(**sample["door"]), date.fromisoformat(sample["as_of"]))
    assert {name: number for name, number in found.items() if number}.items() >= sample["stock"].items()
