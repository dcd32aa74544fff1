"""Decides what an OpenSID RTM file says: which person lives in which rumah tangga, and who is its head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.exchange.opensid_columns import rtm_columns
from models.exchange.reasons import Rejection, UnreadableCellError, UnreadableFileError
from models.exchange.rows import Row, read_table
from models.exchange.values import heading, read_number16, read_text


@dataclass(frozen=True, slots=True)
class RtmLine:
    """One row of an RTM file: the person lives in the rumah tangga of this number."""

    row: int
    nik: str
    number: str
    is_head: bool


def read_rtm(path: Path) -> tuple[list[RtmLine], list[Rejection]]:
    """The readable lines and what was turned down.  Raises UnreadableFileError."""
    (nik, number, relation), column = rtm_columns()
    table = read_table(path, (nik, number, relation))
    spelled = {heading(name): name for name in table.names}
    if heading(nik) not in spelled or heading(number) not in spelled:
        raise UnreadableFileError("tanpa_judul", wanted=f"{nik}, {number}")
    names = tuple(spelled.get(heading(name), "") for name in (nik, number, relation))
    lines: list[RtmLine] = []
    rejections: list[Rejection] = []
    for row in table.rows:
        at = nik
        try:
            person = read_number16(row.cells.get(names[0]), "nik")
            at = number
            door = read_text(row.cells.get(names[1]), 40)
            at = relation
            head = column.read(row.cells.get(names[2]), date.min) if names[2] else None
        except UnreadableCellError as error:
            rejections.append(Rejection(row.number, at, error.code, error.details))
            continue
        missing = _missing(row, nik if person is None else number if door is None else None)
        if missing or person is None or door is None:
            rejections += missing
        else:
            lines.append(RtmLine(row.number, person, door, is_head=head == next(iter(column.printed))))
    return lines, rejections


def _missing(row: Row, column: str | None) -> list[Rejection]:
    return [Rejection(row.number, column, "kosong")] if column else []
