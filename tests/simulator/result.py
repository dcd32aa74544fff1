"""Decides how the result of a soak is written down: one page, made from the state alone."""

from statistics import median
from typing import Any

from tests.simulator.mutants.catalogue import CATALOGUE
from tests.simulator.options import FAULTS
from tests.simulator.soak import State, found_after

FAULT_WORDS = {
    "F1": "the app ends at a crash point",
    "F2": "request or answer lost",
    "F3": "delivered twice, late, or again",
    "F4": "body or answer cut or bit-flipped",
    "F5": "phone clock wrong",
    "F6": "phone or server storage full",
    "F7": "phone storage evicted",
    "F8": "phone restored or cloned",
    "F9": "server restored from a backup",
    "F10": "restored server ran past the old numbers",
    "F11": "other version of app or form",
    "F12": "two tabs at once",
    "F13": "captive portal",
    "F14": "server process killed around a commit",
    "F15": "rights changed while offline",
    "F16": "two people at one record",
}


def page(state: State) -> str:
    """The result as Markdown."""
    return "\n".join([*_head(state), *_histories(state), *_violations(state), *_mutants(state)]) + "\n"


def _head(state: State) -> list[str]:
    commits = ", ".join(f"`{name}` ({count:,} histories)" for name, count in state.commits.items())
    return [
        "# Soak of the simulator",
        "",
        "Written by `python -m tests.simulator --write docs/soak.md` from what was run; nothing here is estimated.",
        "",
        f"Begun {state.began}, last written {state.ended}, {state.seconds / 3600:.1f} hours of running.",
        f"Commits: {commits or 'none'}.",
        "",
    ]


def _histories(state: State) -> list[str]:
    kinds = sorted(state.counts)
    lines = ["| | " + " | ".join(kinds) + " |", "|---|" + "---:|" * len(kinds)]
    whole = ("histories", "failing", "syncs", "edits")
    lines += [_line(name, [state.counts[kind].get(name, 0) for kind in kinds]) for name in whole]
    lines += [
        _line(f"{fault} {FAULT_WORDS[fault]}", [state.faults[kind].get(fault, 0) for kind in kinds]) for fault in FAULTS
    ]
    checks = sorted({name for kind in kinds for name in state.counts[kind] if name.startswith("checked ")})
    lines += [_line(name, [state.counts[kind].get(name, 0) for kind in kinds]) for name in checks]
    return ["## Histories", "", *(lines if kinds else ["None."]), ""]


def _line(name: str, counts: list[int]) -> str:
    return f"| {name} | " + " | ".join(f"{count:,}" for count in counts) + " |"


def _violations(state: State) -> list[str]:
    lines = [
        f"- seed {one['seed']} on {one['database']} ({one['commit']}): {_one_line(one)}" for one in state.violations
    ]
    return ["## Violations", "", *(lines or ["None."]), ""]


def _one_line(one: dict[str, Any]) -> str:
    return " ".join(str(one["violation"]).split())[:300]


def _mutants(state: State) -> list[str]:
    lines = [
        "## Planted bugs",
        "",
        "Each is switched on alone; histories of independent streams of seeds are run until one is found.",
        "",
        "| planted bug | what is wrong | found | histories: median | worst | breaks |",
        "|---|---|---:|---:|---:|---|",
    ]
    for name, mutant in CATALOGUE.items():
        done = found_after(state, name)
        if not done:
            continue
        counts = [one.histories for one in done if one.seed is not None]
        broken = sorted({(one.violation or "").partition(":")[0] for one in done if one.violation})
        told = f"{median(counts):g} | {max(counts)}" if counts else "- | -"
        lines.append(f"| `{name}` | {mutant.says} | {len(counts)}/{len(done)} | {told} | {', '.join(broken)} |")
    return lines
