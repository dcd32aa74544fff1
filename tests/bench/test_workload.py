"""Workload W is the same on every day and every machine, legal by the form, and as wide as it says."""

import hashlib
from collections import Counter

import pytest

from bench.edits import second_round
from bench.workload import DOORS, WIDTH, dumps, make
from models.form.answers import read
from models.form.definition import load
from models.form.nik import flags, is_nik


@pytest.fixture(scope="module")
def whole():
    return make(dasawisma=8)


def test_make__same_bytes_for_a_seed(whole):
    make.cache_clear()
    again = make(dasawisma=8)
    assert again is not whole
    assert hashlib.sha256(dumps(again.documents())).digest() == hashlib.sha256(dumps(whole.documents())).digest()
    assert make(seed=3, dasawisma=1).documents() != make(dasawisma=1).documents()


def test_make__a_family_a_door_and_widths_reached(whole):
    widths = Counter((one["kind"], len(one) - 3) for one in whole.documents())
    assert sum(count for (kind, _), count in widths.items() if kind == "household") == 8 * DOORS
    assert max(width for kind, width in widths if kind == "household") == WIDTH["household"]
    assert max(width for kind, width in widths if kind == "member") == WIDTH["member"]
    full = sum(count for (kind, width), count in widths.items() if width >= WIDTH[kind] - 2)
    assert full > 0.9 * sum(widths.values())
    assert 3.3 < len(whole.documents()) / (8 * DOORS) - 1 < 3.8


def test_make__every_answer_is_legal_and_every_nik_fits_its_owner(whole):
    form = load()
    niks = []
    for one in whole.documents():
        for key, value in one.items():
            item = form.kinds[one["kind"]].fields.get(key)
            assert item is None or read(item, value) is not None or value is None, (key, value)
        if one["kind"] == "member":
            niks.append(one[form.role("member", "nik")])
            assert is_nik(niks[-1])
            assert not any(flags(form, one).values())
    assert len(set(niks)) == len(niks)


def test_make__ids_are_time_ordered_within_a_dasawisma(whole):
    ids = [door.id for door in whole.doors[next(iter(whole.doors))]]
    assert ids == sorted(ids)
    assert len(whole.ids()) == len(whole.documents())


def test_second_round__shares_and_kinds_of_clash(whole):
    made, documents = second_round(whole), {one["id"]: one for one in whole.documents()}
    owners = made.owners()
    assert len(owners) == round(len(documents) * 0.2)
    assert len(made.second) == round(len(documents) * 0.02)
    assert {change.id for change in made.second} == made.same | made.apart
    for change in made.second:
        mine = owners[change.id].values
        assert bool(mine.keys() & change.values.keys()) == (change.id in made.same)
        assert all(value not in {documents[change.id][key], mine.get(key)} for key, value in change.values.items())
    for change in owners.values():
        assert all(documents[change.id][key] != value for key, value in change.values.items())
