"""The digest: a sum that can be kept incrementally, held to vectors that the phone's twin reads too."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import digest

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "digest.json").read_text("utf-8"))
RECORDS = st.lists(st.tuples(st.uuids().map(str), st.integers(1, 2**53)), unique_by=lambda pair: pair[0], max_size=30)


@pytest.mark.parametrize("case", VECTORS["digests"], ids=lambda case: case["name"])
def test_digest__shared_vector__is_equal(case: dict) -> None:
    assert digest.text(digest.total([tuple(pair) for pair in case["records"]])) == case["digest"]


@pytest.mark.parametrize("case", VECTORS["terms"], ids=lambda case: f"{case['id']}:{case['version']}")
def test_term__shared_vector__is_equal(case: dict) -> None:
    assert digest.text(digest.term(case["id"], case["version"])) == case["term"]


@given(RECORDS, st.randoms())
def test_digest__other_order__is_equal(records: list[tuple[str, int]], random) -> None:
    mixed = list(records)
    random.shuffle(mixed)
    assert digest.total(mixed) == digest.total(records)


@given(RECORDS, st.uuids().map(str), st.integers(1, 2**53), st.integers(1, 2**53))
def test_digest__record_replaced__equals_recount(
    records: list[tuple[str, int]], record: str, old: int, new: int
) -> None:
    rest = [pair for pair in records if pair[0] != record]
    moved = digest.total([*rest, (record, old)]) - digest.term(record, old) + digest.term(record, new)
    assert digest.text(moved) == digest.text(digest.total([*rest, (record, new)]))


@given(st.integers(0, 2**64 - 1))
def test_signed__any_sum__keeps_the_text(value: int) -> None:
    assert -(2**63) <= digest.signed(value) < 2**63
    assert digest.text(digest.signed(value)) == digest.text(value)
