"""Decides what each column of an OpenSID file means: the question it answers, its codes and its words.

The mapping is data: `models/form/exchange/opensid.json` names the columns, the form's lists their codes.  Here a column
reads a cell into an answer and prints an answer as a cell again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from models.exchange.reasons import UnreadableCellError
from models.exchange.values import Cell, read_day, read_number16, read_text, visible

ZERO_IS_EMPTY = frozenset({"0"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `targets` are the (kind, field) it answers, `role` what it does besides (dusun, status, lat …).

    `by_code` and `by_word` give the answer of a code or squeezed word; `printed` the (code, word) of an answer.
    """

    name: str
    type: str = "text"
    role: str | None = None
    targets: tuple[tuple[str, str], ...] = ()
    by_code: Mapping[str, Any] = field(default_factory=dict)
    by_word: Mapping[str, Any] = field(default_factory=dict)
    printed: Mapping[Any, tuple[str, str]] = field(default_factory=dict)

    def read(self, cell: Cell, today: date) -> Any:
        """The answer a cell gives, None when empty.  Raises UnreadableCellError."""
        if self.type in {"nik", "kk"}:
            return read_number16(cell, self.type)
        if self.type == "date":
            return read_day(cell, today)
        if self.by_code:
            return self._choice(cell)
        text = read_text(cell)
        return None if text in ZERO_IS_EMPTY else text

    def _choice(self, cell: Cell) -> Any:
        text = read_text(cell)
        if text is None:
            return None
        code = text.lstrip("0") or "0"
        if code in self.by_code:
            return self.by_code[code]
        word = squeezed(text)
        if word in self.by_word:
            return self.by_word[word]
        if code in ZERO_IS_EMPTY:
            return None
        raise UnreadableCellError("kode_tak_dikenal", value=text)

    def write(self, value: Any, *, as_words: bool) -> str:
        """An answer as a cell: code or word where the column has them; empty where it has no code for the answer."""
        if value is None:
            return ""
        if self.printed:
            pair = self.printed.get(value)
            return "" if pair is None else pair[1 if as_words else 0]
        if self.type == "date":
            year, month, day = str(value).split("-")
            return f"{day}-{month}-{year}"
        return visible(value)


@dataclass(frozen=True)
class Columns:
    """All columns of the file, and the names of those the reader itself looks at.

    `standard` are the 43 in OpenSID's order; `without_nik` the (field, value) that says a person has no NIK yet.
    """

    all: tuple[Column, ...]
    standard: tuple[str, ...]
    nik: str
    kk: str
    name: str
    born: str
    kinship: str
    status: str
    alive: Any
    states: Mapping[str, Any]
    heads: frozenset[Any]
    without_nik: tuple[str, Any]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by their heading."""
        return {column.name: column for column in self.all}


def squeezed(text: str) -> str:
    """A word for comparing: no accents, case, spaces or signs (`TAMAT SD / SEDERAJAT` -> `tamatsd/sederajat`)."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().strip()
    minus = "-" if re.search(r"[A-Za-z]\s*-\Z", plain) else ""
    return re.sub(r"[^a-z0-9+/]", "", plain.lower()) + minus
