"""An HTTP client that counts: time of each request, bytes of bodies and header lines both ways.

Requests are serialised before the clock starts.  No server is asked to compress, so all of them do the same work; what
gzip would have made of the bodies is worked out afterwards, each body by itself at level 6.
"""

import gzip
import http.client
import time
from dataclasses import dataclass, field

LEVEL = 6
REQUEST_LINE, STATUS_LINE, SEPARATORS = len("  HTTP/1.1\r\n\r\n"), len("HTTP/1.1 200 OK\r\n\r\n"), len(": \r\n")
GIVEN_UP = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


@dataclass(frozen=True)
class Ask:
    """A request as it will be sent."""

    method: str
    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """An answer as it came; header names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass
class Tally:
    """What went over a connection, or over several."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    lines_up: int = 0
    lines_down: int = 0
    bodies_up: list[bytes] = field(default_factory=list)
    bodies_down: list[bytes] = field(default_factory=list)

    def note(self, ask: Ask, sent: dict[str, str], answer: Answer) -> None:
        """Count one exchange."""
        self.seconds.append(answer.seconds)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        self.lines_up += REQUEST_LINE + len(ask.method) + len(ask.path) + header_bytes(sent)
        self.lines_down += STATUS_LINE + header_bytes(answer.headers)
        self.bodies_up.append(ask.body or b"")
        self.bodies_down.append(answer.body)

    def add(self, other: "Tally") -> None:
        """Add another connection's."""
        for name in ("seconds", "bodies_up", "bodies_down"):
            getattr(self, name).extend(getattr(other, name))
        self.lines_up += other.lines_up
        self.lines_down += other.lines_down
        for status, count in other.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + count


def header_bytes(headers: dict[str, str]) -> int:
    """Bytes of header lines."""
    return sum(len(name) + len(value) + SEPARATORS for name, value in headers.items())


def packed_bytes(bodies: list[bytes]) -> int:
    """Bytes of bodies, each gzipped by itself where that makes it smaller."""
    return sum(min(len(body), len(gzip.compress(body, LEVEL))) for body in bodies)


class Connection:
    """One kept-alive connection of one client."""

    def __init__(self, port: int, headers: dict[str, str] | None = None, host: str = "127.0.0.1") -> None:
        self.http = http.client.HTTPConnection(host, port, timeout=120)
        self.headers = {"Host": f"{host}:{port}", "Accept-Encoding": "identity", **(headers or {})}
        self.tally = Tally()

    def __call__(self, ask: Ask) -> Answer:
        """Send a request and read its answer; a connection the server closed while idle is opened again once."""
        size = {"Content-Type": "application/json", "Content-Length": str(len(ask.body or b""))}
        sent = size if ask.body is not None else {}
        sent = {**self.headers, **sent, **ask.headers}
        began = time.perf_counter()
        try:
            status, headers, body = self._exchange(ask, sent)
        except GIVEN_UP:
            self.http.close()
            status, headers, body = self._exchange(ask, sent)
        answer = Answer(status, headers, body, time.perf_counter() - began)
        self.tally.note(ask, sent, answer)
        return answer

    def _exchange(self, ask: Ask, sent: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.http.request(ask.method, ask.path, body=ask.body, headers=sent)
        answer = self.http.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def close(self) -> None:
        """Hang up."""
        self.http.close()
