"""The official list of Kabupaten Bojonegoro as shipped."""

from collections import Counter
from pathlib import Path

import pytest

from models.exchange.area_codes import MissingTerritoryError, read_official


def test_read_official__bojonegoro__has_28_kecamatan_and_430_desa() -> None:
    areas = read_official("35.22")
    assert Counter(area.level for area in areas) == {"kabupaten": 1, "kecamatan": 28, "desa": 430}
    assert sum(area.is_kelurahan for area in areas) == 11


def test_read_official__kapas__is_a_desa_under_its_kecamatan() -> None:
    kapas = next(area for area in read_official("35.22") if area.code == "35.22.14.2011")
    assert (kapas.name, kapas.parent, kapas.is_kelurahan) == ("Kapas", "35.22.14", False)


def test_read_official__parents__come_before_children() -> None:
    seen: set[str | None] = {None}
    for area in read_official("35.22"):
        assert area.parent in seen
        seen.add(area.code)


def test_read_official__unknown_code__is_empty() -> None:
    assert read_official("99.99") == []


def test_read_official__not_built__names_the_command(tmp_path: Path) -> None:
    with pytest.raises(MissingTerritoryError, match="build_territory"):
        read_official("35.22", tmp_path / "none.gz")
