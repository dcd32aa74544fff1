"""``dawis territory``."""

# ruff: noqa: PT018 (one fact in two halves)

import json
from collections import Counter

from sqlalchemy import func, select

from models.territory import Area, AreaCode, DesaSequence
from server.transaction import snapshot


def levels(node: dict) -> Counter:
    found = Counter([node["level"]])
    for child in node["children"]:
        found += levels(child)
    return found


def test_load__bojonegoro__gives_28_kecamatan_and_430_desa(dawis):
    result = dawis("territory", "load", "35.22")
    assert result.exit_code == 0, result.output
    tree = json.loads(dawis("territory", "show", "35.22", "--json").stdout)
    assert levels(tree) == {"kabupaten": 1, "kecamatan": 28, "desa": 419, "kelurahan": 11}
    assert (tree["name"], tree["children"][0]["code"]) == ("Kabupaten Bojonegoro", "35.22.01")


def test_load__twice__changes_nothing(dawis, app):
    dawis("territory", "load", "35.22")
    with snapshot() as session:
        before = dict(session.execute(select(Area.code, Area.id)).all())
    assert "0 wilayah baru, 0 ganti nama, 459 sudah ada" in dawis("territory", "load", "35.22").output
    with snapshot() as session:
        assert dict(session.execute(select(Area.code, Area.id)).all()) == before
        assert session.scalar(select(func.count()).select_from(DesaSequence)) == 430
        assert session.scalar(select(func.count()).select_from(AreaCode)) == 459


def test_show__areas_below_the_desa__are_nested(dawis, world):
    tree = json.loads(dawis("territory", "show", "35.22.14.2011", "--json").stdout)
    assert [child["code"] for child in tree["children"]] == ["35.22.14.2011/DS01"]
    assert levels(tree) == {"desa": 1, "dusun": 1, "rw": 1, "rt": 2, "dasawisma": 3}


def test_show__unknown_code__says_so(dawis, world):
    result = dawis("territory", "show", "99.99", "--json")
    assert result.exit_code == 1
    assert "Wilayah dengan kode ini tidak ada" in result.output and result.stdout == ""


def test_load__unknown_code__says_so(dawis):
    assert dawis("territory", "load", "99.99").exit_code == 1
