"""A soak stops anywhere and goes on where it stopped; what it writes down is what was run."""

from tests.simulator.__main__ import main
from tests.simulator.result import page
from tests.simulator.soak import SLICE, State

FOUND = {
    "counts": {"histories": SLICE, "failing": 1},
    "faults": {"F1": 3},
    "violations": [{"seed": 7, "violation": "statement 1: x"}],
}


def test_state__slices_done__are_not_done_again(tmp_path):
    state = State()
    state.add("sqlite", range(SLICE), FOUND, "abc")
    state.save(tmp_path / "soak.json")
    again = State.load(tmp_path / "soak.json")
    assert again == state
    assert list(again.missing("sqlite", range(3 * SLICE))) == [range(SLICE, 2 * SLICE), range(2 * SLICE, 3 * SLICE)]
    assert len(list(again.missing("postgresql", range(3 * SLICE)))) == 3


def test_page__says_what_was_run_and_what_broke():
    state = State(began="2026-11-25 03:00 UTC", ended="2026-11-25 04:00 UTC", seconds=3600)
    state.add("sqlite", range(SLICE), FOUND, "abc")
    hunt = {"mutant": "poison", "stream": 0, "database": "sqlite", "seed": 4, "violation": "statement 8: y"}
    state.hunts = [hunt | {"histories": 5}, hunt | {"stream": 1, "histories": 2}]
    text = page(state)
    assert f"| histories | {SLICE} |" in text
    assert "| F1 the app ends at a crash point | 3 |" in text
    assert "- seed 7 on sqlite (abc): statement 1: x" in text
    assert f"`abc` ({SLICE:,} histories)" in text
    assert "| `poison` | A refused edit stops those after it. | 2/2 | 3.5 | 5 | statement 8 |" in text


def test_main__two_seeds_then_the_same_again__runs_only_what_is_missing(tmp_path, capsys):
    state, written = tmp_path / "soak.json", tmp_path / "soak.md"
    given = ["--seeds", "0:2", "--jobs", "1", "--state", str(state)]
    assert main(given) == 0
    assert main([*given, "--write", str(written)]) == 0
    assert State.load(state).counts["sqlite"]["histories"] == 2
    assert "| histories | 2 |" in written.read_text("utf-8")
    assert "2 histories on sqlite, 0 failing" in capsys.readouterr().out
