"""What one cell means."""

# ruff: noqa: DTZ001 (spreadsheets know no time zone)

from datetime import date, datetime

import pytest

from models.exchange.reasons import REASONS, UnreadableCellError
from models.exchange.values import Cell, heading, read_coordinate, read_day, read_number16, read_text

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("31-12-1990", date(1990, 12, 31)),
        ("1990-12-31", date(1990, 12, 31)),
        ("31/12/1990", date(1990, 12, 31)),
        ("1/2/1990", date(1990, 2, 1)),
        ("1990-12-31 00:00:00", date(1990, 12, 31)),
        ("\u200b31-12-1990\u00a0", date(1990, 12, 31)),
        (datetime(1990, 12, 31), date(1990, 12, 31)),
        (33238, date(1990, 12, 31)),
        ("0000-00-00", None),
        ("-", None),
        (None, None),
    ],
)
def test_read_day__every_style__is_read(cell: Cell, day: date | None) -> None:
    assert read_day(cell, TODAY) == day


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("31-02-1990", "tanggal_mustahil"),
        ("1990-13-01", "tanggal_mustahil"),
        ("01-02-90", "tanggal_tahun_pendek"),
        ("kemarin", "tanggal_tak_terbaca"),
        ("24-11-2026", "tanggal_mendatang"),
        ("01-01-1800", "tanggal_terlalu_lama"),
    ],
)
def test_read_day__impossible__names_the_reason(cell: Cell, code: str) -> None:
    with pytest.raises(UnreadableCellError) as caught:
        read_day(cell, TODAY)
    assert caught.value.code == code
    assert REASONS[code].format(**caught.value.details)


@pytest.mark.parametrize(
    "cell",
    ["3522140101900001", "'3522140101900001", " 3522 1401 0190 0001\u200e", 3522140101900001, 3522140101900001.0],
)
def test_read_number16__hidden_characters__are_dropped(cell: Cell) -> None:
    assert read_number16(cell, "nik") == "3522140101900001"


@pytest.mark.parametrize("cell", ["", None, "0", 0, "-", "0000000000000000"])
def test_read_number16__zero_or_empty__is_none(cell: Cell) -> None:
    assert read_number16(cell, "nik") is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("3,52214E+15", "nik_rusak"),
        ("3.5E+15", "nik_rusak"),
        (3.52214010190001e15, "nik_rusak"),
        (3522140101900000, "nik_rusak"),
        ("352214010190000", "nik_bukan_16"),
        ("٣٥٢٢١٤٠١٠١٩٠٠٠٠١", None),
    ],
)
def test_read_number16__lost_in_excel__is_reported(cell: Cell, code: str | None) -> None:
    if code is None:
        assert read_number16(cell, "nik") is None
        return
    with pytest.raises(UnreadableCellError) as caught:
        read_number16(cell, "nik")
    assert caught.value.code == code


def test_read_text__control_and_zero_width_characters__are_stripped() -> None:
    assert read_text("\ufeffSiti\u00a0\u200bAminah\x00\n ") == "Siti Aminah"
    assert read_text("-") is None


def test_read_text__excel_error__is_reported() -> None:
    with pytest.raises(UnreadableCellError):
        read_text("#REF!")


def test_heading__case_and_spaces__do_not_count() -> None:
    assert heading(" Nomor  Rumah Tangga ") == "nomor_rumah_tangga"


@pytest.mark.parametrize(("cell", "value"), [("-7,19", -7.19), (-7.19, -7.19), ("0", None), ("", None)])
def test_read_coordinate__decimal_comma__is_read(cell: Cell, value: float | None) -> None:
    assert read_coordinate(cell, 90) == value


def test_read_coordinate__outside_the_earth__is_refused() -> None:
    with pytest.raises(UnreadableCellError):
        read_coordinate("-719", 90)
