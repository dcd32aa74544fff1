"""The physical limit: workload W written straight into a database, with no HTTP, no people, no merge.

Each push is one transaction that does the least any such server must: take the desa's row, look up the key of the push,
upsert every record into typed columns, one log row a record with its fields as JSON, keep the key, move the sequence.
``ceiling("sqlite", 8, …)`` and ``ceiling("postgresql", 8, …)`` give records a second over that many threads.
"""

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import postgres
from bench.workload import DESA, Workload

TYPES = {bool: "boolean", int: "integer", float: "double precision"}
NAME = "bench_ceiling"
BASE = (
    "create table desa (code text primary key, seq bigint)",
    "create table push (key text primary key, seq bigint)",
    "create table log (desa text, seq bigint, record text, kind text, author text, device text, at bigint, body text)",
    "create unique index on_log on log (desa, seq)",
    f"insert into desa values ('{DESA}', 0)",
)
Rows = list[dict[str, Any]]


class Tables:
    """Typed columns of every question a kind answered, and the statements on them."""

    def __init__(self, whole: Workload, mark: str) -> None:
        self.mark = mark
        self.columns: dict[str, dict[str, str]] = {"household": {}, "member": {}}
        for document in whole.documents():
            for key, value in document.items():
                self.columns[document["kind"]].setdefault(key, TYPES.get(type(value), "text"))

    def ddl(self) -> list[str]:
        """Everything a fresh database needs."""
        made = list(BASE)
        for kind, columns in self.columns.items():
            typed = ", ".join(f"{key} {kept}" + (" primary key" * (key == "id")) for key, kept in columns.items())
            made += [f"create table {kind} ({typed}, version bigint)", f"create index on_{kind} on {kind} (dasawisma)"]
        return made

    def upsert(self, kind: str) -> str:
        """Insert or replace by id."""
        keys = [*self.columns[kind], "version"]
        sets = ", ".join(f"{key} = excluded.{key}" for key in keys[1:])
        marks = ", ".join([self.mark] * len(keys))
        return f"insert into {kind} ({', '.join(keys)}) values ({marks}) on conflict (id) do update set {sets}"

    def row(self, document: dict[str, Any], version: int) -> tuple[Any, ...]:
        """A document in the order of the columns."""
        values = (document.get(key) for key in self.columns[document["kind"]])
        return (*(json.dumps(one) if isinstance(one, list | dict) else one for one in values), version)


def write(cursor: Any, tables: Tables, rows: Rows, lock: str) -> None:
    """One push inside its transaction."""
    mark, key = tables.mark, str(uuid.uuid4())
    cursor.execute(f"select seq from desa where code = {mark}{lock}", (DESA,))
    seq = cursor.fetchone()[0]
    cursor.execute(f"select seq from push where key = {mark}", (key,))
    assert cursor.fetchone() is None
    for kind in tables.columns:
        cursor.executemany(tables.upsert(kind), [tables.row(one, seq) for one in rows if one["kind"] == kind])
    log = [
        (DESA, seq + place, one["id"], one["kind"], "kader", "hp", 1, json.dumps(one, separators=(",", ":")))
        for place, one in enumerate(rows, 1)
    ]
    cursor.executemany(f"insert into log values ({', '.join([mark] * 8)})", log)
    cursor.execute(f"insert into push values ({mark}, {mark})", (key, seq + len(rows)))
    cursor.execute(f"update desa set seq = {mark} where code = {mark}", (seq + len(rows), DESA))


def ceiling(kind: str, threads: int, whole: Workload) -> float:
    """Records a second."""
    pushes = [whole.documents(code) for code in whole.doors]
    with TemporaryDirectory(prefix="dawis-ceiling-") as folder:
        work = _sqlite(Path(folder) / "x.db", whole) if kind == "sqlite" else _postgresql(whole)
        workers = [threading.Thread(target=work, args=(pushes[number::threads],)) for number in range(threads)]
        began = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return sum(map(len, pushes)) / (time.perf_counter() - began)


def _sqlite(path: Path, whole: Workload) -> Callable[[list[Rows]], None]:
    tables = Tables(whole, "?")

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, timeout=60)
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        return connection

    first = connect()
    for statement in tables.ddl():
        first.execute(statement)
    first.close()

    def work(pushes: list[Rows]) -> None:
        connection = connect()
        for rows in pushes:
            connection.execute("begin immediate")
            write(connection.cursor(), tables, rows, "")
            connection.execute("commit")
        connection.close()

    return work


def _postgresql(whole: Workload) -> Callable[[list[Rows]], None]:
    import psycopg

    tables, address = Tables(whole, "%s"), postgres.fresh(NAME)
    with psycopg.connect(address) as first:
        for statement in tables.ddl():
            first.execute(statement.encode())
    postgres.query("checkpoint")

    def work(pushes: list[Rows]) -> None:
        with psycopg.connect(address) as connection:
            for rows in pushes:
                write(connection.cursor(), tables, rows, " for update")
                connection.commit()

    return work
