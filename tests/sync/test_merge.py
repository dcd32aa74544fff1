"""The merge: its truth table case by case, and what must hold for any order of edits."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.edit import Adjust, Patch
from sync.merge import merge
from sync.outcome import Stored, Writer
from sync.policy import Policy
from sync.stamps import HIGH, KADER, OFFICE, PREFILL, SETTLED, History, Lineage, Stamp, dump, load

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "merge.json").read_text("utf-8"))["cases"]
POLICY = Policy(
    "household",
    {"kebun": "set", "usaha": "set", "nomor": "office", "cacat": "sticky"},
    frozenset({"usaha"}),
    frozenset({"kb"}),
)
FLAGS = {"high": HIGH, "kader": KADER, "office": OFFICE, "settled": SETTLED, "prefill": PREFILL}
ID = "0190aaaa-0000-7000-8000-000000000001"


def stamp_of(case: dict, version: int) -> Stamp:
    flags = sum(FLAGS[name] for name in case.get("flags", []))
    return Stamp(version, case["outbox"], case["n"], case.get("person"), case.get("visited_on"), case.get("at"), flags)


def patch_of(case: dict) -> Patch:
    adjust = {
        key: Adjust(tuple(item.get("add", [])), tuple(item.get("remove", [])))
        for key, item in case.get("adjust", {}).items()
    }
    return Patch("household", ID, case["base"], case.get("set", {}), adjust)


class Row:
    """A record that takes edits one after another, as the server does."""

    def __init__(self, continues: dict | None = None) -> None:
        self.stored: Stored | None = None
        self.seq = 10
        self.continues = continues or {}

    def take(self, case: dict):
        lineage = Lineage(case["outbox"], case.get("before", {}), case.get("after", {}))
        writer = Writer(stamp_of(case, self.seq + 1), lineage, case.get("visited_on") or "2026-11-23")
        out = merge(self.stored, patch_of(case), writer, POLICY)
        version = self.stored.version if self.stored else 0
        if out.is_changed:
            self.seq += 1
            version = self.seq
        self.stored = Stored(ID, version, out.fields, load(dump(out.history)), out.asked)
        return out


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_merge__truth_table__is_as_written(case: dict) -> None:
    row = Row()
    for step in case["edits"]:
        out = row.take(step)
        lost = [
            {"field": item.field, "kept": item.kept, **({"code": item.code} if item.code else {})} for item in out.lost
        ]
        clashes = [
            {
                "field": item.field,
                "rule": item.rule,
                "state": "open" if item.is_open else "auto",
                "kept": item.kept,
                "lost": item.lost,
            }
            for item in out.clashes
        ]
        expected = step["then"]
        assert out.fields == expected["fields"]
        assert row.stored.version == expected["version"]
        assert lost == expected.get("lost", [])
        assert clashes == expected.get("clashes", [])
        assert out.is_soft is expected.get("soft", False)
        assert out.asked == expected.get("asked", {})


FIELDS = ["a", "b", "kebun", "usaha", "nomor", "cacat", "kb", "state"]
VALUE = st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["x", "X ", "y"]))


@st.composite
def edits(draw) -> list[dict]:
    """Edits of three outboxes with bases their phones could have seen, each outbox numbered without holes."""
    numbers: dict[str, int] = {}
    out = []
    for index in range(draw(st.integers(1, 10))):
        outbox = draw(st.sampled_from("ABC"))
        numbers[outbox] = numbers.get(outbox, 0) + 1
        keys = draw(st.lists(st.sampled_from(FIELDS), unique=True, min_size=1, max_size=4))
        change: dict = {"set": {}, "adjust": {}}
        for key in keys:
            if key == "kebun":
                change["adjust"][key] = {
                    "add": draw(st.lists(st.sampled_from("pqr"), max_size=2)),
                    "remove": draw(st.lists(st.sampled_from("pqr"), max_size=1)),
                }
            elif key == "usaha":
                change["adjust"][key] = {
                    "add": [{"row": draw(st.sampled_from("12")), "v": draw(st.integers(0, 2))}],
                    "remove": draw(st.lists(st.sampled_from("12"), max_size=1)),
                }
            elif key == "state":
                change["set"][key] = draw(st.sampled_from(["active", "moved", "died"]))
            else:
                change["set"][key] = draw(VALUE)
        base = draw(st.integers(0, index)) + 10 if index else 0
        flags = draw(st.lists(st.sampled_from(["high", "kader", "office"]), unique=True))
        out.append(
            {
                "outbox": outbox,
                "n": numbers[outbox],
                "base": base,
                "flags": flags,
                "visited_on": draw(st.sampled_from([None, "2026-11-01", "2026-11-02"])),
                "at": draw(st.sampled_from([0, 10**6])),
                **change,
            }
        )
    return out


@given(edits())
def test_merge__any_edits__never_raises_and_changes_no_argument(steps: list[dict]) -> None:
    row = Row()
    for step in steps:
        before, given_step = copy.deepcopy(row.stored), copy.deepcopy(step)
        stored = row.stored
        row.take(step)
        assert stored == before
        assert step == given_step


@given(edits())
def test_merge__same_edits_again__gives_the_same_state(steps: list[dict]) -> None:
    one, other = Row(), Row()
    for step in steps:
        assert one.take(step) == other.take(step)
    assert one.stored == other.stored


@given(edits())
def test_merge__one_outbox_alone__never_clashes(steps: list[dict]) -> None:
    row = Row()
    for step in [item for item in steps if item["outbox"] == "A"]:
        out = row.take(step)
        assert out.clashes == []
        assert out.lost == []
        assert not out.is_soft


@given(edits(), st.randoms())
def test_merge__one_outbox_in_any_order__keeps_the_newest_word(steps: list[dict], random) -> None:
    mine = [item for item in steps if item["outbox"] == "A" and not item["adjust"]]
    row = Row()
    row.take({"outbox": "A", "n": 0, "base": 0, "set": {"z": 1}})
    late = list(mine)
    random.shuffle(late)
    for step in late:
        row.take(step)
    newest: dict = {}
    for step in mine:
        newest |= step["set"]
    current = {"state": "active"} | row.stored.fields
    assert {key: current.get(key) for key in newest} == newest


@given(edits())
def test_merge__every_field_asked__went_in_or_is_named(steps: list[dict]) -> None:
    row = Row()
    for step in steps:
        out = row.take(step)
        named = {item.field for item in out.lost}
        for key, value in step["set"].items():
            went_in = row.stored.fields.get(key) == value or (
                key == "state" and value == "active" and key not in row.stored.fields
            )
            says_the_same = (
                isinstance(value, str)
                and str(row.stored.fields.get(key)).casefold().strip() == value.casefold().strip()
            )
            assert went_in or says_the_same or key in named


@given(edits())
def test_merge__every_replaced_value__is_in_before(steps: list[dict]) -> None:
    row = Row()
    for step in steps:
        old = dict(row.stored.fields) if row.stored else {}
        out = row.take(step)
        for key, value in old.items():
            if out.fields.get(key) != value or type(out.fields.get(key)) is not type(value):
                assert out.before[key] == value


@given(edits())
def test_merge__nothing_changed__takes_no_version(steps: list[dict]) -> None:
    row = Row()
    for step in steps:
        old = row.stored
        out = row.take(step)
        if old is None or json.dumps(out.fields) != json.dumps(old.fields) or out.asked != old.asked:
            assert row.stored.version == row.seq
        elif not step["adjust"]:
            assert row.stored.version == old.version


@given(edits(), edits())
def test_merge__disjoint_fields_from_one_base__commute(one: list[dict], other: list[dict]) -> None:
    first = {"outbox": "A", "n": 1, "base": 11, "set": {"a1": str(one[0]["base"]), "a2": 1}}
    second = {"outbox": "B", "n": 1, "base": 11, "set": {"b1": str(other[0]["base"])}}
    rows = [Row(), Row()]
    for row, order in zip(rows, ((first, second), (second, first)), strict=True):
        row.take({"outbox": "C", "n": 1, "base": 0, "set": {"a1": "", "b1": ""}})
        for step in order:
            assert row.take(step).clashes == []
    assert rows[0].stored.fields == rows[1].stored.fields


def test_history__text__reads_back() -> None:
    history = History(
        Stamp(1, "A", 1),
        {"a": Stamp(2, "B", 1, 7, "2026-11-22", 5, HIGH), "b": Stamp(2, "B", 1, 7, "2026-11-22", 5, HIGH)},
        {"a": [("C", 3)]},
    )
    assert load(dump(history)) == history
    assert dump(history).count("2026-11-22") == 1
