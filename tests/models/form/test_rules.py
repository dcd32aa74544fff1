"""The rule language against the vectors shared with the phone."""

import pytest

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
