"""The resident file from outside: the ``dawis`` command, its files and its JSON, and what a kader's phone then sees."""

import csv
import json

import pytest
from openpyxl import Workbook

from tests.builders import DESA
from tests.contract.outsider import House
from tests.contract.test_review_counting import DW1, Desk
from tests.server.cli.conftest import dawis

__all__ = ["dawis"]
OTHER = f"{DESA}/D001"
HEAD = ["nama", "no_kk", "nik", "sex", "tanggallahir", "kk_level", "rt", "rw", "dusun", "status_kawin", "agama_id", "dasawisma"]  # fmt: skip
ROWS = [
    ["SLAMET", "3522140101120001", "3522140101800001", "1", "01-01-1980", "1", "001", "01", "KRAJAN", "2", "1", "Melati 1"],
    ["SITI", "3522140101120001", "3522144202850001", "2", "1985-02-02", "3", "001", "01", "KRAJAN", "2", "1", "Melati 1"],
    ["PARTI", "3522140202130002", "3522144303500001", "2", "03-03-1950", "1", "001", "01", "KRAJAN", "4", "1", "Melati 1"],
    ["JOKO", "3522140202130003", "3522140303500002", "1", "03-03-1970", "1", "002", "01", "KRAJAN", "1", "1", ""],
]  # fmt: skip


@pytest.fixture
def desk(world, sign_in):
    return Desk(world, sign_in)


@pytest.fixture
def file_of(tmp_path):
    """``file_of(rows, head)`` -> the path of a CSV."""

    def make(rows=ROWS, head=HEAD, name="warga.csv", delimiter=","):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows([head, *rows])
        return str(tmp_path / name)

    return make


@pytest.fixture
def bring(world, dawis):
    """``bring(path, "--dry-run")`` -> the JSON the command says."""

    def run(path, *more):
        result = dawis("register", "import", path, "--desa", DESA, "--json", *more)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return run


def state_of(phone):
    phone.sync()
    return {key: (one["version"], one["fields"]) for key, one in phone.records.items()}


def test_dry_run__writes_nothing_and_says_the_same_as_the_import(bring, file_of, desk, phone_of):
    path = file_of()
    said = bring(path, "--dry-run")
    assert desk.doors()["listed"] == 0
    assert state_of(phone_of("siti")) == {}
    done = bring(path)
    assert {key: said[key] for key in ("rows", "people", "members", "rejected")} == {
        key: done[key] for key in ("rows", "people", "members", "rejected")
    }


def test_import__doors_are_a_prefill__listed_and_belum(bring, file_of, desk):
    bring(file_of())
    found = desk.cover()
    doors = found["doors"]
    assert (doors["listed"], doors["expected"], doors["pending"]) == (3, 3, 0)
    assert (doors["known"], doors["complete"], doors["fresh"], doors["outcomes"]["belum"]) == (0, 0, 0, 3)
    assert (found["families"]["listed"], found["members"]["listed"]) == (3, 4)
    names = {child["name"] for child in found["children"]}
    assert len(names) >= 1
    assert desk.doors(DW1)["listed"] == 2


def test_import__without_dasawisma__lies_in_the_placeholder_of_its_rt(bring, file_of, desk, dawis):
    bring(file_of())
    found = desk.cover(f"{DESA}/RW01-RT002")
    assert "Belum dibagi" in {child["name"] for child in found["children"]}
    assert found["doors"]["listed"] == 1
    lines = [json.loads(line) for line in dawis("dasawisma", "list", "--desa", DESA, "--json").stdout.splitlines()]
    assert all(set(line) >= {"code", "name", "rt", "expected", "kader"} for line in lines)
    assert sum(line["expected"] for line in lines) == 3
    shown = json.loads(dawis("territory", "show", DESA, "--json").stdout)
    assert set(shown) == {"code", "name", "level", "children"}


def test_import__twice_and_after_a_kader__no_new_version(bring, file_of, phone_of):
    path, siti = file_of(), phone_of("siti")
    bring(path)
    first = state_of(siti)
    assert len(first) == 2 + 2 + 3
    again = bring(path)
    assert (again["edits"], state_of(siti)) == (0, first)
    member = next(key for key, (_, fields) in first.items() if fields.get("nama") == "SITI")
    siti.save(siti.patch("member", member, nama="Siti Aminah", status_kawin="cerai_hidup"))
    corrected = state_of(siti)
    assert bring(path)["edits"] == 0
    assert state_of(siti) == corrected
    assert corrected[member][1]["nama"] == "Siti Aminah"


def test_import__a_changed_cell__changes_what_no_kader_answered(bring, file_of, phone_of):
    siti = phone_of("siti")
    bring(file_of())
    before = state_of(siti)
    member = next(key for key, (_, fields) in before.items() if fields.get("nama") == "SITI")
    siti.save(siti.patch("member", member, nama="Siti Aminah"))
    siti.sync()
    rows = [list(row) for row in ROWS]
    rows[1][0], rows[1][9] = "SITI A", "3"
    bring(file_of(rows))
    after = state_of(siti)
    assert after[member][1]["nama"] == "Siti Aminah"
    assert after[member][1]["status_kawin"] == "cerai_hidup"


def test_undo__then_again__stands_as_before(bring, file_of, desk, dawis):
    path = file_of()
    done = bring(path)
    before = desk.cover()
    assert dawis("register", "undo", done["import"], "--json").exit_code == 0
    gone = desk.cover()
    assert (gone["doors"]["listed"], gone["members"]["listed"]) == (0, 0)
    bring(path)
    assert desk.cover() == before
    assert bring(path)["edits"] == 0


def test_undo__approved_register__takes_records_back_and_keeps_the_doors(bring, file_of, desk, dawis, phone_of):
    siti = phone_of("siti")
    done = bring(file_of())
    desk.approve_register()
    touched = next(key for key, (_, fields) in state_of(siti).items() if fields.get("nama") == "SITI")
    siti.save(siti.patch("member", touched, nama="Siti Aminah"))
    siti.sync()
    result = dawis("register", "undo", done["import"], "--json")
    assert result.exit_code == 0
    json.loads(result.stdout)
    left = state_of(siti)
    assert "PARTI" not in [fields.get("nama") for _, fields in left.values()]
    assert left[touched][1]["nama"] == "Siti Aminah"
    assert desk.doors()["expected"] == 3


def test_import__imported_then_visited__known_but_not_complete(bring, file_of, desk, phone_of):
    siti = phone_of("siti")
    bring(file_of())
    house = next(key for key, one in state_of(siti).items() if siti.records[key]["kind"] == "household")
    one = House.__new__(House)
    one.phone, one.id = siti, house
    one.knock("tidak_berubah", seen=10**6)
    siti.sync()
    found = desk.doors()
    assert (found["known"], found["complete"], found["fresh"]) == (1, 0, 0)


def test_import__rtm_joins_kk__and_later_never_joins_doors_silently(bring, file_of, desk):
    bring(file_of())
    assert desk.doors()["listed"] == 3
    rtm = file_of(
        [["3522140101800001", "R1", "1"], ["3522144202850001", "R1", "2"], ["3522144303500001", "R1", "2"]],
        ["NIK", "NOMOR RUMAH TANGGA", "STATUS HUBUNGAN"],
        "rtm.csv",
    )
    bring(file_of(), "--rtm", rtm)
    found = desk.cover()
    assert (found["doors"]["expected"], found["families"]["listed"], found["members"]["listed"]) == (3, 3, 4)


def test_import__rtm_from_the_start__one_door_for_two_kk(bring, file_of, desk):
    rtm = file_of(
        [["3522140101800001", "R1", "1"], ["3522144202850001", "R1", "2"], ["3522144303500001", "R1", "2"]],
        ["NIK", "NOMOR RUMAH TANGGA", "STATUS HUBUNGAN"],
        "rtm.csv",
    )
    bring(file_of(), "--rtm", rtm)
    found = desk.cover()
    assert (found["doors"]["listed"], found["families"]["listed"], found["members"]["listed"]) == (2, 3, 4)


def test_import__bad_rows__file_with_row_column_reason(bring, file_of, tmp_path):
    bad = [list(ROWS[3]) for _ in range(5)]
    bad[0][2], bad[0][4] = "3522140303500010", "31-02-1990"
    bad[1][2] = "3522144202850001"
    bad[2][2], bad[2][3] = "3522140303500012", "laki-laki"
    bad[3][2] = "35221403035000"
    bad[4][0], bad[4][2] = "", "3522140303500014"
    errors = tmp_path / "salah.csv"
    said = bring(file_of([*ROWS, *bad]), "--errors", str(errors), "--dry-run")
    with errors.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    assert [line[:2] for line in lines[1:]] == [["6", "tanggallahir"], ["7", "nik"], ["9", "nik"], ["10", "nama"]]
    assert all(line[2] for line in lines[1:])
    assert said["rejected"] == 4


def test_import__words_hidden_characters_shuffled_xlsx__same_records(bring, file_of, tmp_path, phone_of):
    siti = phone_of("siti")
    bring(file_of())
    first = state_of(siti)
    words = [list(row) for row in ROWS]
    for row in words:
        row[0] = f"\u200b{row[0]}\u00a0"
        row[2] = f"'{row[2]}"
        row[3] = {"1": "LAKI-LAKI", "2": "Perempuan"}[row[3]]
        row[10] = "ISLAM"
        row[5] = {"1": "KEPALA KELUARGA", "3": "ISTRI"}[row[5]]
        row[9] = {"1": "BELUM KAWIN", "2": "KAWIN", "4": "CERAI MATI"}[row[9]]
    book = Workbook()
    order = list(reversed(range(len(HEAD))))
    for row in (HEAD, *words):
        book.active.append([row[place] for place in order])
    book.save(tmp_path / "kata.xlsx")
    again = bring(str(tmp_path / "kata.xlsx"))
    assert (again["rejected"], again["edits"]) == (0, 0), again
    assert state_of(siti) == first


def test_import__status_dasar__only_one_creates(bring, file_of):
    rows = [[*row, "1"] for row in ROWS]
    rows[3][-1] = "2"
    assert bring(file_of(rows, [*HEAD, "status_dasar"]), "--dry-run")["people"] == 3


@pytest.mark.parametrize("content", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"PK\x03\x04garbage", b"nama;umur\nx;3\n", "ẞ".encode("utf-16")])  # fmt: skip
@pytest.mark.parametrize("ending", ["xlsx", "csv", "xls"])
def test_import__unreadable_file__one_indonesian_sentence(world, dawis, tmp_path, content, ending):
    path = tmp_path / f"rusak.{ending}"
    path.write_bytes(content)
    result = dawis("register", "import", str(path), "--desa", DESA, "--json")
    assert result.exit_code not in {0, None}, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception


def test_reference__makes_a_basis_and_counts_missing(file_of, dawis, desk):
    path = file_of(
        [[DESA, "10", "31"], ["35.22.14.2012", "4", "12"], ["35.22.99.2099", "1", "1"]],
        ["kode", "kk", "jiwa"],
        "ref.csv",
    )
    result = dawis(
        "register", "reference", path, "--source", "Dukcapil semester I 2026", "--date", "2026-06-30", "--json"
    )
    assert result.exit_code == 0, result.output
    json.loads(result.stdout)
    found = desk.cover()
    assert (found["basis"], found["doors"]["expected"], found["doors"]["percent"]) == ("reference", 10, 0)
    assert found["families"]["expected"] == 10
    assert found["members"]["expected"] == 31
    above = desk.cover("35.22.14")
    assert (above["basis"], above["missing"], above["doors"]["expected"]) == ("reference", 0, 14)
    top = desk.cover("35.22")
    assert (top["basis"], top["missing"], top["doors"]["percent"]) == ("none", 1, None)
    desk.approve_register()
    assert desk.cover()["reference"]["is_low"] is True
