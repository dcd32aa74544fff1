"""A line that fails as lines in the field do: it reads HTTP, so that it can cut a request or an answer at any place.

Every request has one fate, drawn from the line's seed and the number of the request on this line; ``faults`` counts them.
``heal()`` makes the line good again.
"""

import contextlib
import random
import re
import socket
import threading
import time
from collections import Counter

from tests.journeys.line import Line

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CONNECTION = re.compile(rb"\r\nconnection: [^\r]*", re.IGNORECASE)
WELCOME = b"<!doctype html><title>WiFi</title><p>Selamat datang, silakan masuk"
PORTAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (
    len(WELCOME),
    WELCOME,
)
AWAY = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/masuk\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
FATES = {
    "good": 8,
    "delay": 2,
    "drop": 3,
    "cut request": 3,
    "lose answer": 4,
    "cut answer": 4,
    "twice": 3,
    "late again": 3,
    "portal": 3,
    "redirect": 1,
    "flip": 2,
    "drip": 2,
}
PART, DRIPS = 65536, 12


class BadLine(Line):
    """A line with a mood: ``seed`` None is a good day."""

    def __init__(self, server_port: int) -> None:
        self.seed: str | None = None
        self.number, self.faults = 0, Counter()
        self._late: list[threading.Thread] = []
        self._count = threading.Lock()
        super().__init__(server_port)

    def spoil(self, seed: str) -> None:
        """From now on every request has its fate."""
        self.seed, self.number, self.faults = seed, 0, Counter()

    def heal(self) -> None:
        """A good day again; what was on its way arrives first."""
        self.seed = None
        for one in self._late:
            one.join(10)
        self._late.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        """One request and its answer; the connection ends with it."""
        self._open.add(near)
        with contextlib.suppress(OSError):
            near.settimeout(30)
            if request := _request(near):
                self._carry(near, request, *self._fate())
        self._open.discard(near)
        with contextlib.suppress(OSError):
            near.shutdown(socket.SHUT_RDWR)
        near.close()

    def _fate(self) -> tuple[str, random.Random]:
        with self._count:
            self.number += 1
            choose = random.Random(f"{self.seed}:{self.number}")
            fate = "good" if self.seed is None else choose.choices(list(FATES), list(FATES.values()))[0]
            self.faults[fate] += 1
        return fate, choose

    def _carry(self, near: socket.socket, request: bytes, fate: str, choose: random.Random) -> None:
        if fate in {"portal", "redirect"}:
            near.sendall(PORTAL if fate == "portal" else AWAY)
        elif fate == "cut request":
            self._ask(request[: choose.randrange(1, len(request))])
        elif fate != "drop":
            answer = self._reach(request, fate, choose)
            if fate == "cut answer":
                answer = answer[: choose.randrange(len(answer) + 1)]
            if fate != "lose answer":
                _say(near, answer, DRIPS if fate == "drip" else 1)

    def _reach(self, request: bytes, fate: str, choose: random.Random) -> bytes:
        """Bring the request to the server, late or changed or more than once; its last answer at once."""
        if fate == "delay":
            time.sleep(choose.uniform(0.05, 0.4))
        if fate == "late again":
            late = threading.Thread(target=self._again, args=(request, choose.uniform(0.1, 1.5)), daemon=True)
            self._late.append(late)
            late.start()
        if fate == "twice":
            self._ask(request)
        return self._ask(_flipped(request, choose) if fate == "flip" else request)

    def _again(self, request: bytes, after: float) -> None:
        time.sleep(after)
        with contextlib.suppress(OSError):
            self._ask(request)

    def _ask(self, request: bytes) -> bytes:
        """Send bytes to the server, and all it says to them; what was cut is followed by the end of the line."""
        with socket.create_connection(("127.0.0.1", self.server_port), timeout=30) as far:
            far.sendall(request)
            if not _is_whole(request):
                far.shutdown(socket.SHUT_WR)
                return b""
            found = []
            while part := far.recv(PART):
                found.append(part)
            return b"".join(found)


def _request(near: socket.socket) -> bytes:
    """A whole request that asks for the connection to end with the answer; empty where the browser hung up."""
    data = b""
    while not _is_whole(data):
        part = near.recv(PART)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    return CONNECTION.sub(b"", head) + b"\r\nConnection: close\r\n\r\n" + body


def _is_whole(data: bytes) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    told = LENGTH.search(head)
    return bool(end) and len(body) >= (int(told[1]) if told else 0)


def _flipped(request: bytes, choose: random.Random) -> bytes:
    """One bit of the body is another; the head stays, which a real line's checksum saves as well as nothing."""
    head, _, body = request.partition(b"\r\n\r\n")
    data = bytearray(body)
    if data:
        data[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
    return head + b"\r\n\r\n" + bytes(data)


def _say(near: socket.socket, answer: bytes, drips: int) -> None:
    """The answer at once, or in drips."""
    size = max(1, -(-len(answer) // drips))
    for at in range(0, len(answer), size):
        near.sendall(answer[at : at + size])
        if drips > 1:
            time.sleep(0.03)
