"""Decides what stands in a recap book: which rows, which numbers, and what the sum is.

``{"book", "title", "area", "name", "level", "row", "as_of", "period",
"columns": [{"number", "kind", "label", "group", "ref"}], "definitions": [{"id", "label", "unit", "definition", …}],
"rows": [{"area", "household", "cells": [1, "Melati 1", 12, …]}], "total": [null, "Jumlah", …]}``.
Rows are the children the form names (4.16b: dasa wisma of an RT).  Where a level is skipped, what hangs directly on a
higher area stands as a row of its own under that area's name, so that no number is lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.aggregates.tally import Tally, add
from models.aggregates.tree import Tree
from models.form.recap import Book, Column
from models.territory import LEVELS, Area

HOUSEHOLD = "household"
TOTAL = "Jumlah"
WITHOUT = "(tanpa {level})"
LEVEL_WORDS = {
    "kecamatan": "kecamatan",
    "desa": "desa",
    "dusun": "dusun",
    "rw": "RW",
    "rt": "RT",
    "dasawisma": "dasa wisma",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row before it is printed: its name, its measures, and how many areas of each level it holds."""

    name: str
    counts: Mapping[str, int]
    areas: Mapping[str, int]
    area: str | None = None
    household: str | None = None
    note: str = ""


def printed(book: Book, lines: Sequence[Line]) -> tuple[list[dict[str, Any]], list[Any]]:
    """The rows with their cells, and the cells of the sum."""
    rows = [_row(book, number, line) for number, line in enumerate(lines, start=1)]
    whole = Line(TOTAL, add(*(line.counts for line in lines)), add(*(line.areas for line in lines)))
    return rows, [None if column.kind == "number" else _cell(column, 0, whole) for column in book.columns]


def _row(book: Book, number: int, line: Line) -> dict[str, Any]:
    cells = [_cell(column, number, line) for column in book.columns]
    return {"area": line.area, "household": line.household, "cells": cells}


def _cell(column: Column, number: int, line: Line) -> Any:
    if column.kind == "number":
        return number
    if column.kind == "row":
        return line.name
    if column.kind == "note":
        return line.note
    found = line.areas if column.kind == "area" else line.counts
    return found.get(column.ref or "", 0)


def area_lines(tree: Tree, book: Book, counts: Mapping[int, Tally], note: str = "") -> list[Line]:
    """A line for each area of the book's row level, and one for what lies in none of them."""
    return [
        Line(name, add(*(counts.get(area.id, {}) for area in inside)), _levels(inside), code, note=note)
        for name, code, inside in row_groups(tree, book.row)
    ]


def row_groups(tree: Tree, level: str) -> Iterable[tuple[str, str | None, list[Area]]]:
    """Name, code and all areas of each row; areas that skip the level are gathered at the end."""
    rows = sorted(
        (one for one in tree.below(tree.root) if one.level == level), key=lambda one: (one.is_placeholder, one.code)
    )
    taken: set[int] = set()
    for one in rows:
        inside = list(tree.below(one))
        taken |= {area.id for area in inside}
        yield one.name, one.code, inside
    deeper = LEVELS.index(level)
    rest = [one for one in tree.below(tree.root) if one.id not in taken and LEVELS.index(one.level) > deeper]
    if any(one.level == "dasawisma" for one in rest):
        yield WITHOUT.format(level=LEVEL_WORDS[level]), None, rest


def _levels(areas: Iterable[Area]) -> Tally:
    found: Tally = {}
    for area in areas:
        if not area.is_placeholder:
            found[area.level] = found.get(area.level, 0) + 1
    return found
