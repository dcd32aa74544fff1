"""Decides how independent totals are kept: one line a desa and day, the same day again replaces it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models.exchange.reasons import Rejection
from models.exchange.reference import read_reference
from models.register import ReferenceTotal
from models.territory import Area
from server.register.report import lines
from server.transaction import write


@dataclass
class Loaded:
    """How many desa got totals, and the rows turned down."""

    count: int = 0
    rejections: list[Rejection] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """``{"loaded", "rejected", "errors": [{"row", "column", "reason"}]}``."""
        return {"loaded": self.count, "rejected": len(self.rejections), "errors": lines(self.rejections)}


def load_reference(path: Path, today: date, source: str | None, on: date | None) -> Loaded:
    """Load a file of totals.  Raises UnreadableFileError; nothing is written then."""
    found, rejections = read_reference(path, today, source, on)
    loaded = Loaded(rejections=rejections)
    with write() as session:
        desa = {area.code: area.id for area in session.scalars(select(Area).where(Area.level == "desa"))}
        for line in found:
            key = desa.get(line.code)
            if key is None:
                rejections.append(Rejection(line.row, "kode desa", "desa_tak_dikenal", {"value": line.code}))
                continue
            total = ReferenceTotal(desa=key, on=line.on, families=line.families, people=line.people, source=line.source)
            session.merge(total)
            loaded.count += 1
    return loaded
