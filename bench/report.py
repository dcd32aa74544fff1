"""The tables of a run: each phase with every server, and the ratios of Dawis beside the bars."""

from typing import Any

from bench.phases import NAMES

HEAD = (
    "| phase | server | conn | records/s (least-most) | server CPU s/1,000 | p50 ms | p95 ms "
    "| up B (gzip) | down B (gzip) |"
    "\n|---|---|---|---|---|---|---|---|---|"
)


def tables(found: dict[str, Any]) -> str:
    """Everything as Markdown."""
    lines = [HEAD]
    for name in NAMES:
        for connections in ("1", "8"):
            for peer, by in found["peers"].items():
                if connections in by:
                    lines.append(row(name, peer, connections, by[connections]["figures"][name]))
    for peer, by in found["peers"].items():
        for connections, run in by.items():
            told = {key: run[key] for key in ("stored", "bytes_per_record", "outcomes", "concurrent")}
            lines.append(f"\n{peer} x{connections}: {told}")
    return "\n".join(lines) + "\n"


def row(name: str, peer: str, connections: str, one: dict[str, Any]) -> str:
    """One line of the big table."""
    rates = one["rates"]
    up, down = (_bytes(one, which) for which in ("up", "down"))
    errors = f" ERRORS {one['errors']}" if one["errors"] else ""
    return (
        f"| {name} | {peer} | {connections} | {one['rate']:,.0f} ({min(rates):,.0f}-{max(rates):,.0f}) "
        f"| {one['server_per_1000']:.3f} | {one['p50_ms']:.1f} | {one['p95_ms']:.1f} | {up} | {down} |{errors}"
    )


def _bytes(one: dict[str, Any], which: str) -> str:
    packed = one[f"{which}_gzip"]
    return f"{one[which]:.0f}" + (f" ({packed:.0f})" if packed is not None else "")
