"""What a run of the faults found, for whoever looks: shown by ``pytest -s`` and kept in ``build/faults.txt``."""

import sys
from datetime import UTC, datetime

from tests.source import ROOT


def say(words: object) -> None:
    """Print a line, and keep it."""
    sys.stdout.write(f"{words}\n")
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    with (folder / "faults.txt").open("a") as file:
        file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} {words}\n")
