"""Decides which areas exist officially: kabupaten, kecamatan, desa and kelurahan under one code.

Reads `models/data/territory.csv.gz`, made at build time by `scripts/build_territory.py` from the npm package
`idn-area-data` (Kemendagri codes). In the fourth block of a code `2xxx` is a desa and `1xxx` a kelurahan.

    read_official("35.22")[0]  ->  OfficialArea(code="35.22", name="Kabupaten Bojonegoro", parent=None)
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "territory.csv.gz"
LEVEL_BY_DOTS = {1: "kabupaten", 2: "kecamatan", 3: "desa"}
CODE = re.compile(r"\A\d{2}\.\d{2}(\.\d{2}(\.[12]\d{3})?)?\Z")


class MissingTerritoryError(Exception):
    """The list was not built; the message says the command."""


@dataclass(frozen=True, slots=True)
class OfficialArea:
    """One line of the national list; `parent` is the code above it, None for a kabupaten."""

    code: str
    name: str
    parent: str | None

    @property
    def level(self) -> str:
        """Level by the number of blocks in the code; a kelurahan is of level desa."""
        return LEVEL_BY_DOTS[self.code.count(".")]

    @property
    def is_kelurahan(self) -> bool:
        """True for a code whose fourth block starts with 1."""
        return self.level == "desa" and self.code.rsplit(".", 1)[1].startswith("1")


def read_official(kabupaten: str, source: Path = SHIPPED) -> list[OfficialArea]:
    """The kabupaten and everything official below it, parents first; empty when the code is not in the list.

    Raises MissingTerritoryError when the list was not built.
    """
    if not source.exists():
        message = f"{source} belum ada: jalankan `npm ci --prefix models/data && python scripts/build_territory.py`"
        raise MissingTerritoryError(message)
    text = gzip.decompress(source.read_bytes()).decode()
    wanted = (line for line in csv.DictReader(io.StringIO(text)) if _is_under(line["code"], kabupaten))
    areas = [OfficialArea(line["code"], line["name"], _parent(line["code"], kabupaten)) for line in wanted]
    return sorted(areas, key=lambda area: (area.code.count("."), area.code))


def _is_under(code: str, kabupaten: str) -> bool:
    return (code == kabupaten or code.startswith(kabupaten + ".")) and CODE.match(code) is not None


def _parent(code: str, top: str) -> str | None:
    return None if code == top else code.rsplit(".", 1)[0]
