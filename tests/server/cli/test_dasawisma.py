"""``dawis dasawisma``."""

import json

DESA = "35.22.14.2011"


def test_list__one_json_line_each__names_rt_and_kader(dawis, world):
    lines = [json.loads(line) for line in dawis("dasawisma", "list", "--desa", DESA, "--json").stdout.splitlines()]
    assert [line["code"] for line in lines] == [f"{DESA}/D001", f"{DESA}/D002", f"{DESA}/D003"]
    assert lines[1] == {
        "code": f"{DESA}/D002",
        "name": "Melati 2",
        "rt": f"{DESA}/RW01-RT001",
        "expected": 0,
        "kader": ["Siti", "Sri"],
    }


def test_add__next_code__is_permanent_and_listed(dawis, world):
    made = json.loads(dawis("dasawisma", "add", "Kenanga 1", "--area", f"{DESA}/RW01-RT002", "--json").stdout)
    assert made["code"] == f"{DESA}/D004"
    assert f"{DESA}/D004  Kenanga 1" in dawis("dasawisma", "list", "--desa", DESA).stdout


def test_add__name_taken_or_area_unknown__is_refused(dawis, world):
    assert dawis("dasawisma", "add", "melati 1", "--area", f"{DESA}/RW01-RT002").exit_code == 1
    assert dawis("dasawisma", "add", "Kenanga 1", "--area", f"{DESA}/RW09").exit_code == 1
    assert dawis("dasawisma", "list", "--desa", "35.22.14").exit_code == 1
