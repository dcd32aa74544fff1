"""Writes ``tests/vectors/phone-traces.json``: traces of the Python twin against the real server, a few seeds of its histories.

``python -m tests.simulator.traces``.  The TypeScript store replays them (``pwa/src/sync/traces.test.ts``), and the twin must
still give them (``test_traces.py``): the same requests from the same events, and the same storage after each.
"""

import json
from pathlib import Path
from typing import Any
from unittest import mock

import sync.pull
from tests.simulator import run, steps, syncing
from tests.simulator.disk import Disk
from tests.simulator.history import History
from tests.simulator.options import Options
from tests.simulator.phone import Phone
from tests.simulator.report import Report
from tests.simulator.tracing import Traced, Tracer

FILE = Path(__file__).parents[1] / "vectors" / "phone-traces.json"
SEEDS = (6, 7, 8, 10, 15, 16, 21, 25, 29, 33, 37, 38)
OFTEN = {
    "p_phone_crash": 0.25,
    "w_backup_server": 3,
    "w_restore_server": 2,
    "w_copy_back": 1,
    "w_backup_phone": 3,
    "w_restore_phone": 2,
    "w_clone": 1,
    "w_clock": 2,
    "w_version": 2,
    "w_again": 0,
}


def options_of(seed: int) -> Options:
    """Two phones with everything that may happen to the first; every second seed in small pages."""
    return Options(steps=110, phones=2, page_bytes=1500 if seed % 2 else 512 * 1024, **OFTEN)


def traced(history: History) -> Tracer:
    """Let the first phone, empty, write its trace."""
    phone, tracer = history.phones[0], Tracer()
    phone.__dict__["disk"] = Disk()
    phone.__class__ = Traced
    phone.tracer = tracer  # type: ignore[attr-defined]
    return tracer


def _sync(phone: Phone, post: Any, renew: Any, max_rounds: int = syncing.MAX_ROUNDS) -> Any:
    """The loop, with every request and answer of a traced phone written down."""
    if not isinstance(phone, Traced):
        return syncing.sync(phone, post, renew, max_rounds)
    tracer = phone.tracer
    with tracer.event(phone, "sync", rounds=max_rounds, requests=[]) as event:

        def noted(one: Phone, body: bytes, headers: dict[str, str]) -> Any:
            asked = json.loads(syncing.gzip.decompress(body) if "Content-Encoding" in headers else body)
            reply = post(one, body, headers)
            event["requests"].append({"request": asked, "answer": tracer.reply(reply)})
            return reply

        end, told = syncing.sync(phone, noted, renew, max_rounds)
        event["result"] = end
    return end, told


def _copy(disk: Disk) -> Disk:
    made = COPY(disk)
    for tracer, phone in HEARD:
        if phone.disk is disk:
            name = tracer.keep(made)
            with tracer.event(phone, "copy", **{"as": name}):
                pass
        elif name := tracer.name(disk):
            tracer.keep(made, name)
    return made


COPY = Disk.copy
HEARD: list[tuple[Tracer, Traced]] = []


def trace(seed: int) -> str:
    """One history's trace."""
    options = options_of(seed)
    report = Report(seed, options, steps.plan(seed, options))
    patches = (
        mock.patch.object(sync.pull, "PAGE_BYTES", options.page_bytes),
        mock.patch.object(steps, "sync", _sync),
        mock.patch.object(Disk, "copy", _copy),
    )
    history = History.begin(seed, options, "sqlite", report)
    tracer = traced(history)
    HEARD[:] = [(tracer, history.phones[0])]  # type: ignore[list-item]
    with patches[0], patches[1], patches[2]:
        for step in report.steps:
            steps.take(history, step)
        run.heal(history)
    return f'{{"seed":{seed},"events":{tracer.text()}}}'


if __name__ == "__main__":
    FILE.write_text("[\n" + ",\n".join(trace(seed) for seed in SEEDS) + "\n]\n")
