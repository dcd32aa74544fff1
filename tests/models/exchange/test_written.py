"""Files written for spreadsheet programs."""

from datetime import date
from pathlib import Path

from openpyxl import load_workbook

from models.exchange.written import as_csv, write_table

ROWS = [["nik", "nama"], ["3522140101900001", "=1+1"], [date(2026, 11, 23), None]]


def test_write_table__xlsx__numbers_stay_text_and_formulas_stay_words(tmp_path: Path) -> None:
    write_table(tmp_path / "a.xlsx", ROWS)
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [("3522140101900001", "s"), ("=1+1", "s")]
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_as_csv__guard__puts_an_apostrophe_before_formulas() -> None:
    assert as_csv(ROWS, guard=True).decode("utf-8-sig").splitlines()[1:] == ["3522140101900001;'=1+1", "23-11-2026;"]
    assert ";=1+1" in as_csv(ROWS).decode("utf-8-sig")
