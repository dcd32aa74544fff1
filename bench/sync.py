"""Dawis beside its peers and its floor, in one run: ``make bench-sync``; a look: ``python -m bench.sync --quick``.

Servers take turns within every repeat, so that what else the machine does hits all of them; compare ratios of one run.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import phases, scratch
from bench.peers.base import Peer
from bench.peers.dawis import Dawis
from bench.peers.floor import Floor
from bench.phase import medians
from bench.report import tables
from bench.workload import DASAWISMA

PEERS: dict[str, Callable[[Path], Peer]] = {"dawis": Dawis, "floor": Floor}
QUICK_DASAWISMA = 24


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="bench.sync", description=__doc__)
    parser.add_argument("--only", default=",".join(PEERS), help=f"of: {', '.join(PEERS)}")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--connections", default="1,8")
    parser.add_argument("--quick", action="store_true", help="24 dasa wisma, one repeat: a look, not a result")
    return parser.parse_args(given)


def main() -> int:
    """Run, print, keep the raw numbers."""
    asked = arguments()
    home = scratch.folder()
    found = Bench(home, asked).run()
    raw = home / "sync.json"
    raw.write_text(json.dumps(found, indent=1))
    sys.stdout.write(tables(found) + f"\nraw: {raw}\n")
    return 0


class Bench:
    """One whole run."""

    def __init__(self, home: Path, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.peers = [PEERS[name](home) for name in asked.only.split(",")]
        self.connections = [int(part) for part in asked.connections.split(",")]

    def run(self) -> dict[str, Any]:
        """All phases of all servers."""
        began = {"at": time.strftime("%Y-%m-%d"), "load": os.getloadavg(), "cores": os.cpu_count()}
        for peer in self.peers:
            say(f"menyiapkan {peer.name}")
            peer.install()
        whole, changes = phases.workload(QUICK_DASAWISMA if self.asked.quick else DASAWISMA)
        runs: dict[str, dict[str, list[Any]]] = {peer.name: {} for peer in self.peers}
        for repeat in range(1 if self.asked.quick else self.asked.repeats):
            for connections in self.connections:
                for peer in self.peers:
                    one = self._one(peer, connections, whole, changes, repeat)
                    runs[peer.name].setdefault(str(connections), []).append(one)
        notes = {peer.name: peer.note for peer in self.peers}
        return {"machine": began, "notes": notes, "peers": {name: gathered(by) for name, by in runs.items()}}

    def _one(self, peer: Peer, connections: int, whole: Any, changes: Any, repeat: int) -> phases.Measured:
        began = time.monotonic()
        measured = phases.measure(peer, connections, whole, changes, packed=repeat == 0)
        rate = measured.figures["push"].rate
        say(f"{peer.name} x{connections} #{repeat + 1}: {time.monotonic() - began:.0f} s, push {rate:,.0f}/s")
        return measured


def gathered(by_connections: dict[str, list[phases.Measured]]) -> dict[str, Any]:
    """The medians of each phase, and the rest of the first repeat."""
    out = {}
    for connections, runs in by_connections.items():
        first = asdict(runs[0])
        names = runs[0].figures
        first["figures"] = {name: medians([one.figures[name] for one in runs]) for name in names}
        out[connections] = first
    return out


def say(words: str) -> None:
    """Progress, beside the result."""
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
