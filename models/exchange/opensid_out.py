"""Decides how records become rows of an OpenSID file again: a cell nobody touched comes back exactly as it came.

A cell is touched when today's answer differs from the one the last import of that record gave; a touched cell is
printed as a code, or as a word where its column came in words.  An answer without a code (a group whose finer choice
nobody told) prints blank and is named in `blanks`: never as "other".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.exchange.columns import Column, Columns
from models.exchange.values import Cell, restored, visible

NO_NUMBER = "0"
ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Line:
    """A person to print: today's answers by kind, his state, answers and cells of his last import (none: no import).

    `dasawisma` is the name of his door's dasa wisma; `is_shared_out` that it is not the one the import gave.
    """

    record: str
    state: str
    answers: Mapping[str, Mapping[str, Any]]
    imported: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)
    dasawisma: str = ""
    is_shared_out: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """The rows, heading first, and the (record, column) whose answer has no code."""

    rows: list[list[Cell]]
    blanks: list[tuple[str, str]]


def print_rows(lines: Iterable[Line], columns: Columns, headings: Sequence[str] = ()) -> Printed:
    """All lines under these headings (default: OpenSID's 43)."""
    lines = list(lines)
    names = list(headings or columns.standard)
    in_words = {name for name in names if _is_worded(columns.by_name.get(name), lines)}
    rows: list[list[Cell]] = [list(names)]
    blanks: list[tuple[str, str]] = []
    for line in lines:
        cells = [_cell(line, columns, name, as_words=name in in_words) for name in names]
        blanks += [(line.record, name) for name, cell in zip(names, cells, strict=True) if cell is None]
        rows.append(["" if cell is None else cell for cell in cells])
    return Printed(rows, blanks)


def _is_worded(column: Column | None, lines: list[Line]) -> bool:
    if column is None or not column.printed:
        return False
    return any(
        not visible(restored(line.source.get(column.name))).isdigit() for line in lines if line.source.get(column.name)
    )


def _cell(line: Line, columns: Columns, name: str, *, as_words: bool) -> Cell:
    """The cell; None where the answer has no code."""
    column, came = columns.by_name.get(name), restored(line.source.get(name))
    if column is None or (line.source and not _is_touched(line, columns, column)):
        return "" if came is None else came
    if column.role == "dasawisma":
        return line.dasawisma
    value = _today(line, columns, column)
    if value is None:
        return NO_NUMBER if column.name == columns.nik else ""
    return column.write(value, as_words=as_words) or (None if column.printed else "")


def _today(line: Line, columns: Columns, column: Column) -> Any:
    return columns.states.get(line.state, columns.alive) if column.name == columns.status else _of(line.answers, column)


def _of(answers: Mapping[str, Mapping[str, Any]], column: Column) -> Any:
    """The answer of a column among answers by kind."""
    if column.role in {"lat", "lon"}:
        return (answers.get("household", {}).get("position") or {}).get(column.role)
    if not column.targets:
        return None
    kind, name = column.targets[0]
    return answers.get(kind, {}).get(name)


def _is_touched(line: Line, columns: Columns, column: Column) -> bool:
    if column.role == "dasawisma":
        return line.is_shared_out
    if column.name == columns.status:
        return line.state != ACTIVE
    return bool(_of(line.imported, column) != _of(line.answers, column))
