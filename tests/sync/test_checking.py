"""Checking: whatever an answer holds, it is stored or costs its field; an unknown form version costs the edit."""

import math

import pytest

from models.form.definition import load
from models.structure import STRUCTURE
from sync.checking import checked, policy_of
from sync.edit import Adjust, Edit, Patch

ODD = [
    "",
    " ",
    "x",
    0,
    -1,
    1.5,
    2**53,
    True,
    False,
    [],
    ["x"],
    [1],
    [None],
    [[]],
    [{}],
    [{"row": 1}],
    [{"row": "1", "x": []}],
    {},
    {"a": 1},
    None,
]
ROW = "0190aaaa-0000-7000-8000-00000000000a"
FORM = load()
FIELDS = [(kind, key) for kind, item in FORM.kinds.items() for key in item.fields]


def edit(*patches, form=FORM.version):
    return Edit(1, "e", None, None, form, tuple(patches))


@pytest.mark.parametrize(("kind", "key"), FIELDS)
def test_any_value_in_any_field__stored_or_named(kind, key):
    for value in ODD:
        one = checked(edit(Patch(kind, ROW, 0, {key: value}, {key: Adjust((value,), (value,))}))).patches[0]
        named = {name for name, _ in one.lost}
        assert key in one.set or key in named
        assert key in one.adjust or key in named
        assert not any(isinstance(item, float) and math.isnan(item) for item in one.set.values())


def test_unknown_version__key_error():
    with pytest.raises(KeyError):
        checked(edit(Patch("household", ROW, 0, {}), form="2031.7"))


def test_unknown_field__is_kept():
    assert checked(edit(Patch("household", ROW, 0, {"belum_ada": [1]}))).patches[0].set == {"belum_ada": [1]}


def test_two_patches_for_one_record__become_one():
    first = Patch("household", ROW, 4, {"x": 1, "y": 1}, {"z": Adjust(("p",), ("q",))})
    second = Patch("household", ROW, 7, {"y": 2}, {"z": Adjust(("q",), ("p",))})
    (one,) = checked(edit(first, second)).patches
    assert (one.base, dict(one.set)) == (4, {"x": 1, "y": 2})
    assert one.adjust == {"z": Adjust(("q",), ("p",))}


@pytest.mark.parametrize("kind", STRUCTURE)
def test_policy__comes_from_the_form(kind):
    policy = policy_of(FORM.version, kind)
    for key, item in FORM.kinds[kind].fields.items():
        assert policy.of(key) == item.merge
        assert (key in policy.lifetimed) == bool(item.valid_days)
    assert policy.of("state") == "structure"
    assert policy.of("belum_ada") == "observed"
