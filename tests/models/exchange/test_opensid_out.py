"""Rows of an OpenSID file, printed again."""

from datetime import date, datetime
from typing import Any

from models.exchange.opensid_columns import opensid_columns
from models.exchange.opensid_out import Line, print_rows
from models.exchange.values import kept, restored
from models.form.definition import load

# ruff: noqa: DTZ001 (spreadsheets know no time zone)

COLUMNS = opensid_columns()
FORM = load()
RELIGION, SEX, NAME, NIK = (FORM.role("member", role) for role in ("religion", "sex", "name", "nik"))
CAME: dict[str, Any] = {
    "nama": "SITI",
    "agama_id": "ISLAM",
    "sex": 2,
    "tanggallahir": kept(datetime(1990, 1, 2)),
    "nik": "0",
    "x": "?",
}
READ = {NAME: "SITI", RELIGION: "islam", SEX: "P", FORM.role("member", "born"): "1990-01-02", NIK: None}


def line(state: str = "active", came: dict[str, Any] | None = None, **changed: Any) -> Line:
    return Line("r", state, {"member": {**READ, **changed}}, {"member": READ}, CAME if came is None else came)


def printed(one: Line, *headings: str) -> list[Any]:
    return print_rows([one], COLUMNS, headings).rows[1]


def test_kept__every_kind_of_cell__comes_back() -> None:
    for cell in ("text", 12, 1.5, True, None, datetime(2020, 1, 2, 3, 4), date(2020, 1, 2)):
        assert restored(kept(cell)) == cell


def test_print_rows__untouched__cells_keep_their_kind_and_spelling() -> None:
    assert printed(line(), *CAME) == ["SITI", "ISLAM", 2, datetime(1990, 1, 2), "0", "?"]


def test_print_rows__touched__word_where_the_column_came_in_words_else_code() -> None:
    assert printed(line(**{RELIGION: "kristen", SEX: "L"}), "agama_id", "sex", "nama") == ["KRISTEN", "1", "SITI"]


def test_print_rows__cleared_answer__is_an_empty_cell() -> None:
    assert printed(line(**{RELIGION: None}), "agama_id", "nama") == ["", "SITI"]


def test_print_rows__person_who_died__status_says_so() -> None:
    assert printed(line("died", CAME | {"status_dasar": "1"}), "status_dasar") == ["2"]


def test_print_rows__person_no_file_knew__is_printed_from_the_answers() -> None:
    new = Line("r", "active", {"member": READ, "household": {"position": {"lat": -7.1, "lon": 111.9, "accuracy_m": 5}}})
    assert printed(new, "nama", "sex", "nik", "tanggallahir", "status_dasar", "hamil", "lat", "lng") == [
        "SITI",
        "2",
        "0",
        "02-01-1990",
        "1",
        "",
        "-7.1",
        "111.9",
    ]


def test_print_rows__answer_without_a_code__is_blank_and_named() -> None:
    marital = FORM.role("member", "marital")
    found = print_rows([line(**{marital: "janda_duda"})], COLUMNS, ["status_kawin"])
    assert (found.rows[1], found.blanks) == ([""], [("r", "status_kawin")])


def test_print_rows__no_headings_given__are_opensids_43() -> None:
    assert len(print_rows([], COLUMNS).rows[0]) == 43
