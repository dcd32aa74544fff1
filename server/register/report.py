"""Decides how an import is told: what was read, what would happen or happened, and every row that was turned down.

As JSON::

    {"import": id or null, "desa": code, "dry_run": true, "rows": 1900, "people": 1890, "rejected": 8, "skipped": 2,
     "doors": {"new", "changed"}, "families": {…}, "members": {…}, "areas": [{"level", "code", "name"}],
     "placeholders": 12, "edits": 601, "not_applied": 0, "kept": 0,
     "errors": [{"row", "column", "reason"}], "rtm_errors": […], "skips": […], "remarks": […]}

``kept`` counts answers that stay although the file says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.exchange.plan import Plan
from models.exchange.reasons import Rejection
from models.exchange.written import write_table
from server.register.source import Source

KINDS = {"doors": "household", "families": "family", "members": "member"}
NOUNS = {"doors": "rumah", "families": "KK", "members": "warga"}
SHOWN = 20


@dataclass
class Report:
    """One import, planned or done."""

    desa: str
    source: Source
    plan: Plan
    import_id: str | None = None
    edits: int = 0
    not_applied: list[Rejection] = field(default_factory=list)
    kept: int = 0

    @property
    def rejections(self) -> list[Rejection]:
        """Every row turned down, in row order."""
        found = [*self.source.reading.rejections, *self.plan.rejections, *self.not_applied]
        return sorted(found, key=lambda one: (one.row, one.column))

    def as_json(self, *, dry_run: bool) -> dict[str, Any]:
        """The shape above."""
        plan, reading = self.plan, self.source.reading
        counts = {
            name: {"new": plan.count(kind, is_new=True), "changed": plan.count(kind, is_new=False)}
            for name, kind in KINDS.items()
        }
        rejected = {one.row for one in self.rejections}
        return {
            "import": self.import_id,
            "desa": self.desa,
            "dry_run": dry_run,
            "rows": reading.count,
            "people": reading.count - len(rejected) - len(reading.skipped),
            "rejected": len(rejected),
            "skipped": len(reading.skipped),
            **counts,
            "areas": [{"level": area.level, "code": area.code, "name": area.name} for area in plan.book.new],
            "placeholders": sum(area.is_placeholder for area in plan.book.new),
            "edits": self.edits,
            "not_applied": len(self.not_applied),
            "kept": self.kept,
            "errors": lines(self.rejections),
            "skips": lines(reading.skipped),
            "rtm_errors": lines(self.source.rtm_rejections),
            "remarks": lines(plan.remarks),
        }

    def as_words(self, *, dry_run: bool) -> list[str]:
        """The same for people, in Indonesian."""
        said = self.as_json(dry_run=dry_run)
        would = "akan " if dry_run else ""
        words = [
            (
                f"{said['rows']} baris dibaca: {said['people']} diterima, "
                f"{said['rejected']} ditolak, {said['skipped']} dilewati."
            )
        ]
        for name, noun in NOUNS.items():
            words.append(f"{noun}: {said[name]['new']} {would}dibuat, {said[name]['changed']} {would}diubah")
        if said["areas"]:
            made = ", ".join(f"{area['level']} {area['name']}" for area in said["areas"][:SHOWN])
            words.append(
                f"wilayah {would}dibuat ({len(said['areas'])}): {made}" + (" …" if len(said["areas"]) > SHOWN else "")
            )
        if said["kept"]:
            words.append(f"{said['kept']} isian tetap seperti jawaban kader.")
        if not any(said[name][how] for name in KINDS for how in ("new", "changed")):
            words.append("Tidak ada yang berubah.")
        for title, found in (
            ("Ditolak", said["errors"]),
            ("Ditolak (RTM)", said["rtm_errors"]),
            ("Dilewati", said["skips"]),
            ("Perlu dilihat", said["remarks"]),
        ):
            words += [f"{title}: baris {one['row']}, kolom {one['column']}: {one['reason']}" for one in found[:SHOWN]]
            if len(found) > SHOWN:
                words.append(f"{title}: … dan {len(found) - SHOWN} lagi")
        return words


def lines(found: Iterable[Rejection]) -> list[dict[str, Any]]:
    """Rejections as JSON lines."""
    return [{"row": one.row, "column": one.column, "reason": one.text} for one in found]


def write_errors(path: Path, found: Iterable[Rejection], rtm: Iterable[Rejection] = ()) -> None:
    """The error file: row, column and reason of everything turned down; heading only when nothing was.

    Rows of the RTM file are told apart by `RTM` before the column.
    """
    rows: list[list[str | int]] = [["baris", "kolom", "alasan"]]
    rows += [[one.row, one.column, one.text] for one in found]
    rows += [[one.row, f"RTM {one.column}", one.text] for one in rtm]
    write_table(path, rows, title="Ditolak", guard=True)
