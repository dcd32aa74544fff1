"""Dawis behind the common methods: ``dawis run`` as ``make run`` starts it, on SQLite or on PostgreSQL.

A device sends as the app does: one POST a push, a door with its family and members as one edit, at most 200 edits and
1 MiB a request, gzip above 1 KiB, Content-Digest, its cursor.  The answer carries verdicts and the pull.
"""

import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.client import Answer, Ask, Connection
from bench.edits import Change
from bench.peers.base import Document, Peer, Plan, free_port
from bench.workload import Door, dumps
from models.form.definition import load
from tests.source import ROOT

DAWIS = Path(sys.executable).with_name("dawis")
MOST_EDITS, MOST_BYTES, PACK_ABOVE = 200, 1024 * 1024 - 4096, 1024
CURSOR = re.compile(rb'"cursor":"([^"]*)"')
OK = 200
Edit = dict[str, Any]


@dataclass
class Device:
    """One installed app: her session, her outbox, and how far it is."""

    cookie: str
    outbox: str
    cursor: str | None
    epoch: str | None
    n: int = 0
    last: str | None = None

    def headers(self) -> dict[str, str]:
        """What the app sends with every request."""
        return {"Cookie": f"session={self.cookie}", "X-Dawis": "1"}

    def ask(self, edits: list[Edit], cursor: str | None = None, *, fresh: bool = False) -> Ask:
        """A sync from this device's cursor, from another, or from the beginning (``fresh``)."""
        first = edits[0]["n"] if edits else 1
        now = instant(datetime.now(UTC))
        body = {
            "protocol": 1,
            "app": "1.0.0",
            "form": load().version,
            "outbox": self.outbox,
            "continues": None,
            "epoch": self.epoch,
            "prev": self.last if first > 1 else None,
            "clock": {"now": now, "trust": "high"},
            "edits": edits,
            "cursor": None if fresh else cursor or self.cursor,
            "again": [],
        }
        return packed(dumps(body), self.headers())

    def queue(self, saves: list[list[dict[str, Any]]]) -> Plan:
        """Number the saves and cut them into requests."""
        plan = []
        for batch in batches(saves):
            edits = [self._edit(number, patches) for number, patches in enumerate(batch, self.n + 1)]
            plan.append(self.ask(edits))
            self.n, self.last = edits[-1]["n"], edits[-1]["id"]
        return plan

    def _edit(self, number: int, patches: list[dict[str, Any]]) -> Edit:
        now = datetime.now(UTC)
        return {
            "n": number,
            "id": new_id(now),
            "at": instant(now),
            "visited_on": now.date().isoformat(),
            "form": load().version,
            "settles": [],
            "patches": patches,
        }


def instant(moment: datetime) -> str:
    """A moment as the wire writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def new_id(moment: datetime) -> str:
    """A UUIDv7."""
    number = (int(moment.timestamp() * 1000) << 80) | (uuid.uuid4().int & ((1 << 80) - 1))
    return str(uuid.UUID(int=number & ~(0xF << 76) & ~(0x3 << 62) | (7 << 76) | (2 << 62)))


def packed(body: bytes, headers: dict[str, str]) -> Ask:
    """A request as the app puts it on the wire."""
    sent = gzip.compress(body, 6, mtime=0) if len(body) > PACK_ABOVE else body
    if sent is not body:
        headers = headers | {"Content-Encoding": "gzip"}
    digest = base64.b64encode(hashlib.sha256(sent).digest()).decode()
    return Ask("POST", "/api/sync", sent, headers | {"Content-Digest": f"sha-256=:{digest}:"})


def unpacked(ask: Ask) -> dict[str, Any]:
    """What a request says."""
    body = ask.body or b""
    return dict(json.loads(gzip.decompress(body) if "Content-Encoding" in ask.headers else body))


def batches(saves: list[list[dict[str, Any]]]) -> Iterator[list[list[dict[str, Any]]]]:
    """As many saves a request as both limits allow."""
    batch: list[list[dict[str, Any]]] = []
    size = 0
    for patches in saves:
        weight = len(dumps(patches)) + 200
        if batch and (len(batch) == MOST_EDITS or size + weight > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(patches)
        size += weight
    yield batch


def door_patches(door: Door) -> list[dict[str, Any]]:
    """A door as one save: its household, its family, its members."""
    home = {"household": door.id, "family": door.family_id}
    house = {"dasawisma": door.dasawisma, "position": door.position, **door.household}
    return [
        {"kind": "household", "id": door.id, "base": 0, "set": house},
        {"kind": "family", "id": door.family_id, "base": 0, "set": {"household": door.id, **door.family}},
        *(
            {"kind": "member", "id": member, "base": 0, "set": home | answers}
            for member, answers in door.members.items()
        ),
    ]


class Dawis(Peer):
    """gunicorn with 2 workers of 4 threads; sessions, scope, validation, merge and sealing on."""

    name = "dawis"
    note = "dawis run (gunicorn, 2 workers of 4 threads), SQLite WAL synchronous=FULL, everything on"

    def __init__(self, scratch: Path) -> None:
        super().__init__(scratch)
        self.template = scratch / "data" / f"{self.name}-template"
        self.people: dict[str, Device] = {}
        self._installed: dict[str, Device] = {}

    # running

    def environment(self, folder: Path) -> dict[str, str]:
        """Settings of a server on a data folder; everything else stays at its default."""
        return {"DAWIS_DATA_DIR": str(folder), "PORT": str(self.port)}

    def install(self) -> None:
        """An installation with all accounts, copied for every start."""
        shutil.rmtree(self.template, ignore_errors=True)
        self.template.mkdir(parents=True)
        self._installed = self.set_up(self.environment(self.template))

    def set_up(self, environment: dict[str, str]) -> dict[str, Device]:
        """Prepare an installation; its people by device."""
        command = [sys.executable, "-m", "bench.peers.dawis_setup"]
        env = {**inherited(), **environment}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return {device: Device(**told) for device, told in json.loads(done.stdout).items()}

    def start(self) -> None:
        """The installation as it was prepared."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.template, self.folder)
        self.serve()

    def serve(self) -> None:
        """Start the server on the folder as it stands, with people as they were prepared."""
        self.people = deepcopy(self._installed)
        self.port = free_port()
        self.launch(
            [str(DAWIS), "run", "--no-demo"], "/healthz", {**inherited(), **self.environment(self.folder)}, ROOT
        )

    def database_bytes(self) -> int:
        """The database file and its log."""
        return sum(path.stat().st_size for path in self.folder.glob("dawis.db*"))

    def settle_store(self) -> None:
        """Checkpoint and empty the log."""
        from pysqlite3 import dbapi2

        connection = dbapi2.connect(str(self.folder / "dawis.db"), timeout=30)
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.close()

    # writing

    def device(self, name: str | None) -> Device:
        """The device of a dasa wisma, of a late or spare kader, or of the office (None)."""
        return self.people[name or "office"]

    def push(self, device: str, doors: list[Door]) -> Plan:
        """A save a door."""
        return self.device(device).queue([door_patches(door) for door in doors])

    def edit(self, device: str, changes: list[Change], base: dict[str, Document]) -> Plan:
        """A save a change."""
        return self.device(device).queue(
            [[{"kind": c.kind, "id": c.id, "base": base[c.id]["version"], "set": dict(c.values)}] for c in changes]
        )

    def learn(self, device: str, answers: list[Answer]) -> None:
        """Her cursor after her last answer."""
        self.device(device).cursor = cursor_of(answers[-1])

    def refresh(self, connection: Connection, device: str) -> None:
        """Pull since her cursor."""
        self.learn(device, self.pull(connection, device, self.device(device).cursor)[0])

    def stored(self, plan: Plan, answers: list[Answer]) -> set[str]:
        """Records of edits that were applied or merged."""
        found = set()
        for ask, answer in zip(plan, answers, strict=True):
            if answer.status == OK:
                good = {v["n"] for v in json.loads(answer.body)["verdicts"] if fate(v) in {"applied", "merged"}}
                edits = [edit for edit in unpacked(ask)["edits"] if edit["n"] in good]
                found |= {patch["id"] for edit in edits for patch in edit["patches"]}
        return found

    def outcomes(self, changes: list[Change], answers: list[Answer]) -> list[str]:
        """Her verdicts."""
        words = {"applied": "ok", "merged": "merged"}
        told = [v for answer in answers if answer.status == OK for v in json.loads(answer.body)["verdicts"]]
        return [words.get(fate(verdict), fate(verdict)) for verdict in told] or ["error"] * len(changes)

    # reading

    def pull(self, connection: Connection, dasawisma: str | None, cursor: Any) -> tuple[list[Answer], Any]:
        """Empty syncs until there is no more."""
        device, answers, more = self.device(dasawisma), [], True
        while more:
            answers.append(connection(device.ask([], cursor, fresh=cursor is None)))
            assert answers[-1].status == OK, answers[-1].body[:300]
            cursor, more = cursor_of(answers[-1]), b'"more":true' in answers[-1].body[-8192:]
        return answers, cursor

    def documents(self, answers: list[Answer]) -> list[Document]:
        """Households and members, flat; families ride along uncounted."""
        records = [record for answer in answers for record in json.loads(answer.body)["records"]]
        head = ("id", "kind", "version", "dasawisma")
        return [
            record["fields"] | {key: record[key] for key in head} for record in records if record["kind"] != "family"
        ]

    def kept(self, connection: Connection, ids: list[str]) -> dict[str, tuple[Document, list[Document]]]:
        """Losers stand in the history of the record."""
        current = {document["id"]: document for document in self.documents(self.pull(connection, None, None)[0])}
        found = {}
        for key in ids:
            lines = json.loads(
                connection(Ask("GET", f"/api/records/{key}/history", headers=self.device(None).headers())).body
            )
            found[key] = (current[key], [line["set"] for line in lines])
        return found


def fate(verdict: dict[str, Any]) -> str:
    """A verdict's word; of a repeated edit, that of its first time."""
    return str(fate(verdict["was"]) if verdict["verdict"] == "repeated" else verdict["verdict"])


def cursor_of(answer: Answer) -> str:
    """The cursor of an answer, without parsing its records."""
    found = CURSOR.search(answer.body, max(0, len(answer.body) - 65536)) or CURSOR.search(answer.body)
    assert found, answer.body[:300]
    return found[1].decode()


def inherited() -> dict[str, str]:
    """The environment of every process of ours, with this tree first."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}
