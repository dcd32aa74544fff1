"""A real server for journeys: ``dawis run`` on a free port with a data folder of its own."""

import csv
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.source import ROOT

DESA = "35.22.14.2011"
DAWIS = Path(sys.executable).with_name("dawis")
START_SECONDS = 240


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server and the environment its commands need."""

    data_dir: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    database_url: str | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of server and commands alike."""
        given = {"DAWIS_DATA_DIR": str(self.data_dir), "PORT": str(self.port)}
        if self.database_url:
            given["DAWIS_DATABASE_URL"] = self.database_url
        return {**os.environ, **given}

    def start(self) -> None:
        """Start it and wait until it says it is ready."""
        log = (self.data_dir / "server.log").open("ab")
        self.process = subprocess.Popen(
            [DAWIS, "run"], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.url + "/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (OSError, urllib.error.URLError):
                time.sleep(0.2)
        raise RuntimeError((self.data_dir / "server.log").read_text()[-3000:])

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End its whole process group."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait(30)

    def dawis(self, *arguments: str) -> str:
        """Run a command of the running installation; its standard output."""
        result = subprocess.run(
            [DAWIS, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    def invite(self, dasawisma: str, count: int = 1) -> list[dict[str, Any]]:
        """Activation codes for new kader of a dasawisma."""
        lines = self.dawis("kader", "invite", "--dasawisma", dasawisma, "--count", str(count), "--json")
        return [json.loads(line) for line in lines.splitlines()]

    def coverage(self, code: str) -> dict[str, Any]:
        """What ``dawis coverage`` says of an area."""
        found: dict[str, Any] = json.loads(self.dawis("coverage", code, "--json"))
        return found

    def list_doors(self, dasawisma: str, heads: list[str]) -> str:
        """Import one door for each head, known by name alone, into a new dasawisma; its code."""
        file = self.data_dir / f"{dasawisma}.csv"
        with file.open("w", newline="") as out:
            lines = csv.writer(out)
            lines.writerow(("nama", "no_kk", "kk_level", "dusun", "rw", "rt", "dasawisma"))
            for number, head in enumerate(heads):
                lines.writerow((head, self._next_kk(dasawisma, number), 1, "Krajan", "01", "001", dasawisma))
        self.dawis("register", "import", str(file), "--desa", DESA)
        known = [json.loads(line) for line in self.dawis("dasawisma", "list", "--desa", DESA, "--json").splitlines()]
        return str(next(line["code"] for line in known if line["name"] == dasawisma))

    def _next_kk(self, dasawisma: str, number: int) -> str:
        place = zlib.crc32(dasawisma.encode())
        return f"352214{place % 28 + 1:02d}{place // 28 % 12 + 1:02d}{place // 336 % 100:02d}{number + 1:04d}"
