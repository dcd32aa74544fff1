"""Measures backup, restore and verify as whole commands: ``python -m bench.backup [records]`` (100,000 unless told).

First the demonstration desa, then a desa of that many records, each on SQLite and, from the same file, on PostgreSQL.
Prints a table; the copy of the database file by SQLite itself is the yardstick of the same run.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pysqlite3 import dbapi2

from bench.figures import new_doors
from server.app import create_app, utc_now
from server.cli.database import upgrade_database
from server.cli.run import prepare
from server.config import from_environment
from server.security import identity
from server.transaction import write
from tests.builders import DESA, build_world
from tests.contract.phone import Phone
from tests.databases import empty_address
from tests.source import ROOT

DOOR_RECORDS, SEND = 6, 30
DAWIS = Path(sys.executable).with_name("dawis")
Line = tuple[str, ...]


def demonstration(folder: Path) -> None:
    """The demonstration desa, as a first start makes it."""
    os.environ["DAWIS_DATA_DIR"] = str(folder)
    prepare(demo=True)


def large(folder: Path, records: int) -> None:
    """One desa filled by phones through the real handler."""
    os.environ["DAWIS_DATA_DIR"] = str(folder)
    app = create_app(from_environment())
    with app.app_context():
        upgrade_database()
        world = build_world(app, utc_now())
        with write() as session:
            token = identity.open_session(session, world.person["siti"], None, utc_now())
    client = app.test_client()
    client.set_cookie("session", token)
    phone = Phone(client)
    while records > 0:
        records -= new_doors(
            phone, f"{DESA}/D00{1 + records // DOOR_RECORDS % 2}", min(SEND, records // DOOR_RECORDS + 1)
        )
        phone.send(phone.queue, prev=phone.ids[phone.queue[0]["n"] - 1])
        phone.queue.clear()


def command(folder: Path, url: str | None, *arguments: str) -> tuple[float, float, dict[str, object]]:
    """Seconds, CPU seconds and what one whole command says."""
    environment = {**os.environ, "DAWIS_DATA_DIR": str(folder)} | ({"DAWIS_DATABASE_URL": url} if url else {})
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [DAWIS, *arguments, "--json"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    took, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, cpu, json.loads(done.stdout.splitlines()[-1])


def copied(path: Path) -> float:
    """Seconds SQLite takes to copy the file by its own backup interface."""
    started = time.perf_counter()
    with closing(dbapi2.connect(str(path))) as source, closing(dbapi2.connect(f"{path}.copy")) as target:
        source.backup(target)
    return time.perf_counter() - started


def measure(name: str, folder: Path) -> Iterator[Line]:
    """Every command on SQLite, then on PostgreSQL from the file that SQLite gave; each line when it is known."""
    path = folder / "dawis.db"
    with closing(dbapi2.connect(str(path))) as connection:
        (records,) = connection.execute("select count(*) from record").fetchone()
    head, file = (name, f"{records:,}"), ""
    for kind in ("sqlite", "postgresql"):
        url = empty_address(kind, folder) if kind == "postgresql" else None
        steps = [("backup",), ("verify", "FILE"), ("restore", "FILE"), ("verify",)]
        for step in steps if url is None else [("restore", "FILE"), ("backup",), ("verify",)]:
            took, cpu, said = command(folder, url, *(file if part == "FILE" else part for part in step))
            file = str(said.get("file", file))
            yield (*head, kind, " ".join(step).replace("FILE", "of a file"), f"{took:.1f} s", f"{cpu:.1f} s")
    size = Path(file).stat().st_size
    yield (*head, "", "size: database, backup", f"{path.stat().st_size:,} B", f"{size:,} B")
    yield (*head, "sqlite", "yardstick: copy of the pages", f"{copied(path):.1f} s", "")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    yield (*head, "", "largest memory of a command", f"{peak} MB", "")


def main() -> int:
    """Measure and print."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    sys.stdout.write("| database | records | kind | what | took | CPU |\n|---|---|---|---|---|---|\n")
    for name in ("demonstration", "large"):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            if name == "large":
                large(folder, records)
            else:
                demonstration(folder)
            for line in measure(name, folder):
                sys.stdout.write("| " + " | ".join(line) + " |\n")
                sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
