"""The rule language against the vectors shared with the phone."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.form.rules import OPERATORS, RuleError, applies
from tests.models.form.vectors import case_name, vectors

CASES = vectors("rules")


@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_applies__vector__as_expected(case):
    if case["expect"] == "error":
        with pytest.raises(RuleError):
            applies(case["rule"], case["answers"], case["context"])
    else:
        assert applies(case["rule"], case["answers"], case["context"]) is case["expect"]


def operators_in(rule):
    if not isinstance(rule, list) or not rule:
        return set()
    inner = {name for part in rule[1:] for name in operators_in(part)}
    return inner | ({rule[0]} if isinstance(rule[0], str) else set())


def test_vectors__every_operator__has_a_case():
    used = {name for case in CASES for name in operators_in(case["rule"])}
    ages = {name for name in OPERATORS if name.startswith(("age", "months"))}
    assert used >= OPERATORS - ages


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["a", "b", "tidak_tahu", "2026-01-01", "member", "settings"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "field", "setting", "row"]), inner, max_size=2)
    ),
)
RULES = st.recursive(
    st.booleans() | LEAVES | VALUES,
    lambda inner: st.lists(inner, max_size=3).flatmap(
        lambda parts: st.sampled_from(sorted(OPERATORS)).map(lambda name: [name, *parts])
    ),
    max_leaves=12,
)
ANSWERS = st.dictionaries(st.sampled_from(["a", "b"]), VALUES, max_size=2)


@given(
    RULES, ANSWERS, st.dictionaries(st.sampled_from(["a", "age", "months", "member", "settings"]), VALUES, max_size=4)
)
def test_applies__any_json__true_false_or_rule_error(rule, answers, context):
    with suppress(RuleError):
        assert applies(rule, answers, context) in (True, False)
