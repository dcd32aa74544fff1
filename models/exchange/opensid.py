"""Decides what the rows of an OpenSID resident file say: people, and every row turned down with all its reasons.

43 columns in any order or a part of them, codes or words; `dasawisma` may stand beside them.  A row is turned down when
a cell cannot be what it says, or when the same person stands in the file before; a row whose status is not "alive"
makes nobody and is listed apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.exchange.columns import Column, Columns
from models.exchange.places import Place, place_of
from models.exchange.reasons import Rejection, UnreadableCellError, UnreadableFileError
from models.exchange.resident import Resident
from models.exchange.rows import Row, Table
from models.exchange.values import Cell, is_temporary, kept, read_coordinate, visible
from models.form.answers import check
from models.form.definition import Form

ENOUGH = 3
"""So many numbers that all end in 0 are no chance."""


@dataclass(slots=True)
class Reading:
    """What a file says: people, rows turned down, and rows of people who died, moved or are not valid.

    `skipped` says why, `gone` gives the keys such a person would be found by, by row.
    """

    people: list[Resident] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    skipped: list[Rejection] = field(default_factory=list)
    gone: dict[int, tuple[str, ...]] = field(default_factory=dict)
    count: int = 0


def read_residents(table: Table, columns: Columns, today: date, form: Form) -> Reading:
    """Read every row, answers as the form stores them.  Raises UnreadableFileError when nobody can be placed."""
    present = [columns.by_name[name] for name in table.names if name in columns.by_name]
    _check_headings(present, columns)
    reader = _Reader(columns, present, _lost_columns(table, present), today, form)
    for row in table.rows:
        reader.take(row)
    return reader.reading


def _check_headings(present: list[Column], columns: Columns) -> None:
    names = {column.name for column in present}
    if columns.nik not in names and not {columns.name, columns.kk} <= names:
        raise UnreadableFileError("tanpa_judul", wanted=f"{columns.name}, {columns.kk}, {columns.nik}")


def _lost_columns(table: Table, present: list[Column]) -> frozenset[str]:
    """Number columns whose every numeric cell ends in 0: Excel kept only 15 digits of each."""
    lost = set()
    for column in present:
        if column.type in {"nik", "kk"}:
            cells = [row.cells.get(column.name) for row in table.rows]
            numbers = [str(cell) for cell in cells if isinstance(cell, int) and cell > 10**14]
            if len(numbers) >= ENOUGH and all(number.endswith("0") for number in numbers):
                lost.add(column.name)
    return frozenset(lost)


class _Reader:
    def __init__(self, columns: Columns, present: list[Column], lost: frozenset[str], today: date, form: Form) -> None:
        self._columns, self._present, self._lost, self._today, self._form = columns, present, lost, today, form
        self._has_place = any(column.role in {"dusun", "rw", "rt"} for column in present)
        self._seen: dict[str, int] = {}
        self.reading = Reading()

    def take(self, row: Row) -> None:
        """Read one row into the reading."""
        self.reading.count += 1
        values: dict[str, Any] = {}
        problems: list[Rejection] = []
        for column in self._present:
            try:
                values[column.name] = self._value(column, row.cells.get(column.name))
            except UnreadableCellError as error:
                problems.append(Rejection(row.number, column.name, error.code, error.details))
        if self._is_gone(row, values):
            return
        resident = self._resident(row, values)
        problems += self._missing(resident, problems) or ([] if problems else self._double(resident))
        if problems:
            self.reading.rejections.extend(problems)
        else:
            self.reading.people.append(resident)

    def _value(self, column: Column, cell: Cell) -> Any:
        if column.name in self._lost and isinstance(cell, int):
            raise UnreadableCellError(f"{column.type}_rusak", value=cell)
        if column.role in {"lat", "lon"}:
            return read_coordinate(cell, 90 if column.role == "lat" else 180)
        value = column.read(cell, self._today)
        value = value.isoformat() if isinstance(value, date) else value
        for kind, name in column.targets:
            value, problem = check(self._form, kind, name, value)
            if problem:
                raise UnreadableCellError("nilai_mustahil", value=visible(cell))
        return value

    def _is_gone(self, row: Row, values: Mapping[str, Any]) -> bool:
        status = self._columns.status
        said = values.get(status)
        if said is None or said == self._columns.alive:
            return False
        details: dict[str, object] = {"value": visible(row.cells.get(status))}
        self.reading.skipped.append(Rejection(row.number, status, "status_bukan_hidup", details))
        self.reading.gone[row.number] = self._resident(row, values).keys
        return True

    def _resident(self, row: Row, values: Mapping[str, Any]) -> Resident:
        nik, kk = values.get(self._columns.nik), values.get(self._columns.kk)
        temporary = nik if nik and is_temporary(nik) else None
        return Resident(
            row=row.number,
            name=values.get(self._columns.name),
            nik=None if temporary else nik,
            temporary=temporary,
            kk=kk,
            born=values.get(self._columns.born),
            is_head=values.get(self._columns.kinship) in self._columns.heads,
            place=self._place(values) if self._has_place else None,
            dasawisma=self._by_role(values, "dasawisma"),
            answers=self._answers(values, temporary),
            source={column.name: kept(row.cells.get(column.name)) for column in self._present},
        )

    def _by_role(self, values: Mapping[str, Any], role: str) -> Any:
        return next((values.get(column.name) for column in self._present if column.role == role), None)

    def _place(self, values: Mapping[str, Any]) -> Place:
        return place_of(*(self._by_role(values, role) for role in ("dusun", "rw", "rt")))

    def _answers(self, values: Mapping[str, Any], temporary: str | None) -> dict[str, dict[str, Any]]:
        answers: dict[str, dict[str, Any]] = {"household": {}, "family": {}, "member": {}}
        for column in self._present:
            value = values.get(column.name)
            if column.name == self._columns.nik and temporary:
                value = None
            for kind, name in column.targets:
                answers[kind][name] = value
        if self._is_present(self._columns.nik):
            name, value = self._columns.without_nik
            answers["member"][name] = None if values.get(self._columns.nik) and not temporary else value
        lat, lon = self._by_role(values, "lat"), self._by_role(values, "lon")
        if any(column.role in {"lat", "lon"} for column in self._present):
            known = lat is not None and lon is not None
            answers["household"]["position"] = {"lat": lat, "lon": lon, "accuracy_m": None} if known else None
        return answers

    def _missing(self, resident: Resident, problems: list[Rejection]) -> list[Rejection]:
        told = {problem.column for problem in problems}
        needs_name = not resident.name and self._columns.name not in told
        if needs_name and (not resident.nik or self._is_present(self._columns.name)):
            return [Rejection(resident.row, self._columns.name, "kosong")]
        return []

    def _is_present(self, name: str) -> bool:
        return any(column.name == name for column in self._present)

    def _double(self, resident: Resident) -> Iterable[Rejection]:
        key = resident.keys[0]
        other = self._seen.setdefault(key, resident.row)
        if other == resident.row:
            return []
        code = "nik_ganda" if resident.nik or resident.temporary else "warga_ganda"
        column = self._columns.nik if code == "nik_ganda" else self._columns.name
        return [Rejection(resident.row, column, code, {"other": other})]
