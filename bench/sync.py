"""Dawis beside its peers and its floor, in one run: ``make bench-sync``; a look: ``python -m bench.sync --quick``.

Servers take turns within every repeat, so that what else the machine does hits all of them; compare ratios of one run.
A server that fails is told and the run goes on; the raw numbers stand in ``sync.json`` of the scratch folder.
"""

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import evening, first_sync, memory, phases, probes, scratch, wire
from bench.ceilings import ceiling
from bench.crowd import Crowd
from bench.edits import SecondRound
from bench.peers.base import Peer
from bench.peers.dawis import Dawis
from bench.peers.dawis_postgres import DawisPostgres
from bench.peers.floor import Floor
from bench.peers.kinto import Kinto, KintoShared
from bench.peers.pouchdb import PouchDB
from bench.phase import medians
from bench.report import document, tables
from bench.workload import DASAWISMA, Workload
from tests.source import ROOT

PEERS: dict[str, Callable[[Path], Peer]] = {
    one.name: one for one in (Dawis, DawisPostgres, Floor, PouchDB, Kinto, KintoShared)
}
PARTS = ("phases", "ceilings", "probes", "wire", "memory", "crowd")
SLOW = {"kinto", "kinto-desa"}
"""Run once and on a part of the workload; the bars against them leave room for far more than that costs."""
CEILINGS = {f"{kind} x{threads}": (kind, threads) for kind in ("sqlite", "postgresql") for threads in (1, 8)}
QUICK_DASAWISMA, SLOW_DASAWISMA, QUICK_EDITS, QUICK_KADER, QUICK_SYNCS = 24, 12, 10_000, 200, 1_000


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="bench.sync", description=__doc__)
    parser.add_argument("--only", default=",".join(PEERS), help=f"servers, of: {', '.join(PEERS)}")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"of: {', '.join(PARTS)}")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--connections", default="1,8")
    parser.add_argument("--quick", action="store_true", help="24 dasa wisma, one repeat: a look, not a result")
    parser.add_argument("--write", action="store_true", help="write docs/speed.md")
    return parser.parse_args(given)


def main() -> int:
    """Run, print, keep the raw numbers; 1 where anything failed."""
    asked = arguments()
    home = scratch.folder()
    bench = Bench(home, asked)
    found = bench.run()
    raw = home / "sync.json"
    raw.write_text(json.dumps(found, indent=1))
    sys.stdout.write(tables(found) + f"\nraw: {raw}\n")
    if asked.write:
        (ROOT / "docs" / "speed.md").write_text(document(found))
    return 1 if found["failures"] else 0


class Bench:
    """One whole run."""

    def __init__(self, home: Path, asked: argparse.Namespace) -> None:
        self.home, self.asked, self.parts = home, asked, asked.parts.split(",")
        self.peers = [PEERS[name](home) for name in asked.only.split(",")]
        self.connections = [int(part) for part in asked.connections.split(",")]
        self.whole = phases.workload(QUICK_DASAWISMA if asked.quick else DASAWISMA)
        self.part = phases.workload(SLOW_DASAWISMA)
        self.failures: list[str] = []
        self.runs: dict[str, dict[str, list[phases.Measured]]] = {}
        self.ceilings: dict[str, list[float]] = {}

    def run(self) -> dict[str, Any]:
        """Every part that was asked for."""
        began = time.monotonic()
        told = {"on": time.strftime("%Y-%m-%d"), "load": os.getloadavg(), "cores": os.cpu_count()}
        self.peers = [peer for peer in self.peers if self._try(f"{peer.name}: install", peer.install)]
        for repeat in range(1 if self.asked.quick else self.asked.repeats):
            self._repeat(repeat)
        found = {
            "machine": told,
            "notes": {peer.name: peer.note for peer in self.peers},
            "peers": {name: gathered(by) for name, by in self.runs.items()},
            "ceilings": self.ceilings,
            **self._once(),
        }
        return found | {"failures": self.failures, "minutes": (time.monotonic() - began) / 60}

    def _repeat(self, repeat: int) -> None:
        if "phases" in self.parts:
            for connections in self.connections:
                for peer in self.peers:
                    if not (repeat and peer.name in SLOW):
                        self._try(
                            f"{peer.name} x{connections}", lambda p=peer, c=connections: self._phases(p, c, repeat)
                        )
        if "ceilings" in self.parts:
            for name, (kind, threads) in CEILINGS.items():
                self._try(f"ceiling {name}", lambda n=name, k=kind, t=threads: self._ceiling(n, k, t))

    def _phases(self, peer: Peer, connections: int, repeat: int) -> None:
        whole, changes = self._work(peer)
        measured = phases.measure(peer, connections, whole, changes, packed=repeat == 0)
        self.runs.setdefault(peer.name, {}).setdefault(str(connections), []).append(measured)
        if isinstance(peer, Dawis):
            check(measured, len(whole.ids()))

    def _work(self, peer: Peer) -> tuple[Workload, SecondRound]:
        return self.part if peer.name in SLOW else self.whole

    def _part_of(self, peer: Peer) -> int:
        return len(self._work(peer)[0].doors)

    def _ceiling(self, name: str, kind: str, threads: int) -> None:
        self.ceilings.setdefault(name, []).append(ceiling(kind, threads, self.whole[0]))

    def _once(self) -> dict[str, Any]:
        """What is measured once: probes of every server, and Dawis's bytes and memory."""
        found: dict[str, Any] = {"probes": {}, "wire": {}, "memory": {}, "crowd": {}}
        for peer in self.peers:
            if "probes" in self.parts:
                self._keep(found, "probes", peer, lambda p=peer: probes.probe(p, self._part_of(p)))
            if "wire" in self.parts and peer.name == Dawis.name:
                self._keep(found, "wire", peer, lambda p=peer: wire.measure(p, self.part[0]))
            if "memory" in self.parts and isinstance(peer, Dawis):
                edits = QUICK_EDITS if self.asked.quick else memory.EDITS
                self._keep(found, "memory", peer, lambda p=peer, e=edits: memory.measure(p, self.part[0], e))
        if "crowd" in self.parts:
            self._crowd(found)
        return found

    def _crowd(self, found: dict[str, Any]) -> None:
        """Everybody's first sync at once, then an hour of evening syncs, on one installation."""
        crowd = Crowd(self.home, QUICK_KADER if self.asked.quick else first_sync.KADER)
        syncs = QUICK_SYNCS if self.asked.quick else evening.SYNCS
        try:
            if self._try("crowd: install", crowd.install) and self._try("crowd: fill", crowd.start):
                self._keep(found["crowd"], "first sync", crowd, lambda: first_sync.measure(crowd))
                self._keep(found["crowd"], "evening", crowd, lambda: evening.measure(crowd, syncs))
        finally:
            crowd.stop()

    def _keep(self, found: dict[str, Any], part: str, peer: Peer, work: Callable[[], Any]) -> None:
        def keep() -> None:
            found.setdefault(part, {})[peer.name] = work()

        self._try(f"{peer.name}: {part}", keep)

    def _try(self, what: str, work: Callable[[], Any]) -> bool:
        """Run a step; a failure is told and the run goes on."""
        began = time.monotonic()
        try:
            work()
        except Exception:  # noqa: BLE001 (an unattended run goes on)
            self.failures.append(f"{what}: {traceback.format_exc()[-600:]}")
            say(f"{what}: GAGAL\n{traceback.format_exc()}")
            return False
        say(f"{what}: {time.monotonic() - began:.0f} s")
        return True


def check(measured: phases.Measured, records: int) -> None:
    """A rate of Dawis counts only where every record is there, every edit was taken and nothing failed."""
    assert measured.stored == records, f"{measured.stored} of {records} records stored"
    for name, figures in measured.figures.items():
        assert not figures.errors, (name, figures.errors)
        assert figures.statuses.keys() == {"200"}, (name, figures.statuses)
    told = measured.outcomes["edit"] | measured.outcomes["late"]
    assert told.keys() <= {"ok", "merged"}, told
    assert not measured.concurrent["gone_without_trace"], measured.concurrent


def gathered(by_connections: dict[str, list[phases.Measured]]) -> dict[str, Any]:
    """The medians of each phase, and the rest of the first repeat."""
    out = {}
    for connections, runs in by_connections.items():
        first = asdict(runs[0])
        first["figures"] = {name: medians([one.figures[name] for one in runs]) for name in runs[0].figures}
        out[connections] = first
    return out


def say(words: str) -> None:
    """Progress, beside the result."""
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
