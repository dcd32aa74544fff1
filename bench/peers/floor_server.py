"""The floor: the least a Flask server on SQLite must do to speak the protocol: ``floor_server.py FILE PORT``.

Numbered edits of one outbox, one sequence for the desa under the writer's lock, merge field by field with the outbox's
own chain, losers kept, one log line a patch, a verdict an edit, a feed of changed documents.  It knows no people, no
rights, no form, no digest, no epoch, nothing sealed: whatever Dawis does beyond this shows as a ratio to it.
"""

import hashlib
import json
import re
import sqlite3
import sys
import threading
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, request
from waitress import serve

TABLES = """
create table if not exists sequence (one integer primary key, seq integer not null);
insert or ignore into sequence values (1, 0);
create table if not exists record (id text primary key, dasawisma text, version integer, born integer, born_by text,
  touched text, body text);
create index if not exists record_feed on record (version);
create index if not exists record_dasawisma on record (dasawisma, version);
create table if not exists log (seq integer primary key, record text, outbox text, n integer, base integer, body text);
create table if not exists outbox (id text primary key, through integer, hashes text);
create table if not exists conflict (record text, field text, kept text, lost text, outbox text, seq integer);
create index if not exists conflict_record on conflict (record);
create table if not exists quarantine (outbox text, n integer, raw text);
"""
IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
PAGE, PART, REMEMBERED = 2000, 500, 1000

Row = tuple[Any, ...]

app = Flask(__name__)
local = threading.local()
turn = threading.Lock()


def connection() -> sqlite3.Connection:
    """Return the connection of this thread; every commit reaches the disk."""
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
        local.connection.execute("pragma journal_mode=wal")
        local.connection.execute("pragma synchronous=full")
    return local.connection


def dumps(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def read(edits: list[Any]) -> Iterator[tuple[int, str, str, Any]]:
    """(n, hash, raw, patches or None) of each edit; text loses what no database takes."""
    for edit in edits:
        raw = dumps(edit)
        patches = edit["patches"] if all(IDENTIFIER.fullmatch(patch["id"]) for patch in edit["patches"]) else None
        for patch in patches or ():
            for key, value in patch["set"].items():
                if isinstance(value, str) and CONTROL.search(value):
                    patch["set"][key] = CONTROL.sub("", value)
        yield edit["n"], hashlib.blake2b(raw.encode("utf-8", "replace"), digest_size=6).hexdigest(), raw, patches


@app.post("/push")
def push() -> Any:
    """Edits in, verdicts out, in one transaction."""
    asked = json.loads(request.get_data())
    edits = list(read(asked["edits"]))
    with turn:
        database = connection()
        database.execute("begin immediate")
        try:
            answer = Push(database, asked["outbox"]).apply(edits)
        except BaseException:
            database.execute("rollback")
            raise
        database.execute("commit")
    return answer


class Push:
    """One push inside its transaction."""

    def __init__(self, database: sqlite3.Connection, outbox: str) -> None:
        self.database, self.outbox = database, outbox
        self.log: list[Row] = []
        self.conflicts: list[Row] = []
        self.bad: list[Row] = []
        self.verdicts: list[dict[str, Any]] = []

    def apply(self, edits: list[Any]) -> dict[str, Any]:
        """Apply what is new, unless there is a gap or a fork."""
        through, hashes = self.position()
        if edits[0][0] > through + 1:
            return {"through": through, "verdict": "gap"}
        for n, digest, _, _ in edits:
            if n <= through and hashes[n - through - 1] != digest:
                return {"through": through, "verdict": "fork"}
        new = [edit for edit in edits if edit[0] > through]
        if new:
            self.write(new)
            through = new[-1][0]
            hashes = (hashes + [digest for _, digest, _, _ in new])[-REMEMBERED:]
            self.database.execute(
                "insert or replace into outbox values (?, ?, ?)", (self.outbox, through, dumps(hashes))
            )
        return {"through": through, "verdicts": self.verdicts}

    def position(self) -> tuple[int, list[str]]:
        """How far this outbox is, and the hashes of its last edits."""
        row = self.database.execute("select through, hashes from outbox where id = ?", (self.outbox,)).fetchone()
        return (row[0], json.loads(row[1])) if row else (0, [])

    def records(self, ids: list[str]) -> dict[str, list[Any]]:
        """The stored rows of these records."""
        found = {}
        for start in range(0, len(ids), PART):
            part = ids[start : start + PART]
            marks = ",".join("?" * len(part))
            for row in self.database.execute(f"select * from record where id in ({marks})", part):
                found[row[0]] = [*row[:5], json.loads(row[5]), json.loads(row[6])]
        return found

    def write(self, new: list[Any]) -> None:
        """Merge and store edits."""
        seq = self.database.execute("select seq from sequence").fetchone()[0]
        records = self.records([patch["id"] for _, _, _, patches in new for patch in patches or ()])
        changed = {}
        for n, _, raw, patches in new:
            if patches is None:
                self.bad.append((self.outbox, n, raw))
                self.verdicts.append({"n": n, "verdict": "quarantined"})
            for patch in patches or ():
                seq += 1
                changed[patch["id"]] = self.merge(records, seq, n, patch)
        run = self.database.executemany
        rows = [(*row[:5], dumps(row[5]), dumps(row[6])) for row in changed.values()]
        run("insert or replace into record values (?, ?, ?, ?, ?, ?, ?)", rows)
        run("insert into log values (?, ?, ?, ?, ?, ?)", self.log)
        run("insert into conflict values (?, ?, ?, ?, ?, ?)", self.conflicts)
        run("insert into quarantine values (?, ?, ?)", self.bad)
        self.database.execute("update sequence set seq = ?", (seq,))

    def merge(self, records: dict[str, list[Any]], seq: int, n: int, patch: dict[str, Any]) -> list[Any]:
        """The record after a patch: what stands stands where somebody else changed the field since the base."""
        key, given = patch["id"], patch["set"]
        self.log.append((seq, key, self.outbox, n, patch["base"], dumps(given)))
        if key not in records:
            records[key] = [key, given.get("dasawisma"), seq, seq, self.outbox, {}, dict(given)]
            return records[key]
        row = records[key]
        for name, value in given.items():
            version, by = row[5].get(name) or (row[3], row[4])
            if version > patch["base"] and by != self.outbox and row[6].get(name) != value:
                self.conflicts.append((key, name, dumps(row[6].get(name)), dumps(value), self.outbox, seq))
                self.verdicts.append({"n": n, "verdict": "merged", "record": key, "field": name})
            else:
                row[5][name], row[6][name] = (seq, self.outbox), value
        row[1], row[2] = row[6].get("dasawisma"), seq
        return row


@app.get("/pull")
def pull() -> Response:
    """A page of current records by version."""
    dasawisma, since = request.args.get("dasawisma"), int(request.args.get("cursor", 0))
    database = connection()
    database.execute("begin")
    top = database.execute("select seq from sequence").fetchone()[0]
    where, given = ("dasawisma = ? and version > ?", (dasawisma, since)) if dasawisma else ("version > ?", (since,))
    query = f"select id, version, body from record where {where} order by version limit {PAGE}"
    rows = database.execute(query, given).fetchall()
    database.execute("rollback")
    more = len(rows) == PAGE
    body = ",".join([f'{{"id":"{key}","version":{version},{text[1:]}' for key, version, text in rows])
    head = f'{{"cursor":{rows[-1][1] if more else top},"more":{"true" if more else "false"},"records":['
    return Response(head + body + "]}", mimetype="application/json")


@app.get("/records/<key>")
def one(key: str) -> Any:
    """A record and the values that lost."""
    row = connection().execute("select body from record where id = ?", (key,)).fetchone()
    lost = connection().execute("select field, lost from conflict where record = ?", (key,))
    return {"record": json.loads(row[0]), "lost": [{name: json.loads(text)} for name, text in lost]}


if __name__ == "__main__":
    connection().executescript(TABLES)
    serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=8, _quiet=True)
