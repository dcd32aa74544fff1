"""The wire: whatever bytes come, a request is read or refused whole, and damage costs as little as it can."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.problems import Problem
from sync import clean
from sync.edit import Edit, Unread
from sync.reading import read_edit
from sync.wire import ENVELOPE, assemble, is_usual, loads, parse, record_line, slices

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "wire.json").read_text("utf-8"))
ID = "0190aaaa-0000-7000-8000-000000000001"


def body(edits, **more):
    return json.dumps({"protocol": 1, "app": "1", "form": "2026.1", "outbox": "o", "edits": edits, **more}).encode()


def patch(**set_):
    return {"kind": "household", "id": ID, "base": 0, "set": set_}


@pytest.mark.parametrize("case", VECTORS["edits"], ids=lambda case: case["name"])
def test_edit__shared_vector__read_or_refused(case):
    read = read_edit(case["edit"], "2026.1")
    if "code" in case:
        assert isinstance(read, Unread)
        assert (read.n, read.id, read.code) == (case["n"], case["id"], case["code"])
    else:
        assert isinstance(read, Edit)
        one = read.patches[0]
        assert (dict(one.set), [list(pair) for pair in one.lost]) == (case["set"], case["lost"])


@pytest.mark.parametrize("case", VECTORS["values"], ids=lambda case: case["name"])
def test_value__shared_vector__stored_or_impossible(case):
    given_value = loads(case["json"].encode())
    if "code" in case:
        with pytest.raises(clean.ImpossibleError) as problem:
            clean.value(given_value)
        assert problem.value.code == case["code"]
    else:
        assert clean.value(given_value) == case["stored"]


@pytest.mark.parametrize("case", VECTORS["same"], ids=str)
def test_same__shared_vector__case_spaces_and_form_do_not_count(case):
    one, other, is_same = case
    assert clean.same(one, other) is is_same


@given(st.binary(max_size=300))
def test_parse__any_bytes__refused_or_read(data):
    with suppress(Problem):
        assert parse(data).outbox


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["n", "id", "at", "visited_on", "form", "settles", "patches", "raw", "sealed"])


@given(st.lists(st.dictionaries(KEYS, JSON, max_size=9) | JSON, max_size=4))
def test_parse__any_edits__each_read_or_unread(edits):
    data = json.dumps({"protocol": 1, "outbox": "o", "edits": edits}).encode()
    request = parse(data)
    assert len(request.edits) == len(edits)
    assert len(request.raws) == len(edits)


@given(
    st.dictionaries(st.sampled_from(["kind", "id", "base", "set", "adjust"]), JSON),
    st.dictionaries(st.text(max_size=5), JSON, max_size=5),
)
def test_read_edit__any_patch__never_raises(damage, set_):
    edit = {"n": 1, "id": "e", "patches": [{**patch(), "set": set_, **damage}]}
    read = read_edit(json.loads(json.dumps(edit)), "2026.1")
    if isinstance(read, Edit):
        json.dumps(read.patches[0].set, allow_nan=False).encode()


@given(st.lists(st.dictionaries(st.text(max_size=4), JSON, max_size=3), min_size=1, max_size=5), st.integers(0, 4))
def test_slices__any_edits__are_their_bytes(edits, indent):
    data = json.dumps({"a": {"edits": [1, 2]}, "edits": edits, "z": '"edits": [\\'}, indent=indent or None).encode()
    assert [json.loads(item) for item in slices(data)] == json.loads(json.dumps(edits)) or any(
        "nan" in str(e).lower() for e in edits
    )


def test_loads__numbers_too_large_and_broken_text__cost_only_themselves():
    request = parse(
        b'\xef\xbb\xbf{"protocol":1,"outbox":"o","edits":[{"n":1,"id":"e","patches":[{"kind":"household","id":"'
        + ID.encode()
        + b'","base":0,"set":{"a":1e999,"b":NaN,"c":'
        + b"9" * 5000
        + b',"d":"\xff","e":"\\ud800","f":"x\x00y","g":7}}]}]}'
    )
    one = request.edits[0].patches[0]
    assert dict(one.set) == {"d": "\ufffd", "e": "\ufffd", "f": "xy", "g": 7}
    assert [key for key, _ in one.lost] == ["a", "b", "c"]


def test_continues_clock_and_prev__read_as_told():
    request = parse(
        body(
            [], continues={"outbox": "p", "through": 3}, prev=7, clock={"now": "2026-11-23T08:00:00Z", "trust": "high"}
        )
    )
    assert (request.continues, request.prev, request.is_trusted) == (("p", 3), "", True)
    assert parse(body([], continues={"outbox": 1})).continues is None


def test_assemble__documents_pass_through_as_they_are():
    line = record_line({"id": "a", "version": 3}, b'{"x": 1}')
    assert json.loads(assemble({"more": False}, [line, line])) == {
        "records": [{"id": "a", "version": 3, "fields": {"x": 1}}] * 2,
        "more": False,
    }
    assert json.loads(assemble({"more": False}, [])) == {"records": [], "more": False}


ODD = st.sampled_from([None, "", "a", "x" * 70, "x" * 2000, 1, 1.0, True, [], ["D001"], [1], {}])


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("protocol", "app", "form", "outbox", "epoch", "again"), ODD)))
def test_is_usual__only_what_the_schema_reads_just_so(given_keys):
    usual = {"protocol": 1, "app": "1.0.0", "form": "2026.1", "outbox": "o", "epoch": "e", "again": []}
    assert is_usual(usual)
    asked = usual | given_keys
    if is_usual(asked):
        assert ENVELOPE.load(asked) == asked
