"""The sync loop of a phone: requests until everything waiting has a verdict and the pull is complete.

A Python twin of ``pwa/src/sync/run.ts``.  It keeps no state of its own between requests, so it may end anywhere.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from tests.simulator.answering import FORK, OK, copies_of, restored_by, store_answer
from tests.simulator.clock import iso
from tests.simulator.disk import Row
from tests.simulator.phone import Phone
from tests.simulator.queueing import Queue, drop_old, fork, mark_raw, next_queue, recover
from tests.simulator.server import Reply

MAX_EDITS, MAX_BATCH_BYTES, GZIP_ABOVE = 200, 192 * 1024, 1024
MAX_ROUNDS, MAX_REPAIRS, MAX_TROUBLES = 500, 2, 6
AGAIN = "again"
Post = Callable[[Phone, bytes, dict[str, str]], Reply]


@dataclass
class Run:
    """One run of the loop, and why it ended."""

    post: Post
    renew: Callable[[Phone], None]
    limit: int = MAX_EDITS
    retried: bool = False
    renewed: bool = False
    troubles: int = 0
    repairs: int = 0
    requests: int = 0
    received: int = 0


def sync(phone: Phone, post: Post, renew: Callable[[Phone], None], max_rounds: int = MAX_ROUNDS) -> tuple[str, Run]:
    """Sync to the end: ``done``, or why it stopped."""
    run, end = Run(post, renew), "cut"
    for _ in range(max_rounds):
        end = one_round(run, phone)
        if end != AGAIN:
            break
    if end == "done":
        drop_old(phone)
    return end, run


def one_round(run: Run, phone: Phone) -> str:
    """One request and what is done with its answer."""
    queue = next_queue(phone)
    request = request_of(phone, queue, run.limit)
    phone.point("send: before")
    body, headers = packed(json.dumps(request, separators=(",", ":")))
    reply = run.post(phone, body, headers)
    run.requests += 1
    phone.point("send: after")
    answer = read_answer(reply, request["edits"]) if reply.status in {200, 426} else None
    if answer is None:
        return otherwise(run, phone, queue, len(request["edits"]), reply)
    return took(run, phone, queue, answer, is_too_old=reply.status == 426)


def wire_edit(row: Row) -> dict[str, Any]:
    """An edit as it travels; or its raw bytes where it could not be read."""
    body = row.body
    patches = [
        {"kind": patch["kind"], "id": patch["id"], "base": base, **patch}
        for patch, base in zip(body["patches"], row.bases, strict=True)
    ]
    edit = {"n": row.n, "id": row.id, "at": row.at, **body, "patches": patches}
    if not row.raw:
        return edit
    return {"n": row.n, "id": row.id, "raw": base64.b64encode(json.dumps(edit).encode()).decode()}


def fitting(sizes: list[int], most: int) -> int:
    """How many edits from the front fit into one request: at least one, when there is one."""
    total = 0
    for count, size in enumerate(sizes):
        total += size
        if count >= most or (total > MAX_BATCH_BYTES and count):
            return count
    return len(sizes)


def request_of(phone: Phone, queue: Queue, limit: int) -> dict[str, Any]:
    """The body of the next request."""
    edits = [wire_edit(row) for row in queue.rows[:limit]]
    count = fitting([len(json.dumps(edit)) for edit in edits], limit) if len(edits) > 1 else len(edits)
    return {
        "protocol": 1,
        "app": phone.app,
        "form": phone.form,
        "outbox": queue.outbox.id,
        "continues": queue.outbox.continues,
        "epoch": queue.epoch,
        "prev": queue.prev,
        "clock": {"now": iso(phone.now()), "trust": queue.trust},
        "edits": edits[:count],
        "cursor": queue.cursor,
        "again": list(queue.again),
    }


def packed(text: str) -> tuple[bytes, dict[str, str]]:
    """The bytes of a body as they go on the wire, and the headers that describe them."""
    plain = text.encode()
    body = gzip.compress(plain, 1, mtime=0) if len(plain) > GZIP_ABOVE else plain
    headers = {"Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"}
    return body, headers | ({"Content-Encoding": "gzip"} if body is not plain else {})


def read_answer(reply: Reply, edits: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The answer, or None when the body has not its shape or does not answer exactly these edits."""
    answer = json_of(reply)
    if not isinstance(answer, dict) or not isinstance(answer.get("applied_through"), int):
        return None
    if not all(isinstance(answer.get(key), list) for key in ("verdicts", "records", "gone", "scope", "inbox")):
        return None
    names = [one["id"] for one in answer["verdicts"]]
    return answer if names == [edit["id"] for edit in edits] else None


def json_of(reply: Reply) -> Any:
    """The JSON of a reply, None where it is none."""
    if not reply.is_json:
        return None
    try:
        return orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return None


def took(run: Run, phone: Phone, queue: Queue, answer: dict[str, Any], *, is_too_old: bool) -> str:
    """Store an answer and say how it goes on."""
    what, restored = store_answer(phone, queue, answer, is_too_old=is_too_old)
    if what == FORK:
        phone.commit("fork", lambda: went_apart(phone, queue, answer))
        return trouble(run)
    if what != OK:
        phone.commit("recover", lambda: recover(phone, restored or {}))
        return trouble(run)
    run.received += len(answer["records"]) + len(answer["gone"]) + len(answer["inbox"])
    if any(one["verdict"] == "gap" for one in answer["verdicts"]):
        return trouble(run)
    following = next_queue(phone)
    is_drained = not following.rows and not following.is_offer
    if is_too_old:
        return "old" if is_drained else AGAIN
    if answer["more"] or not is_drained:
        return AGAIN
    return AGAIN if repair(run, phone, answer) else "done"


def went_apart(phone: Phone, queue: Queue, answer: dict[str, Any]) -> None:
    """Fork; where the server went back without saying so, recover as well."""
    through, settled = answer["applied_through"], queue.outbox.settled
    if settled and through <= settled[0] and not queue.is_offer:
        recover(phone, restored_by(answer))
    fork(phone, queue, through)


def trouble(run: Run) -> str:
    """Go on, unless it goes in circles."""
    run.troubles += 1
    return AGAIN if run.troubles < MAX_TROUBLES else "failed"


def digest(versions: dict[str, int]) -> str:
    """Sum modulo 2^64 of the first 8 bytes of SHA-256 of ``id:version``."""
    total = sum(int.from_bytes(hashlib.sha256(f"{i}:{v}".encode()).digest()[:8], "big") for i, v in versions.items())
    return f"{total & 0xFFFFFFFFFFFFFFFF:016x}"


def repair(run: Run, phone: Phone, answer: dict[str, Any]) -> bool:
    """Ask again for every dasa wisma whose copy differs."""
    copies = copies_of(phone.disk, [one["dasawisma"] for one in answer["scope"]])
    differing = [one["dasawisma"] for one in answer["scope"] if digest(copies[one["dasawisma"]]) != one["digest"]]
    if not differing:
        return False
    phone.repaired += differing
    run.repairs += 1
    phone.disk.again = tuple(differing)
    return run.repairs <= MAX_REPAIRS


def otherwise(run: Run, phone: Phone, queue: Queue, sent: int, reply: Reply) -> str:
    """Everything that is no answer."""
    told = json_of(reply)
    if reply.status == 409 and isinstance(told, dict) and isinstance(told.get("restored_at"), dict):
        phone.commit("recover", lambda: recover(phone, told))
        return trouble(run)
    if reply.status == 401:
        if run.renewed:
            return "signin"
        run.renewed = True
        run.renew(phone)
        return AGAIN
    if reply.status in {400, 413}:
        return too_much(run, phone, queue, sent, reply.status)
    return "later" if reply.status in {429, 503, 507} else "offline" if reply.status in {0, 200} else "failed"


def too_much(run: Run, phone: Phone, queue: Queue, sent: int, status: int) -> str:
    """400 and 413: once more as it was (400), then half the batch, then the one edit as raw bytes."""
    if sent == 0:
        return "failed"
    if status == 400 and not run.retried:
        run.retried = True
        return AGAIN
    run.retried = False
    if sent > 1:
        run.limit = max(1, sent // 2)
        return AGAIN
    if queue.rows[0].raw:
        return "failed"
    phone.commit("raw", lambda: mark_raw(phone, queue.rows[0]))
    return AGAIN
