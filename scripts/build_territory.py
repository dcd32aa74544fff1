"""Builds `models/data/territory.csv.gz` from the npm package `idn-area-data`.

Decides which part of the national list Dawis ships: code and name of every kabupaten, kecamatan, desa and kelurahan,
one `code,name` line each, sorted by code. The package is installed beforehand by `npm ci --prefix models/data`; the
result is the same bytes for the same package, so a build can compare it.

    python scripts/build_territory.py
"""

# ruff: noqa: INP001 (a script, not a package)

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "models" / "data"
SOURCE = DATA / "node_modules" / "idn-area-data" / "data"
TARGET = DATA / "territory.csv.gz"
LISTS = ("regencies.csv", "districts.csv", "villages.csv")


def area_lines(source: Path) -> list[tuple[str, str]]:
    """All (code, name) pairs of the three lists under `source`, sorted by code."""
    lines: list[tuple[str, str]] = []
    for name in LISTS:
        with (source / name).open(encoding="utf-8-sig", newline="") as handle:
            lines += [(line["code"].strip(), line["name"].strip()) for line in csv.DictReader(handle)]
    return sorted(lines)


def packed(lines: list[tuple[str, str]]) -> bytes:
    """The lines as gzipped CSV with a header; no time stamp inside, so equal lines give equal bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "name"))
    writer.writerows(lines)
    return gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)


def main() -> int:
    """Write the file; 1 when the package is not installed."""
    if not (SOURCE / LISTS[0]).exists():
        sys.stderr.write(f"{SOURCE} is missing: run `npm ci --prefix models/data` first\n")
        return 1
    lines = area_lines(SOURCE)
    part = TARGET.with_suffix(".part")
    part.write_bytes(packed(lines))
    part.replace(TARGET)
    sys.stderr.write(f"{TARGET.name}: {len(lines)} areas\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
