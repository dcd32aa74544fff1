"""Bytes on the wire: what a phone sends and gets, gzipped as it is sent, with and without header lines.

The header lines are those of Chrome on Android over HTTP/1.1 beside the app's own.  A day is one evening sync of five
doors: in each a visit, two answers of the household and one of a person, one edit a door.
"""

import gzip
import statistics
from datetime import UTC, datetime
from typing import Any

from bench.client import Answer, Ask, Connection, header_bytes, packed_bytes
from bench.edits import Editor, second_round
from bench.peers.base import Document
from bench.peers.dawis import OK, Dawis, new_id
from bench.workload import Door, Workload

PACKED = {"Accept-Encoding": "gzip"}
CHROME = {
    "Host": "dawis.contoh.go.id",
    "Connection": "keep-alive",
    "sec-ch-ua-platform": '"Android"',
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
    "Mobile Safari/537.36",
    "sec-ch-ua": '"Chromium";v="130", "Google Chrome";v="130", "Not?A_Brand";v="99"',
    "sec-ch-ua-mobile": "?1",
    "Accept": "*/*",
    "Origin": "https://dawis.contoh.go.id",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
    "Referer": "https://dawis.contoh.go.id/",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "id-ID,id;q=0.9",
    "Content-Type": "application/json",
    "Content-Length": "12345",
}
DAY_DOORS = 5
PARTS = ("a day: request lines, B", "a day: request body, B", "a day: answer lines, B", "a day: answer body, B")
LIMITS = {
    "new record of a door sent as one edit, gzip B": 100,
    "edit, gzip B": 105,
    "whole dasa wisma, gzip B": 8500,
    "a day of 5 edited doors, both ways with headers, B": 3000,
}


def measure(peer: Dawis, whole: Workload) -> dict[str, float]:
    """Medians over the dasa wisma of a workload, on a server of its own."""
    try:
        peer.start()
        return _measured(peer, whole)
    finally:
        peer.stop()


def _measured(peer: Dawis, whole: Workload) -> dict[str, float]:
    connection = peer.connect()
    pushed, alone = [], []
    for code, doors in whole.doors.items():
        plan = peer.push(code, list(doors))
        counted = sum(1 for door in doors for _ in door.documents())
        pushed.append(_body(plan) / (counted + len(doors)))
        alone.append(_body(plan) / counted)
        peer.learn(code, peer.send(connection, plan))
    base = {document["id"]: document for document in peer.documents(peer.pull(connection, None, None)[0])}
    edited = []
    for code, changes in second_round(whole).first.items():
        plan = peer.edit(code, changes, base)
        edited.append(_body(plan) / len(changes))
        peer.learn(code, peer.send(connection, plan))
    pulled = [_whole(peer, connection, code) for code in whole.doors]
    days = [day(peer, connection, list(doors)[:DAY_DOORS]) for doors in whole.doors.values()]
    found = dict(zip(LIMITS, map(statistics.median, (pushed, edited, pulled, map(sum, days))), strict=True))
    parts = dict(zip(PARTS, map(statistics.median, zip(*days, strict=True)), strict=True))
    return found | {"new record, families not counted, gzip B": statistics.median(alone)} | parts


def _body(plan: list[Ask]) -> int:
    """Bytes of the bodies as they go over the wire, small ones gzipped too so that both kinds compare."""
    return sum(packed_bytes([ask.body or b""]) for ask in plan)


def _whole(peer: Dawis, connection: Connection, code: str) -> int:
    """Bytes of the body when a fresh phone pulls a dasa wisma, as the server packs it."""
    ask = peer.device(code).ask([], fresh=True)
    answer = connection(Ask(ask.method, ask.path, ask.body, ask.headers | PACKED))
    assert answer.status == OK, answer.body[:200]
    return len(answer.body)


def day(peer: Dawis, connection: Connection, doors: list[Door]) -> tuple[int, int, int, int]:
    """Bytes of one evening's sync, as PARTS names them."""
    device, editor = peer.device(doors[0].dasawisma), Editor.of_seed(3)
    known = {one["id"]: one for one in peer.documents(peer.pull(connection, doors[0].dasawisma, None)[0])}
    (ask,) = device.queue([visited(editor, known, door) for door in doors])
    answer = connection(Ask(ask.method, ask.path, ask.body, ask.headers | PACKED))
    assert answer.status == OK, answer.body[:200]
    peer.learn(doors[0].dasawisma, [Answer(answer.status, answer.headers, gzip.decompress(answer.body), 0.0)])
    up = len(f"{ask.method} {ask.path} HTTP/1.1\r\n\r\n") + header_bytes(CHROME | ask.headers)
    down = len("HTTP/1.1 200 OK\r\n\r\n") + header_bytes(answer.headers)
    return up, len(ask.body or b""), down, len(answer.body)


def visited(editor: Editor, known: dict[str, Document], door: Door) -> list[dict[str, Any]]:
    """One edit: the visit, two answers of the household, one of a person."""
    today = datetime.now(UTC)
    members = [key for key in door.members if key in known]
    told = {"household": door.id, "on": today.date().isoformat(), "outcome": "selesai", "seen": 0}
    changed = [(known[door.id], 2), *((known[key], 1) for key in members[:1])]
    changes = [editor.change(document, count) for document, count in changed]
    return [
        *({"kind": c.kind, "id": c.id, "base": known[c.id]["version"], "set": c.values} for c in changes),
        {"kind": "visit", "id": new_id(today), "base": 0, "set": told},
    ]
