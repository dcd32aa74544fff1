"""Decides what BAPPEDA gets: totals per area, exact, with the coverage they rest on; never a person.

A line is an area of the level asked for, with the codes and names of the areas it lies in, its coverage, and every
stock measure of the recaps summed over its doors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.aggregates.coverage import coverage_table
from models.aggregates.recap import Source, counts_of
from models.aggregates.tally import Tally, add
from models.aggregates.tree import Tree, tree_of
from models.form.recap import Measure, recap
from models.problems import Problem
from models.territory import LEVELS, Area

OFFERED = ("kabupaten", "kecamatan", "desa")


@dataclass(frozen=True, slots=True)
class TotalLine:
    """One area: the areas above it and itself as (level, code, name), its coverage, its measures."""

    places: tuple[tuple[str, str, str], ...]
    coverage: Mapping[str, Any]
    counts: Mapping[str, int]
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of every area of a level within ``area``, as of a day, and the measures in print order."""

    area: str
    name: str
    level: str
    as_of: date
    form: str
    measures: Sequence[Measure]
    lines: Sequence[TotalLine]


def totals_of(source: Source, area: Area, level: str, past: Mapping[int, Tally] | None = None) -> Totals:
    """Totals per area; raises input.invalid for a level that is not offered or lies above the area."""
    if level not in OFFERED or LEVELS.index(level) < LEVELS.index(area.level):
        raise Problem("input.invalid", fields={"level": level})
    tree = tree_of(source.session, area, source.past)
    counts = counts_of(source, tree)
    coverage = {one["area"]: one for one in coverage_table(source.session, area, source.day, level, past=past)}
    above = _above(source, area)
    lines = [_line(tree, one, above, coverage[one.code], counts) for one in _rows(tree, level)]
    measures = [one for one in recap().measures.values() if one.time == "stock"]
    return Totals(area.code, area.name, level, source.day, source.form.version, measures, lines)


def _rows(tree: Tree, level: str) -> list[Area]:
    return sorted((one for one in tree.below(tree.root) if one.level == level), key=lambda one: one.code)


def _above(source: Source, area: Area) -> dict[int, Area]:
    keys = [int(key) for key in area.path.strip(".").split(".")]
    return {key: source.session.get_one(Area, key) for key in keys}


def _line(
    tree: Tree, area: Area, above: Mapping[int, Area], coverage: Mapping[str, Any], counts: Mapping[int, Tally]
) -> TotalLine:
    known = {**above, **tree.areas}
    chain = [known[int(key)] for key in area.path.strip(".").split(".")]
    inside = add(*(counts.get(one.id, {}) for one in tree.below(area)))
    return TotalLine(tuple((one.level, one.code, one.name) for one in chain), coverage, inside, area.is_demo)
