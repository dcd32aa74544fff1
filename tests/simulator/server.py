"""The real application as the phones meet it: requests in, crashes at its seams, a full disk, backups put back.

Every request and every act of the office is written down (``arrivals``), so that a history can be taken again.
"""

import io
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import orjson
import psycopg
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

import server.api.sync as handler
import sync.exchange
from models.database import db
from models.territory import Area, DesaSequence
from server.api import body
from server.pages.desa import office
from server.transaction import snapshot
from sync.epochs import current_epoch
from tests.simulator.clock import START
from tests.simulator.stage import Stage, stage

ENVIRON = {
    "REQUEST_METHOD": "POST",
    "SCRIPT_NAME": "",
    "QUERY_STRING": "",
    "SERVER_NAME": "simulator",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "simulator",
    "HTTP_SEC_FETCH_SITE": "same-origin",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
    "wsgi.input_terminated": True,
}
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
BEFORE_COMMIT, AFTER_COMMIT = "before commit", "after commit"


MAX_WIRE = body.MAX_WIRE


class ServerCrash(BaseException):
    """The server's process ends here."""


@dataclass(frozen=True)
class Reply:
    """What came back: status (0: nothing), body, seconds of Retry-After."""

    status: int
    body: bytes = b""
    retry_after: float | None = None
    is_json: bool = True


@dataclass(frozen=True)
class Arrival:
    """Something the server was told, with the moment: a request (its parts) or an act (its name and arguments)."""

    at: Any
    what: str
    given: tuple[Any, ...]


@dataclass
class Kept:
    """A backup: its name, and what the server had answered for until then."""

    name: str
    answered: set[str]


@dataclass
class Server:
    """One history's server."""

    stage: Stage
    faults: Counter[str]
    seed: str
    arrivals: list[Arrival] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    backups: list[Kept] = field(default_factory=list)
    crash_at: str | None = None
    poison: set[str] = field(default_factory=set)
    is_full: bool = False
    changes: int = 0
    restores: int = 0
    tokens: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    _names: int = 0

    @classmethod
    def begin(cls, kind: str, faults: Counter[str], seed: str) -> "Server":
        """A server as every history finds it."""
        made = cls(stage(kind), faults, seed)
        made.tokens = dict(made.stage.tokens)
        made.stage.put_back("template")
        made.clock.moment = START
        made.app.config["OLDEST_APP"] = "0"
        body.MAX_WIRE = MAX_WIRE
        handler.secrets = SimpleNamespace(token_hex=made.new_epoch)  # type: ignore[assignment]
        office.uuid = SimpleNamespace(uuid4=made.new_name)  # type: ignore[assignment]
        made.listen()
        return made

    @property
    def app(self) -> Any:
        """The Flask application."""
        return self.stage.app

    @property
    def clock(self) -> Any:
        """The server's clock."""
        return self.stage.clock

    def new_epoch(self, _bytes: int = 8) -> str:
        """The name of the next epoch: the same in every run of a history."""
        self._names += 1
        return f"{self._names:04x}" + "e" * 12

    def new_name(self) -> str:
        """The next id the office's pages make: the same in every run of a history."""
        self._names += 1
        return f"0190bbbb-0000-7000-8000-{self._names:012x}"

    # requests

    def post(self, person: str, body: bytes, headers: dict[str, str]) -> Reply:
        """One request to POST /api/sync; raises ServerCrash where it was told to."""
        self.arrivals.append(Arrival(self.clock(), "post", (person, body, headers, self.crash_at, self.is_full)))
        try:
            told, data = self._ask(person, "/api/sync", body, {"CONTENT_TYPE": JSON, **_as_environ(headers)})
        except ServerCrash:
            self.faults["F14"] += 1
            self.stage.close()
            raise
        finally:
            self.crash_at = None
            if self.is_full:
                self.is_full = False
                self.stage.close()
        return self._reply(told, data)

    def submit_form(self, person: str, path: str, form: str) -> int:
        """One form of an office page sent; returns the status."""
        told, data = self._ask(person, path, form.encode(), {"CONTENT_TYPE": FORM})
        if told["status"] >= 500:
            self.wrong.append(f"statement 2: {path} answered {told['status']}: {data[:200]!r}")
        return int(told["status"])

    def _ask(self, person: str, path: str, body: bytes, more: dict[str, str]) -> tuple[dict[str, Any], bytes]:
        environ: dict[str, Any] = {**ENVIRON, "PATH_INFO": path, "CONTENT_LENGTH": str(len(body)), **more}
        environ |= {"wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr}
        environ["HTTP_COOKIE"] = f"session={self.tokens[person]}"
        told: dict[str, Any] = {}

        def start(status: str, given: list[tuple[str, str]], _info: Any = None) -> Any:
            told["status"], told["headers"] = int(status.split(maxsplit=1)[0]), dict(given)
            return None

        return told, b"".join(self.app.wsgi_app(environ, start))

    def _reply(self, told: dict[str, Any], data: bytes) -> Reply:
        status, headers = told["status"], told["headers"]
        is_json = "json" in headers.get("Content-Type", "")
        reply = Reply(status, data, float(headers.get("Retry-After", 0)) or None, is_json)
        if status == 500 or not is_json:
            self.wrong.append(f"statement 2: the server answered {status}: {data[:200]!r}")
        if status == 507:
            self.faults["F6"] += 1
        if status in {200, 426}:
            verdicts = orjson.loads(data)["verdicts"]
            done = {one["id"] for one in verdicts if one["verdict"] not in {"gap", "fork"} and one["id"]}
            self.answered |= done
            self.changes += bool(done)
        return reply

    # seams

    def listen(self) -> None:
        """Put the seams into the engine, once a process; they ask whichever server is in use."""
        Seams.server, Seams.has_committed = self, False
        with self.app.app_context():
            if not Seams.is_listening:
                event.listen(db.engine, "commit", Seams.committing)
                event.listen(db.engine, "begin", Seams.beginning)
                event.listen(db.engine, "before_cursor_execute", Seams.executing)
                sync.exchange.judge = Seams.judging(sync.exchange.judge)
                Seams.is_listening = True

    # acts

    def act(self, name: str, *given: Any) -> Any:
        """Something done to the server by its operators or the office; ``name`` is a function of ``acts.py``."""
        from tests.simulator import acts

        self.arrivals.append(Arrival(self.clock(), name, given))
        with self.app.app_context():
            db.session.remove()
            done = getattr(acts, name)(self, *given)
            self.changes += 1
            return done

    def epoch(self) -> str:
        """The present epoch."""
        with self.app.app_context(), snapshot() as session:
            return current_epoch(session)

    def sequences(self) -> dict[str, int]:
        """The sequence of each dasa wisma's desa."""
        with self.app.app_context(), snapshot() as session:
            query = select(Area.code, DesaSequence.seq).join(DesaSequence, DesaSequence.desa == Area.desa_id)
            return dict(session.execute(query.where(Area.level == "dasawisma")).all())


def _as_environ(headers: dict[str, str]) -> dict[str, str]:
    return {("HTTP_" + key.upper()).replace("-", "_"): value for key, value in headers.items()}


class Seams:
    """Where the server's process can be made to end, and where its disk is full."""

    server: Server
    is_listening = False
    has_committed = False

    @classmethod
    def committing(cls, connection: Any) -> None:
        if not connection.get_execution_options().get("dawis_write"):
            return
        if cls.server.crash_at == BEFORE_COMMIT:
            raise ServerCrash(BEFORE_COMMIT)
        cls.has_committed = True

    @classmethod
    def beginning(cls, connection: Any) -> None:
        is_next = cls.server.crash_at == AFTER_COMMIT and cls.has_committed
        cls.has_committed = False
        if is_next:
            raise ServerCrash(AFTER_COMMIT)
        if cls.server.is_full and cls.server.stage.kind == "sqlite":
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    @classmethod
    def judging(cls, judge: Callable[..., Any]) -> Callable[..., Any]:
        """The judge, with a fault of ours in it for some edits."""

        def judged(batch: Any, incoming: Any) -> Any:
            if incoming.edit.id in cls.server.poison:
                raise ArithmeticError("a fault of ours")
            return judge(batch, incoming)

        return judged

    @classmethod
    def executing(cls, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if cls.server.is_full and cls.server.stage.kind != "sqlite" and statement.startswith(("INSERT", "UPDATE")):
            raise OperationalError(statement, None, psycopg.errors.DiskFull("No space left on device"))
