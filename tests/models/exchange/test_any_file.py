"""Whatever the bytes and cells: a table, or one of our own sentences; people, or reasons by row."""

# ruff: noqa: DTZ001 (spreadsheets know no time zone)

import contextlib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.exchange.opensid import read_residents
from models.exchange.opensid_columns import opensid_columns
from models.exchange.reasons import UnreadableFileError
from models.exchange.rows import Row, Table, read_table
from models.form.definition import load
from tests.models.exchange.test_rows import workbook

COLUMNS = opensid_columns()
WHOLE = workbook(["nama", "nik"], ["Siti", "1"])
HEADING = b"nama,no_kk,nik,rt\n"
CELLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.sampled_from(["-", "0", "31-02-1990", "3.5E+15", "1", "ISLAM", "3522140101900001", "#REF!", "\u200b1"]),
)


def reads(path: Path) -> Table | None:
    with contextlib.suppress(UnreadableFileError):
        return read_table(path, COLUMNS.by_name)
    return None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", HEADING, b"PK\x03\x04", b"\xff\xfe", b"sep=", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
def test_read_table__any_bytes__never_anything_but_our_sentence(tmp_path: Path, data: bytes, start: bytes) -> None:
    path = tmp_path / "any.xlsx"
    path.write_bytes(start + data)
    reads(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_read_table__damaged_workbook__never_anything_but_our_sentence(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "any.xlsx"
    path.write_bytes(bytes(whole[: data.draw(st.integers(1, len(whole)))]))
    reads(path)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from([*COLUMNS.standard, "dasawisma"]), CELLS), max_size=6))
def test_read_residents__any_cells__every_row_is_a_person_rejected_or_skipped(rows: list[dict[str, Any]]) -> None:
    names = (*COLUMNS.standard, "dasawisma")
    table = Table(names, names, [Row(number, cells) for number, cells in enumerate(rows, start=2)])
    reading = read_residents(table, COLUMNS, date(2026, 11, 23), load())
    told = [
        {one.row for one in reading.people},
        {one.row for one in reading.rejections},
        {one.row for one in reading.skipped},
    ]
    assert sum(map(len, told)) == len(set().union(*told)) == len(rows)
    assert all(one.text for one in (*reading.rejections, *reading.skipped))


@pytest.mark.parametrize("cell", [datetime(9999, 12, 31), date.min, float("nan"), float("inf"), 10**400, "9" * 400])
def test_read_residents__extreme_cell__is_a_reason(cell: Any) -> None:
    table = Table(
        COLUMNS.standard, COLUMNS.standard, [Row(2, {"nama": "Siti", "nik": cell, "tanggallahir": cell, "lat": cell})]
    )
    assert read_residents(table, COLUMNS, date(2026, 11, 23), load()).rejections
