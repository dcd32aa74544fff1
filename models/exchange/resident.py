"""Decides what a read row is: one person, with what the file says of his door, his KK and himself.

`answers` are form values by record kind and field id, only for columns the file has; None is an empty cell. `source`
keeps the cells as they were, so that an export can give back what nobody touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.exchange.places import Place


@dataclass(frozen=True, slots=True)
class Resident:
    """One accepted row. `nik` and `kk` are 16 digits or None; `temporary`: OpenSID's number of a person without NIK."""

    row: int
    name: str | None
    nik: str | None = None
    temporary: str | None = None
    kk: str | None = None
    born: str | None = None
    is_head: bool = False
    place: Place | None = None
    dasawisma: str | None = None
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """What this person is found by on the next import, the surest first."""
        sure = f"nik:{self.nik}" if self.nik else f"tmp:{self.temporary}" if self.temporary else None
        who = f"who:{self.kk or '-'}|{(self.name or '').casefold()}|{self.born or '-'}" if self.name else None
        return tuple(key for key in (sure, who) if key)

    @property
    def weak_key(self) -> str | None:
        """Name and birth day: good enough only where the file has them once, for people whose KK number changed."""
        return f"born:{self.name.casefold()}|{self.born}" if self.name and self.born else None
