"""How a broken history is told: its seed, its options in full, what was seen, and the steps that are enough for it."""

from tests.simulator.report import Report
from tests.simulator.shrink import shrink
from tests.simulator.story import tell


def told(report: Report, kind: str) -> str:
    """The whole of it as text."""
    lines = [f"seed {report.seed} on {kind} broke {len(report.violations)} promises", f"{report.options}"]
    lines += [f"  {one}" for one in report.violations[:6]]
    lines.append(tell(shrink(report.seed, report.options, kind=kind)))
    return "\n".join(lines)
