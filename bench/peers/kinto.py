"""Kinto on PostgreSQL behind the common methods, with a collection for each dasa wisma or one for the desa.

New records are PUT with If-None-Match, edits PATCHed with If-Match, a hundred in a batch, as its own client does.  A
batch that carries a 409 or a fault was rolled back whole, whatever its other answers say, and is sent again.
"""

import base64
import json
import random
import subprocess
import time
import urllib.parse
from string import Template
from typing import Any, ClassVar

from bench import postgres, scratch
from bench.client import Answer, Ask, Connection
from bench.edits import Change
from bench.peers.base import Document, Peer, Plan, free_port
from bench.peers.dawis_setup import SPARE
from bench.workload import DASAWISMA, Door, code_of, dumps

BATCH, PAGE, TRIES, OK, CREATED, CONFLICT, LOST, FAULT = 100, 1000, 40, 200, 201, 409, 412, 500
SIGNED_IN = {"Authorization": "Basic " + base64.b64encode(b"bench:bench").decode()}
BUCKET = "/v1/buckets/desa"


class Kinto(Peer):
    """One waitress process of eight threads."""

    name = "kinto"
    note = "waitress, 1 process of 8 threads, PostgreSQL with fsync; a collection a dasa wisma, batches of 100"
    shared: ClassVar[bool] = False

    def install(self) -> None:
        """Its environment and its tables."""
        self.bin = scratch.python_peers(self.scratch)
        self.database = f"bench_{self.name.replace('-', '_')}"
        self.settings = self.scratch / f"{self.name}.ini"
        address = postgres.fresh(self.database)
        self._configure(address)
        done = subprocess.run(
            [self.bin / "kinto", "migrate", "--ini", self.settings], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])

    def _configure(self, address: str) -> None:
        self.port = free_port()
        text = Template((scratch.PEERS / "kinto.ini").read_text())
        address = address.replace("postgres:@", "postgres@").replace("%", "%%")
        self.settings.write_text(text.substitute(port=self.port, address=address, batch=BATCH))

    def start(self) -> None:
        """Empty tables and the collections."""
        postgres.query("truncate objects, timestamps, access_control_entries, user_principals", self.database)
        postgres.query("checkpoint")
        self._configure(postgres.address(self.database))
        self.launch([str(self.bin / "kinto"), "start", "--ini", str(self.settings)], "/v1/")
        connection = self.connect()
        for path in [BUCKET, *sorted({self._collection(code) for code in self._codes()})]:
            answer = connection(Ask("PUT", path, dumps({"permissions": {"write": ["system.Authenticated"]}})))
            assert answer.status in {OK, CREATED}, answer.body
        connection.close()
        self.place: dict[str, str] = {}

    def _codes(self) -> list[str]:
        return [code_of(number) for number in range(1, DASAWISMA + 1)] + [code_of(SPARE)]

    def _collection(self, code: str) -> str:
        return f"{BUCKET}/collections/" + ("semua" if self.shared else code.split("/")[1])

    def connect(self) -> Connection:
        """Every client is one signed-in account."""
        return Connection(self.port, SIGNED_IN)

    def roots(self) -> list[int]:
        """Its processes and PostgreSQL's."""
        return [*super().roots(), postgres.root()]

    def database_bytes(self) -> int:
        """As PostgreSQL tells it."""
        return postgres.size(self.database)

    # writing

    def push(self, device: str, doors: list[Door]) -> Plan:  # noqa: ARG002 (it knows no devices)
        """Batches of PUT."""
        requests = []
        for document in (document for door in doors for document in door.documents()):
            key = document.pop("id")
            self.place[key] = document["dasawisma"]
            path = f"{self._collection(document['dasawisma'])}/records/{urllib.parse.quote(key)}"
            requests.append({"path": path, "body": {"data": document}})
        return _batches(requests, {"method": "PUT", "headers": {"If-None-Match": "*"}})

    def edit(self, device: str, changes: list[Change], base: dict[str, Document]) -> Plan:  # noqa: ARG002 (it knows no devices)
        """Batches of PATCH."""
        requests = [
            {
                "path": f"{self._collection(change.dasawisma)}/records/{change.id}",
                "headers": {"If-Match": f'"{base[change.id]["last_modified"]}"'},
                "body": {"data": change.values},
            }
            for change in changes
        ]
        return _batches(requests, {"method": "PATCH", "headers": {"Response-Behavior": "light"}})

    def send(self, connection: Connection, plan: Plan) -> list[Answer]:
        """Again and again until a batch came through clean."""
        answers = []
        for ask in plan:
            for attempt in range(TRIES):
                answer = connection(ask)
                if answer.status == OK and all(status != CONFLICT and status < FAULT for _, status in _each(answer)):
                    break
                time.sleep(random.random() * 0.05 * min(attempt + 1, 8))  # noqa: S311 (jitter)
            answers.append(answer)
        return answers

    def stored(self, plan: Plan, answers: list[Answer]) -> set[str]:  # noqa: ARG002 (its answers name paths)
        """What each answer in a batch says."""
        taken = (one for answer in answers if answer.status == OK for one in _each(answer))
        return {path.rsplit("/", 1)[-1] for path, status in taken if status in {OK, CREATED}}

    def outcomes(self, changes: list[Change], answers: list[Answer]) -> list[str]:
        """A 412 stays on the phone, for the app or the person."""
        words = {OK: "ok", CREATED: "ok", LOST: "conflict"}
        if any(answer.status != OK for answer in answers):
            return ["error"] * len(changes)
        return [words.get(status, "error") for answer in answers for _, status in _each(answer)]

    # reading

    def pull(self, connection: Connection, dasawisma: str | None, cursor: Any) -> tuple[list[Answer], Any]:
        """Pages since a timestamp; with a collection for each, the desa is the sum of its dasa wisma."""
        if dasawisma or self.shared:
            return self._pages(connection, dasawisma, cursor)
        answers, cursors = [], {}
        for code in self._codes():
            pages, cursors[code] = self._pages(connection, code, (cursor or {}).get(code))
            answers += pages
        return answers, cursors

    def _pages(self, connection: Connection, code: str | None, cursor: Any) -> tuple[list[Answer], Any]:
        asked = {"_limit": str(PAGE)} | ({"dasawisma": code} if code and self.shared else {})
        asked |= {"_since": cursor} if cursor else {}
        path: str | None = f"{self._collection(code or '/')}/records?" + urllib.parse.urlencode(asked)
        answers: list[Answer] = []
        while path:
            answers.append(connection(Ask("GET", path)))
            following = answers[-1].headers.get("next-page")
            path = following[following.index("/v1/") :] if following else None
        return answers, answers[0].headers.get("etag", "").strip('"') or cursor

    def documents(self, answers: list[Answer]) -> list[Document]:
        """As they stand on the pages."""
        return [one for answer in answers for one in json.loads(answer.body)["data"] if not one.get("deleted")]

    def kept(self, connection: Connection, ids: list[str]) -> dict[str, tuple[Document, list[Document]]]:
        """Nothing of a losing value stays."""
        paths = {key: f"{self._collection(self.place[key])}/records/{key}" for key in ids}
        return {key: (json.loads(connection(Ask("GET", path)).body)["data"], []) for key, path in paths.items()}


class KintoShared(Kinto):
    """One collection for the desa: its devices meet."""

    name = "kinto-desa"
    note = "the same with one collection for the desa, dasa wisma by filter"
    shared = True


def _batches(requests: list[dict[str, Any]], defaults: dict[str, Any]) -> Plan:
    parts = (requests[first : first + BATCH] for first in range(0, len(requests), BATCH))
    return [Ask("POST", "/v1/batch", dumps({"defaults": defaults, "requests": part})) for part in parts]


def _each(answer: Answer) -> list[tuple[str, int]]:
    """Path and status of every answer in a batch."""
    return [(one["path"], one["status"]) for one in json.loads(answer.body)["responses"]]
