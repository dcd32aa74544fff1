"""The floor server behind the common methods."""

import json
import re
import shutil
import sqlite3
import urllib.parse
from collections import Counter
from pathlib import Path
from typing import Any

from bench import machine, scratch
from bench.client import Answer, Ask, Connection
from bench.edits import Change
from bench.peers.base import Document, Peer, Plan, free_port
from bench.workload import Door, dumps

CURSOR = re.compile(rb'^\{"cursor":(\d+),"more":(true|false)')


class Floor(Peer):
    """One process, eight threads, SQLite in WAL with synchronous=FULL."""

    name = "floor"
    note = "Flask on waitress, 1 process of 8 threads, SQLite WAL synchronous=FULL, an edit a record"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.count: Counter[str] = Counter()

    def install(self) -> None:
        """Flask and waitress of the peers' environment."""
        self.python = scratch.python_peers(self.scratch) / "python"

    def start(self) -> None:
        """An empty file."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.count.clear()
        self.port = free_port()
        server = scratch.PEERS / "floor_server.py"
        self.launch([str(self.python), str(server), str(self.folder / "floor.db"), str(self.port)], "/pull")

    def database_bytes(self) -> int:
        """The file and its log."""
        return machine.folder_bytes(self.folder)

    def settle_store(self) -> None:
        """Checkpoint and empty the log."""
        with sqlite3.connect(self.folder / "floor.db", timeout=30) as database:
            database.execute("pragma wal_checkpoint(truncate)")

    def _plan(self, device: str, patches: list[dict[str, Any]]) -> Plan:
        first = self.count[device] + 1
        self.count[device] += len(patches)
        edits = [{"n": first + place, "at": 1, "patches": [patch]} for place, patch in enumerate(patches)]
        return [Ask("POST", "/push", dumps({"outbox": device, "edits": edits}))]

    def push(self, device: str, doors: list[Door]) -> Plan:
        """One request with an edit a record."""
        documents = [document for door in doors for document in door.documents()]
        patches = [
            {"id": one["id"], "base": 0, "set": {k: v for k, v in one.items() if k != "id"}} for one in documents
        ]
        return self._plan(device, patches)

    def edit(self, device: str, changes: list[Change], base: dict[str, Document]) -> Plan:
        """One request with an edit a change."""
        return self._plan(device, [{"id": c.id, "base": base[c.id]["version"], "set": dict(c.values)} for c in changes])

    def stored(self, plan: Plan, answers: list[Answer]) -> set[str]:
        """All but the quarantined."""
        found = set()
        for ask, answer in zip(plan, answers, strict=True):
            verdicts = json.loads(answer.body).get("verdicts", ())
            bad = {verdict["n"] for verdict in verdicts if verdict["verdict"] == "quarantined"}
            edits = json.loads(ask.body or b"")["edits"]
            found |= {patch["id"] for edit in edits if edit["n"] not in bad for patch in edit["patches"]}
        return found

    def outcomes(self, changes: list[Change], answers: list[Answer]) -> list[str]:
        """Merged where a field lost."""
        if any(answer.status != 200 for answer in answers):  # noqa: PLR2004
            return ["error"] * len(changes)
        verdicts = [verdict for answer in answers for verdict in json.loads(answer.body)["verdicts"]]
        lost = {verdict.get("record") for verdict in verdicts}
        return ["merged" if change.id in lost else "ok" for change in changes]

    def pull(self, connection: Connection, dasawisma: str | None, cursor: Any) -> tuple[list[Answer], Any]:
        """Pages by sequence number."""
        answers, cursor, more = [], cursor or 0, True
        while more:
            asked = {"cursor": cursor} | ({"dasawisma": dasawisma} if dasawisma else {})
            answers.append(connection(Ask("GET", "/pull?" + urllib.parse.urlencode(asked))))
            found = CURSOR.match(answers[-1].body)
            assert found, answers[-1].body[:200]
            cursor, more = int(found[1]), found[2] == b"true"
        return answers, cursor

    def documents(self, answers: list[Answer]) -> list[Document]:
        """As they stand on the pages."""
        return [record for answer in answers for record in json.loads(answer.body)["records"]]

    def kept(self, connection: Connection, ids: list[str]) -> dict[str, tuple[Document, list[Document]]]:
        """Losers stand in its conflict table."""
        answers = {key: json.loads(connection(Ask("GET", f"/records/{key}")).body) for key in ids}
        return {key: (answer["record"], answer["lost"]) for key, answer in answers.items()}
