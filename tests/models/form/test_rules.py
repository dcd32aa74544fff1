"""The rule language against the vectors shared with the phone."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.form.rules import OPERATORS, RuleError, applies

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "rules.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_applies__vector__as_expected(case: dict[str, Any]) -> None:
    if case["expect"] == "error":
        with pytest.raises(RuleError):
            applies(case["rule"], case["answers"], case["context"])
    else:
        assert applies(case["rule"], case["answers"], case["context"]) is case["expect"]


def test_vectors__every_operator__has_a_case() -> None:
    def names(rule: Any) -> set[str]:
        if not isinstance(rule, list) or not rule:
            return set()
        inner = {name for part in rule[1:] for name in names(part)}
        return inner | ({rule[0]} if isinstance(rule[0], str) else set())

    used = {name for case in VECTORS for name in names(case["rule"])}
    age_forms = {name for name in OPERATORS if name.startswith(("age", "months"))}
    assert used - {"toString", "bogus", "xor"} >= OPERATORS - age_forms
