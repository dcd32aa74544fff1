"""The tables of a run: the bars, each phase with every server, probes, bytes and memory; and docs/speed.md."""

from typing import Any

from bench import bars, wire
from bench.memory import LIMIT_MIB
from bench.phases import NAMES

HEAD = (
    "| phase | server | conn | records/s (least-most) | server CPU s/1,000 | p50 ms | p95 ms "
    "| up B (gzip) | down B (gzip) |"
)
RULE = "|---|---|---|---|---|---|---|---|---|"
HEADLINE = (
    "Measured by `make bench-sync` on {on}, {cores} cores, {minutes:.0f} minutes, load at the start {load[0]:.1f}."
)
PROSE = """\
All servers took turns in one run; compare ratios, not times.

Workload W: 1,200 households of up to 26 fields and about 4,230 persons of up to 21, 80 devices; a second round edits a
fifth. Dawis sends a family along with each door, uncounted. Kinto ran on 12 of the 80 dasa wisma, once. A spare device
warmed every server up before the clock started, and none was asked to compress; bytes in brackets are each body gzipped
by itself. A push of Dawis is answered with its pull.
"""
DATABASE_LIMIT = 1800
CONNECTIONS = ("1", "8")


def tables(found: dict[str, Any]) -> str:
    """Everything as Markdown."""
    parts = [
        *bars.lines(found),
        "",
        *_absolute(found),
        "",
        HEAD,
        RULE,
        *_phases(found),
        "",
        *_ceilings(found),
        "",
        *_probes(found),
        "",
        *_crowd(found),
        "",
        *_outcomes(found),
    ]
    failures = [f"FAILED {failure}" for failure in found["failures"]]
    return "\n".join([*parts, *failures]) + "\n"


def document(found: dict[str, Any]) -> str:
    """The page that is committed."""
    told = found["machine"]
    head = HEADLINE.format(**told, minutes=found["minutes"])
    notes = "\n".join(f"- *{name}*: {note}." for name, note in found["notes"].items())
    return f"# Speed\n\n{head}\n{PROSE}\n{notes}\n\n{tables(found)}"


def _absolute(found: dict[str, Any]) -> list[str]:
    """The bars that are not ratios."""
    table = ["| bar | limit | measured | met |", "|---|---|---|---|"]
    for told in found["wire"].values():
        for what, value in told.items():
            limit = wire.LIMITS.get(what)
            table.append(_line(what, limit, value))
    for name, by in found["peers"].items():
        for connections, run in by.items():
            if connections == "1":
                limit = DATABASE_LIMIT if name.startswith("dawis") else None
                table.append(_line(f"database after checkpoint, B a record, {name}", limit, run["bytes_per_record"]))
    for name, told in found["memory"].items():
        for what, value in told.items():
            limit = LIMIT_MIB if what.endswith("mib_with_clients") else None
            table.append(_line(f"memory, {what.replace('_', ' ')}, {name}", limit, value))
    return table


def _line(what: str, limit: float | None, value: float) -> str:
    met = "" if limit is None else "yes" if value <= limit else "no"
    shown = f"{value:,.0f}" if value >= 10 else f"{value:.3f}"  # noqa: PLR2004
    return f"| {what} | {'' if limit is None else f'≤ {limit:,}'} | {shown} | {met} |"


def _phases(found: dict[str, Any]) -> list[str]:
    return [
        _row(name, peer, connections, by[connections]["figures"][name])
        for name in NAMES
        for connections in CONNECTIONS
        for peer, by in found["peers"].items()
        if connections in by
    ]


def _row(name: str, peer: str, connections: str, one: dict[str, Any]) -> str:
    rates = one["each"]["rate"]
    up, down = (_bytes(one, which) for which in ("up", "down"))
    errors = f" ERRORS {one['errors']}" if one["errors"] else ""
    return (
        f"| {name} | {peer} | {connections} | {one['rate']:,.0f} ({min(rates):,.0f}-{max(rates):,.0f}) "
        f"| {one['server_per_1000']:.3f} | {one['p50_ms']:.1f} | {one['p95_ms']:.1f} | {up} | {down} |{errors}"
    )


def _bytes(one: dict[str, Any], which: str) -> str:
    packed = one[f"{which}_gzip"]
    return f"{one[which]:.0f}" + (f" ({packed:.0f})" if packed is not None else "")


def _ceilings(found: dict[str, Any]) -> list[str]:
    table = ["| ceiling: straight into the database | records/s (least-most) |", "|---|---|"]
    for name, rates in found["ceilings"].items():
        middle = sorted(rates)[len(rates) // 2]
        table.append(f"| {name} | {middle:,.0f} ({min(rates):,.0f}-{max(rates):,.0f}) |")
    return table


def _probes(found: dict[str, Any]) -> list[str]:
    table = ["| probe | server | what was counted |", "|---|---|---|"]
    for server, told in found["probes"].items():
        for name, numbers in told.items():
            table.append(f"| {name} | {server} | {_numbers(numbers)} |")
    return table


def _crowd(found: dict[str, Any]) -> list[str]:
    table = ["| crowd | server | what was counted |", "|---|---|---|"]
    for name, by in found["crowd"].items():
        for server, numbers in by.items():
            table.append(f"| {name} | {server} | {_numbers(numbers)} |")
    return table


def _outcomes(found: dict[str, Any]) -> list[str]:
    table = ["| server | conn | stored | edits told | late edits told | pairs |", "|---|---|---|---|---|---|"]
    for server, by in found["peers"].items():
        for connections, run in by.items():
            edit, late = (_words(run["outcomes"].get(name, {})) for name in ("edit", "late"))
            table.append(
                f"| {server} | {connections} | {run['stored']} | {edit} | {late} | {_words(run['concurrent'])} |"
            )
    return table


def _numbers(numbers: dict[str, Any]) -> str:
    shown = {key: f"{value:,.1f}" if isinstance(value, float) else value for key, value in numbers.items()}
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in shown.items())


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
