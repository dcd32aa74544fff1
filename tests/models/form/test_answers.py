"""Answer checks against the vectors shared with the phone, and what a complete record lacks."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.form.answers import check, check_item, core, core_missing, nonresponse_count, warnings
from models.form.context import Door, door_contexts
from models.form.definition import load
from tests.models.form.vectors import case_name, vectors

FORM = load()
TODAY = date(2026, 11, 23)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [(kind.name, key) for kind in FORM.kinds.values() for key in kind.fields]


@pytest.mark.parametrize("case", vectors("answers"), ids=case_name)
def test_check__vector__as_expected(case):
    stored, problem = check(FORM, case["kind"], case["field"], case["value"])
    assert (json.dumps(stored), problem) == (json.dumps(case["stored"]), case["problem"])


@given(st.sampled_from(FIELDS), JSON)
def test_check__any_json__never_raises_and_is_idempotent(field, value):
    stored, problem = check(FORM, *field, value)
    if problem is None:
        assert check(FORM, *field, stored) == (stored, None)


def test_check_item__one_option_and_one_row__checked_alone():
    assert check_item(FORM, "member", "kegiatan_warga", "arisan") == ("arisan", None)
    assert check_item(FORM, "member", "kegiatan_warga", "tari") == ("tari", "choice")
    assert check_item(FORM, "household", "komoditi_pekarangan", {"kategori": "toga"})[1] == "row"


def contexts(**member):
    door = Door("h", {}, {"f": {}}, {"m": {"family": "f", **member}})
    return door_contexts(FORM, door, TODAY)["m"]


def asked(**member):
    return set(core(FORM, "member", member, contexts(**member)).asked)


def test_core__boy__never_asked_about_mothers_or_work():
    boy = asked(jenis_kelamin="L", tanggal_lahir="2019-05-01")
    assert not boy & {"kb", "buta", "pekerjaan", "status_kawin", "tabungan", "keanggotaan_pkk", "kegiatan_warga"}
    assert {"nama", "agama", "pendidikan", "kebutuhan_khusus"} <= boy


def test_core__married_woman_of_thirty__asked_about_kb_unless_pregnant():
    woman = {"jenis_kelamin": "P", "tanggal_lahir": "1996-01-01", "status_kawin": "kawin"}
    assert "kb" in asked(**woman)
    context = contexts(**woman) | {"hamil": True}
    assert "kb" not in core(FORM, "member", woman, context).asked


@pytest.mark.parametrize(("born", "expected"), [("2012-11-23", True), ("2012-11-24", False), (None, True)])
def test_core__illiteracy__asked_over_thirteen_and_where_age_is_unknown(born, expected):
    assert ("buta" in asked(jenis_kelamin="P", tanggal_lahir=born)) is expected


def test_core__nik_given__reason_not_asked():
    assert "alasan_tanpa_nik" in asked(jenis_kelamin="P")
    assert "alasan_tanpa_nik" not in asked(jenis_kelamin="P", no_nik="3522145203950001")
    assert "no_nik" not in asked(jenis_kelamin="P")


def test_core__sticker__asked_only_where_somebody_expects():
    context = {"hamil_nifas": True, "settings": FORM.settings}
    assert "stiker_p4k" in core(FORM, "household", {}, context).asked
    assert "stiker_p4k" not in core(FORM, "household", {}, {}).asked


def test_core__position__asked_of_pkk_members_only():
    grown = {"jenis_kelamin": "P", "tanggal_lahir": "1980-01-01"}
    assert "jabatan_pkk" not in asked(**grown, keanggotaan_pkk="bukan_pkk")
    assert "jabatan_pkk" in asked(**grown, keanggotaan_pkk="anggota_tp_pkk")


def test_core__marks__are_answers_and_counted():
    answers = {"jenis_kelamin": "L", "tanggal_lahir": "2024-01-01", "nama": "tidak_tahu", "agama": "tidak_mau_menjawab"}
    context = contexts(**answers)
    assert nonresponse_count(FORM, "member", answers, context) == 2
    assert not {"nama", "agama"} & set(core_missing(FORM, "member", answers, context))


def test_core__modules__never_required():
    for kind in FORM.kinds.values():
        assert not [item.id for item in kind.fields.values() if item.module and item.required]


def test_warnings__odd_answer__asked_until_confirmed():
    answers = {"hubungan": "istri", "jenis_kelamin": "L", "nama": "Budi"}
    found = warnings(FORM, "member", answers, contexts(**answers))
    assert [(item.field, item.check) for item in found] == [("hubungan", "istri_laki")]
    assert warnings(FORM, "member", answers | {"dibenarkan": ["istri_laki"]}, contexts(**answers)) == []


def test_warnings__pregnant_man__asked_never_refused():
    context = {"member": {"jenis_kelamin": "L"}, "age": 30}
    found = warnings(FORM, "event", {"type": "hamil", "nama_suami": "Sri"}, context)
    assert [item.check for item in found] == ["ibu_laki"]


def test_warnings__healthy_house_without_latrine__asked():
    answers = {"kriteria_rumah": "sehat_layak_huni", "jamban": False}
    assert [item.check for item in warnings(FORM, "household", answers, {})] == ["sehat_tanpa_jamban"]
