"""What a server must be able to do to be measured: start empty, take pushes and edits, be pulled, show what it kept.

A *plan* is a list of requests, serialised before the clock starts.  A *device* is the name of whoever sends: a dasa
wisma's own phone, a ``late`` one, or a ``spare`` one that warms the server up.
"""

import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from bench.client import Answer, Ask, Connection
from bench.edits import Change
from bench.workload import Door

Plan = list[Ask]
Document = dict[str, Any]
START_SECONDS = 120
STOP_SECONDS = 30


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Peer(ABC):
    """One server under test."""

    name = ""
    note = ""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.folder = scratch / "data" / self.name
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    # running

    def install(self) -> None:
        """Make what every start needs; done once a run."""
        return

    @abstractmethod
    def start(self) -> None:
        """Start with an empty store and wait until it answers."""

    def stop(self) -> None:
        """End the server and its children."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(STOP_SECONDS)
        self.process = None

    def launch(self, command: list[str], path: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> None:
        """Start a process of its own group and wait until a path answers at all."""
        log = (self.scratch / f"{self.name}.log").open("ab")
        self.process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **(env or {})}, cwd=cwd, start_new_session=True
        )
        log.close()
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            connection = self.connect()
            try:
                connection(Ask("GET", path))
            except OSError:
                time.sleep(0.05)
            else:
                return
            finally:
                connection.close()
        raise RuntimeError(f"{self.name} does not answer; see {self.scratch / self.name}.log")

    def roots(self) -> list[int]:
        """Process ids whose trees are the server, its database server included."""
        return [self.process.pid] if self.process else []

    @abstractmethod
    def database_bytes(self) -> int:
        """What the store takes on disk now."""

    def settle_store(self) -> None:
        """Bring the store to its resting size (checkpoint) before it is measured."""
        return

    def connect(self) -> Connection:
        """A new connection of a client."""
        return Connection(self.port)

    # writing

    @abstractmethod
    def push(self, device: str, doors: list[Door]) -> Plan:
        """New doors of one device."""

    @abstractmethod
    def edit(self, device: str, changes: list[Change], base: dict[str, Document]) -> Plan:
        """Changes made on documents as they were pulled before."""

    def send(self, connection: Connection, plan: Plan) -> list[Answer]:
        """Send a plan as a correct client of this server does."""
        return [connection(ask) for ask in plan]

    def learn(self, device: str, answers: list[Answer]) -> None:  # noqa: ARG002 (a hook)
        """Keep what a device knows after an exchange (cursor, number of its next edit)."""
        return

    def refresh(self, connection: Connection, device: str) -> None:  # noqa: ARG002 (a hook)
        """Bring a device up to date before it edits, where a device has a state of its own."""
        return

    @abstractmethod
    def stored(self, plan: Plan, answers: list[Answer]) -> set[str]:
        """Ids of records the answers call stored."""

    @abstractmethod
    def outcomes(self, changes: list[Change], answers: list[Answer]) -> list[str]:
        """One word for each change: ok, merged, conflict or error."""

    # reading

    @abstractmethod
    def pull(self, connection: Connection, dasawisma: str | None, cursor: Any) -> tuple[list[Answer], Any]:
        """All pages since a cursor (None: from the beginning) of a dasa wisma, or of the desa; and the next cursor."""

    @abstractmethod
    def documents(self, answers: list[Answer]) -> list[Document]:
        """The current documents in the answers of a pull, each with its ``id``."""

    @abstractmethod
    def kept(self, connection: Connection, ids: list[str]) -> dict[str, tuple[Document, list[Document]]]:
        """The current document of each id, and the losing values that can still be read."""

    # probes

    def bad_id(self) -> str:
        """An id this server does not take."""
        return "not a valid id!"
