"""The real server for faults: gunicorn with the product's own settings on a prepared database, and processes to kill."""

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.database import db
from models.territory import ServerState
from server.app import create_app, utc_now
from server.config import Config
from server.security import identity
from server.transaction import write
from tests.builders import World, build_world
from tests.contract.phone import Phone
from tests.journeys.server import free_port
from tests.source import ROOT

GUNICORN = Path(sys.executable).with_name("gunicorn")
KEYS = {
    "DAWIS_MASTER_KEY": base64.b64encode(b"m" * 32).decode(),
    "DAWIS_BLIND_KEY": base64.b64encode(b"b" * 32).decode(),
}
START_SECONDS = 60
TIMEOUT = 30


@dataclass
class Answer:
    """An answer as the second phone expects it."""

    status_code: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def get_data(self, *, as_text: bool = False) -> Any:
        return self.body.decode() if as_text else self.body


class Line:
    """One kept-alive connection; anything that goes wrong on it is an OSError and the next request begins anew."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie = port, cookie
        self.http: http.client.HTTPConnection | None = None
        self.seconds: list[float] = []

    def post(self, path: str, data: bytes, content_type: str, headers: dict[str, str]) -> Answer:
        return self._ask("POST", path, data, {**headers, "Content-Type": content_type})

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def _ask(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Answer:
        self.http = self.http or http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        began = time.perf_counter()
        try:
            self.http.request(method, path, data, {"Cookie": f"session={self.cookie}", **headers})
            got = self.http.getresponse()
            answer = Answer(got.status, dict(got.getheaders()), got.read())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ConnectionError(str(error)) from error
        self.seconds.append(time.perf_counter() - began)
        return answer

    def close(self) -> None:
        if self.http:
            self.http.close()
            self.http = None


@dataclass
class Serving:
    """An installation with the small world in it, and the gunicorn that serves it."""

    folder: Path
    database_url: str
    port: int = field(default_factory=free_port)
    world: World = field(default_factory=World)
    process: subprocess.Popen[bytes] | None = None
    around: list[str] = field(default_factory=list)
    """A command line put before gunicorn's."""

    @property
    def config(self) -> Config:
        given = {"master_key": KEYS["DAWIS_MASTER_KEY"], "blind_key": KEYS["DAWIS_BLIND_KEY"]}
        return Config(data_dir=self.folder, database_url=self.database_url, **given)

    def prepare(self, people: list[str]) -> list[str]:
        """Make the world; a session for each of these people (a name may come again); their cookies."""
        app = create_app(self.config)
        with app.app_context():
            with write() as session:
                session.add(ServerState(id=1, epoch="b1c2d3e4f5a60718", is_live=False, seeded="done"))
            self.world = build_world(app, utc_now())
            with write() as session:
                cookies = [identity.open_session(session, self.world.person[one], None, utc_now()) for one in people]
            db.session.remove()
            db.engine.dispose()
        return cookies

    def phone(self, cookie: str) -> Phone:
        """A phone that speaks to it over a connection of its own."""
        return Phone(Line(self.port, cookie), today=utc_now().date().isoformat())

    def start(self) -> None:
        """Start and wait until it answers."""
        self._launch()
        self.wait()

    def _launch(self) -> None:
        env = {
            **os.environ,
            **KEYS,
            "DAWIS_DATA_DIR": str(self.folder),
            "DAWIS_DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
        }
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            command = [*self.around, str(GUNICORN), "--config", "python:server.gunicorn_conf", "wsgi:app"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)

    def wait(self) -> None:
        """Until it answers; one that gave up (the port still belongs to orphans) is started again, as systemd does."""
        assert self.process is not None
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                self._launch()
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as plain:
                    plain.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                    if plain.recv(64).split(b" ")[1:2] == [b"200"]:
                        return
            except OSError:
                pass
            time.sleep(0.05)
        raise RuntimeError((self.folder.parent / f"{self.folder.name}.log").read_text()[-3000:])

    def workers(self) -> list[int]:
        """Processes that serve."""
        assert self.process is not None
        pid = self.process.pid
        try:
            return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except OSError:
            return []

    def kill_worker(self, which: int) -> None:
        """One worker is gone at once; its master makes another."""
        if found := self.workers():
            os.kill(found[which % len(found)], signal.SIGKILL)

    def kill_master(self) -> None:
        """The master is gone at once, its workers notice and end; somebody starts it again."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.start()

    def stop(self) -> None:
        """End everything it started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(30)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
