"""How a broken history is told: its seed, its options in full, what was seen, and the steps that are enough for it."""

from importlib import import_module
from importlib.util import find_spec

from tests.simulator.report import Report

SHRINKER, STORY = "tests.simulator.shrink", "tests.simulator.story"


def told(report: Report, kind: str) -> str:
    """The whole of it as text."""
    lines = [f"seed {report.seed} on {kind} broke {len(report.violations)} promises", f"{report.options}"]
    lines += [f"  {one}" for one in report.violations[:6]]
    if find_spec(SHRINKER):
        shrunk = import_module(SHRINKER).shrink(report.seed, report.options, kind=kind)
        lines.append(import_module(STORY).tell(shrunk))
    else:
        lines += [f"  step {one.index}: {one.action} by {one.phone}" for one in report.steps]
    return "\n".join(lines)
