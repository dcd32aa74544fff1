"""Where a benchmark works: ``build/bench`` (or BENCH_HOME), with the measured servers installed by their own locks.

Nothing here touches the locks or the environment of the product.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.source import ROOT

PEERS = ROOT / "bench" / "peers"


def folder() -> Path:
    """The scratch folder, made where it is missing."""
    made = Path(os.environ.get("BENCH_HOME", ROOT / "build" / "bench")).absolute()
    made.mkdir(parents=True, exist_ok=True)
    return made


def python_peers(scratch: Path) -> Path:
    """The ``bin`` of an environment with Kinto, Flask and waitress, pinned by hash."""
    lock, made = PEERS / "requirements.lock", scratch / "python"
    if not _is_current(made, lock):
        shutil.rmtree(made, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", made], check=True)
        pip = [made / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        _quietly([*pip, "--require-hashes", "-r", lock], made)
        _stamp(made, lock)
    return made / "bin"


def node_peers(scratch: Path) -> Path:
    """A folder with PouchDB Server and its ``node_modules``, as its package lock says."""
    source, made = PEERS / "pouchdb", scratch / "pouchdb"
    if not _is_current(made, source / "package-lock.json"):
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(source, made, ignore=shutil.ignore_patterns("node_modules"))
        _quietly(["npm", "ci", "--no-audit", "--no-fund", "--silent"], made)
        _stamp(made, source / "package-lock.json")
    return made


def _quietly(command: list[Path | str], cwd: Path) -> None:
    """Run a command; what it says is shown only where it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])


def _is_current(made: Path, lock: Path) -> bool:
    stamp = made / ".installed"
    return stamp.exists() and stamp.read_bytes() == lock.read_bytes()


def _stamp(made: Path, lock: Path) -> None:
    (made / ".installed").write_bytes(lock.read_bytes())
