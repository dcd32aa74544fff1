"""Damage to requests a real phone sent (``tests/fuzz/recorded.jsonl``): bytes changed, bits flipped, cut anywhere, doubled.

Recorded by ``DAWIS_RECORD=… npx vitest run src/sync`` in ``pwa/``: each line is one request's encoding and bytes.
``DAWIS_FUZZ_MUTATIONS`` (600) damages on SQLite, a third on PostgreSQL; ``DAWIS_FUZZ_SEED`` chooses others.
"""

import base64
import gzip
import hashlib
import json
import os
import random
from pathlib import Path

import pytest

from tests.contract.phone import Phone
from tests.fuzz.after import check

MUTATIONS = int(os.environ.get("DAWIS_FUZZ_MUTATIONS", "600"))
SEED = int(os.environ.get("DAWIS_FUZZ_SEED", "1"))
FILE = Path(__file__).with_name("recorded.jsonl")
ALLOWED = (200, 400, 409, 413, 426)
TOKENS = [
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b"null",
    b"1e999",
    b"NaN",
    b"-",
    b"\x00",
    b"\\ud800",
    b"\xff",
    b"\xef\xbb\xbf",
    b"9" * 40,
]

ONE_DATABASE = pytest.mark.parametrize("database_kind", ["sqlite"])


def recorded() -> list[tuple[bool, bytes]]:
    """(was it gzipped, the bytes before that) of every request."""
    lines = [json.loads(line) for line in FILE.read_text().splitlines()]
    bodies = [(line["encoding"] == "gzip", base64.b64decode(line["body"])) for line in lines]
    return [(is_packed, gzip.decompress(body) if is_packed else body) for is_packed, body in bodies]


def damaged(choose: random.Random, body: bytes) -> bytes:
    """One to four damages."""
    data = bytearray(body)
    for _ in range(choose.randint(1, 4)):
        at, other = choose.randrange(len(data) + 1), choose.randrange(len(data) + 1)
        first, last = min(at, other), max(at, other)
        kind = choose.randrange(7)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << choose.randrange(8)
        elif kind == 1 and data:
            data[at % len(data)] = choose.randrange(256)
        elif kind == 2:
            data[at:at] = choose.choice(TOKENS)
        elif kind == 3:
            del data[first : min(last, first + 20)]
        elif kind == 4:
            data[at:at] = data[first : min(last, first + 200)]
        elif kind == 5:
            data[first : first + 1] = choose.choice(TOKENS)
        else:
            data = data[: max(1, last)]
    return bytes(data)


def fresh(body: bytes, turn: int) -> bytes:
    """The same request from a phone of its own: outbox, edits and records under other names of the same length."""
    found = json.loads(body)
    names = {found["outbox"], found["prev"]}
    for edit in found["edits"]:
        names |= {edit["id"], *(patch.get("id") for patch in edit.get("patches", []))}
    for name in sorted(one for one in names if isinstance(one, str) and len(one) == 36):
        other = hashlib.sha256(f"{turn}{name}".encode()).hexdigest()
        body = body.replace(name.encode(), f"{name[:15]}{other[:3]}-8{other[3:6]}-{other[6:18]}".encode())
    return body


@pytest.fixture
def send(app, world, sign_in):
    """``send(body)`` -> status; remembers what went wrong."""
    phone = Phone(sign_in(world.person["siti"]))

    def post(body: bytes, **headers: str) -> int:
        answer = phone.post(body, **headers)
        assert answer.status_code in ALLOWED, (answer.status_code, headers, body)
        if answer.status_code == 200:
            assert not [one for one in answer.json["verdicts"] if one.get("code") == "fault"], body
        return answer.status_code

    return post


def served(world, sign_in) -> None:
    """Whoever comes after is served: digests agree on two phones."""
    for name in ("siti", "sri", "budi"):
        Phone(sign_in(world.person[name])).sync()


def test_recorded__as_they_came__are_read(send, app, world, sign_in):
    bodies = recorded()
    assert len(bodies) > 20
    assert {is_packed for is_packed, _ in bodies} == {True, False}
    for turn, (is_packed, sent) in enumerate(bodies):
        body = fresh(sent, turn)
        status = send(gzip.compress(body), **{"Content-Encoding": "gzip"}) if is_packed else send(body)
        assert status in (200, 409)
    assert check(app)["applied"] > 10


def test_recorded__damaged__never_a_fault(send, app, world, sign_in, database_kind):
    choose, bodies, statuses = random.Random(SEED), recorded(), {}
    for turn in range(MUTATIONS if database_kind == "sqlite" else MUTATIONS // 3):
        _, body = bodies[turn % len(bodies)]
        data = damaged(choose, fresh(body, turn))
        if turn % 5 == 0:
            packed = damaged(choose, gzip.compress(data, mtime=0)) if turn % 2 else gzip.compress(data, mtime=0)
            status = send(packed, **{"Content-Encoding": "gzip"})
        else:
            status = send(data)
        statuses[status] = statuses.get(status, 0) + 1
    assert statuses.keys() >= {200, 400, 409}, statuses
    check(app)
    served(world, sign_in)


@ONE_DATABASE
def test_recorded__cut_at_every_byte__unreadable_and_nothing_stored(send, app, world, sign_in):
    body = max((body for _, body in recorded()), key=len)
    assert {send(body[:end]) for end in range(len(body) - 1)} == {400}
    packed = gzip.compress(body, mtime=0)
    assert {send(packed[:end], **{"Content-Encoding": "gzip"}) for end in range(len(packed))} == {400}
    assert sum(check(app).values()) == 0


@ONE_DATABASE
def test_recorded__every_bit_of_the_body__never_a_fault(send, app, world, sign_in):
    body = fresh(next(body for _, body in recorded() if b'"edits":[{' in body), 0)
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    for bit in range(0, len(body) * 8, 11):
        data = bytearray(body)
        data[bit // 8] ^= 1 << bit % 8
        assert send(bytes(data), **{"Content-Digest": f"sha-256=:{digest}:"}) == 400
        send(bytes(data))
    check(app)
    served(world, sign_in)
