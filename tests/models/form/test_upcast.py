"""Casting answers between form versions, with an invented 2026.2 that renames, recodes and adds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.form.definition import versions
from models.form.upcast import PUBLISHED, Ladder, NoWayError, Step, joined, recode, rename

NAME = rename("member", "panggilan", "nama_panggilan")
WATER = recode("household", "air", {"sumur": "sumur_terlindung"})
SECOND = Step("2026.1", "2026.2", joined(NAME[0], WATER[0]), joined(WATER[1], NAME[1]), {"member": frozenset({"hobi"})})
THIRD = Step("2026.2", "2026.3", *recode("household", "air", {"pdam": "perpipaan"}), {"member": frozenset({"email"})})
LADDER = Ladder(("2026.1", "2026.2", "2026.3"), (SECOND, THIRD))
ANSWERS = st.dictionaries(
    st.sampled_from(["panggilan", "air", "lain"]),
    st.none() | st.booleans() | st.sampled_from(["sumur", "pdam", "x"]) | st.lists(st.sampled_from(["sumur", "x"])),
)


def test_published__same_versions_as_the_folders():
    assert PUBLISHED.versions == versions()


def test_carry__up__renames_recodes_and_keeps_the_rest():
    assert LADDER.carry("member", {"panggilan": "Sri", "baru": 1}, "2026.1", "2026.3") == {
        "nama_panggilan": "Sri",
        "baru": 1,
    }
    assert LADDER.carry("household", {"air": "sumur"}, "2026.1", "2026.3") == {"air": "sumur_terlindung"}
    assert LADDER.carry("household", {"air": ["pdam", "tidak_tahu"]}, "2026.1", "2026.3") == {
        "air": ["perpipaan", "tidak_tahu"]
    }


def test_carry__other_kind__untouched():
    assert LADDER.carry("visit", {"panggilan": "x", "air": "sumur"}, "2026.1", "2026.2") == {
        "panggilan": "x",
        "air": "sumur",
    }


@given(st.sampled_from(["household", "member", "visit"]), ANSWERS)
def test_carry__up_and_down__gives_the_same_answers(kind, answers):
    up = LADDER.carry(kind, answers, "2026.1", "2026.3")
    assert LADDER.carry(kind, up, "2026.3", "2026.1") == answers


def test_carry__input__never_changed():
    answers = {"panggilan": "Sri"}
    LADDER.carry("member", answers, "2026.1", "2026.2")
    assert answers == {"panggilan": "Sri"}


def test_carry__unknown_version__no_way():
    with pytest.raises(NoWayError):
        LADDER.carry("member", {}, "2031.7", "2026.1")


def test_hidden__older_form__names_everything_added_since():
    assert LADDER.hidden("member", "2026.1") == {"hobi", "email"}
    assert LADDER.hidden("member", "2026.2") == {"email"}
    assert LADDER.hidden("member", "2026.3") == frozenset()


def test_ladder__missing_step__refused():
    with pytest.raises(ValueError, match="do not join"):
        Ladder(("2026.1", "2026.2"), ())


def test_recode__two_into_one__refused():
    with pytest.raises(ValueError, match="cannot be undone"):
        recode("household", "air", {"a": "c", "b": "c"})
