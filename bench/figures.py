"""Measures what docs/figures.md states, in one run, and writes it: ``make bench``.

Times are those of one machine on one day; only ratios within a run mean something.  The yardstick for pushing is the
same rows written straight into SQLite (WAL, FULL) in as many transactions.
"""

import gzip
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2

from tests.contract.phone import Phone, new_id
from tests.journeys.server import Server, free_port
from tests.journeys.test_installation import activate
from tests.source import ROOT

DESA = "35.22.14.2011"
DOORS, BATCH, CONNECTIONS = 300, 15, (1, 4)
Line = tuple[str, str]


def timed(work: Callable[[], Any]) -> float:
    """Seconds a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def new_doors(phone: Phone, dasawisma: str, doors: int) -> int:
    """Queue doors of one family and four members, one edit each; returns the number of records."""
    for number in range(doors):
        household, family = new_id(), new_id()
        people = [
            phone.patch("member", new_id(), household=household, family=family, nama=f"Warga {number} {n}")
            for n in range(4)
        ]
        phone.save(
            phone.patch("household", household, dasawisma=dasawisma),
            phone.patch("family", family, household=household),
            *people,
        )
    return doors * 6


def push_all(phone: Phone) -> None:
    """Send the queue in batches, reading each answer."""
    while phone.queue:
        phone.apply(phone.send(phone.queue[:BATCH]))


def pushing(server: Server, code: str) -> list[Line]:
    """Records a second through the whole server, beside the same rows straight into SQLite."""
    lines = []
    straight = DOORS * 6 / timed(lambda: straight_inserts(DOORS // BATCH, BATCH * 6))
    for connections in CONNECTIONS:
        phones = [Phone(activate(server, one["code"])) for one in server.invite(code, connections)]
        for phone in phones:
            phone.send(edits=[], prev=None)
        records = sum(new_doors(phone, code, DOORS // connections) for phone in phones)
        threads = [threading.Thread(target=push_all, args=(phone,)) for phone in phones]
        rate = records / timed(lambda threads=threads: run_all(threads))
        lines.append(
            (
                f"push of new doors, {connections} connection(s), answers with pull read",
                f"{rate:,.0f} records/s = {rate / straight:.3f} of straight SQLite inserts",
            )
        )
    return lines


def run_all(threads: list[threading.Thread]) -> None:
    """Start them, wait for them."""
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def straight_inserts(transactions: int, rows: int) -> None:
    """The yardstick: rows of 700 bytes into one table, WAL and synchronous=FULL."""
    with tempfile.TemporaryDirectory() as folder:
        connection = dbapi2.connect(f"{folder}/ceiling.db", isolation_level=None)
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        connection.execute("create table record (id text primary key, version integer, document blob)")
        for number in range(transactions):
            connection.execute("begin immediate")
            connection.executemany(
                "insert into record values (?, ?, ?)", [(new_id(), number, b"x" * 700) for _ in range(rows)]
            )
            connection.execute("commit")
        connection.close()


def wire(server: Server, code: str) -> list[Line]:
    """Bytes of one door, one edit and one whole dasawisma, gzipped."""
    phone = Phone(activate(server, server.invite(code)[0]["code"]))
    phone.sync()
    records = new_doors(phone, code, 1)
    door = len(gzip.compress(json.dumps(phone.body()).encode(), 6))
    phone.sync()
    household = next(record["id"] for record in phone.records.values() if record["kind"] == "household")
    phone.save(phone.patch("household", household, catatan="pindah ke rumah nomor 7"))
    edit = len(gzip.compress(json.dumps(phone.body()).encode(), 6))
    phone.sync()
    whole = phone.post(phone.body(edits=[], prev=None, cursor=None)).body
    count = len(json.loads(whole)["records"])
    return [
        ("one new door as one edit, gzip, whole request", f"{door} B for {records} records"),
        ("one changed answer, gzip, whole request", f"{edit} B"),
        (f"a whole dasawisma of {count} records, gzip, whole answer", f"{len(gzip.compress(whole, 6)):,} B"),
    ]


def app_bytes() -> list[Line]:
    """What a phone downloads before the first screen, and for all of the offline work."""
    dist = ROOT / "pwa" / "dist"
    files = [
        path for path in dist.rglob("*") if path.is_file() and path.suffix in {".html", ".js", ".css", ".webmanifest"}
    ]
    packed = {path: len(gzip.compress(path.read_bytes(), 9)) for path in files}
    shell = (dist / "index.html").read_text()
    first = sum(size for path, size in packed.items() if path.suffix == ".js" and path.name in shell)
    return [
        ("phone app: JavaScript before the first screen, gzip", f"{first / 1000:.1f} KB"),
        ("phone app: everything but icons, gzip", f"{sum(packed.values()) / 1000:.1f} KB"),
    ]


def counting(server: Server) -> list[Line]:
    """Coverage of the demonstration desa from the cache, and counted again from the records."""
    cached = statistics.median(timed(lambda: server.dawis("coverage", DESA, "--json")) for _ in range(3))
    fresh = statistics.median(timed(lambda: server.dawis("recount", "--desa", DESA, "--json")) for _ in range(3))
    return [("recount of the demonstration desa ÷ reading its coverage (whole commands)", f"{fresh / cached:.2f}")]


def main() -> int:
    """Measure, print, write docs/figures.md."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), free_port())
        first = timed(server.start)
        server.stop()
        second = timed(server.start)
        lines: list[Line] = [
            ("first start with the demonstration, then second start", f"{first:.1f} s, {second:.1f} s")
        ]
        try:
            listed = server.dawis("dasawisma", "list", "--desa", DESA, "--json").splitlines()
            lines += pushing(server, json.loads(listed[0])["code"])
            lines += wire(server, json.loads(listed[1])["code"])
            lines += counting(server)
        finally:
            server.stop()
    lines += app_bytes()
    table = "\n".join(f"| {what} | {value} |" for what, value in lines)
    text = (
        "# Figures\n\nMeasured by `make bench` "
        f"on {datetime.now(UTC):%Y-%m-%d}, two shared cores, SQLite. Times are of one run; compare ratios.\n\n"
        f"| what | measured |\n|---|---|\n{table}\n"
    )
    (ROOT / "docs" / "figures.md").write_text(text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
