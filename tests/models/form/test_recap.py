"""Recap columns: the printed order of every book, and what each measure counts at one door."""

from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.form.context import Door
from models.form.definition import load
from models.form.recap import flow, recap, stock
from tests.builders_form import door_for

FORM, TODAY = load(), date(2026, 11, 23)
WIDTH = {
    "4.16a": 29,
    "4.16b": 30,
    "4.16c": 32,
    "4.16d": 33,
    "4.17a": 33,
    "4.17b": 35,
    "4.17c": 36,
    "4.18b": 15,
    "4.18c": 16,
    "4.18d": 17,
    "4.19a": 18,
    "4.19b": 19,
    "4.19c": 20,
}
GOLDEN = {
    ("4.16a", 3): "kk",
    ("4.16a", 13): "tiga_buta",
    ("4.16a", 14): "berkebutuhan_khusus",
    ("4.16a", 19): "mck_septik",
    ("4.16a", 22): "air_lainnya_sungai",
    ("4.16a", 28): "kesehatan_lingkungan",
    ("4.16b", 3): "krt",
    ("4.16c", 15): "tiga_buta_l",
    ("4.16c", 25): "mck_septik",
    ("4.16d", 18): "rumah_sehat",
    ("4.17a", 17): "tiga_buta",
    ("4.17a", 24): "air_sungai",
    ("4.17b", 19): "tiga_buta_p",
    ("4.17c", 35): "kesehatan_lingkungan",
    ("4.17c", 3): "desa",
    ("4.18b", 3): "ibu_hamil",
    ("4.18b", 14): "balita_meninggal_p",
    ("4.19c", 5): "rt",
    ("4.19c", 6): "rw",
}


def test_recap__books__as_wide_as_printed():
    assert {name: len(book.columns) for name, book in recap().books.items()} == WIDTH


@pytest.mark.parametrize(("place", "ref"), GOLDEN.items())
def test_recap__column__stands_where_it_is_printed(place, ref):
    book, number = place
    assert recap().books[book].columns[number - 1].ref == ref


def door(members=None, household=None, families=None, events=None):
    people = {key: {"family": "f"} | item for key, item in (members or {}).items()}
    return Door("h", household or {}, families or {"f": {}}, people, events or {})


def only(counts, *names):
    return {name: counts[name] for name in names}


WIFE = {"jenis_kelamin": "P", "tanggal_lahir": "1996-01-01", "status_kawin": "kawin"}


@pytest.mark.parametrize(
    ("born", "married", "book", "expected"),
    [
        ("1996-01-01", "kawin", {}, (1, 1)),
        ("1996-01-01", "belum_kawin", {}, (0, 1)),
        ("2011-11-23", "kawin", {}, (1, 1)),
        ("2011-11-24", "kawin", {}, (0, 0)),
        ("1976-11-24", "kawin", {}, (1, 1)),
        ("1976-11-23", "kawin", {}, (0, 0)),
        ("1976-11-23", "kawin", {"wus_min": 14, "wus_max": 50}, (1, 1)),
    ],
)
def test_stock__pus_and_wus__by_age_marriage_and_setting(born, married, book, expected):
    people = {
        "m": WIFE | {"tanggal_lahir": born, "status_kawin": married},
        "s": {"jenis_kelamin": "L", "status_kawin": "kawin"},
    }
    counts = stock(FORM, door(people), TODAY, {**FORM.settings, **book})
    assert (counts["pus"], counts["wus"]) == expected


@pytest.mark.parametrize(
    ("answers", "state", "counted"),
    [
        ({"status_tinggal": "menetap"}, "active", 1),
        ({"status_tinggal": "merantau"}, "active", 0),
        ({"status_tinggal": "kontrak_kos", "enam_bulan": True}, "active", 1),
        ({"status_tinggal": "kontrak_kos", "enam_bulan": False}, "active", 0),
        ({"status_tinggal": "asrama", "enam_bulan": "tidak_tahu"}, "active", 1),
        ({"status_tinggal": "menetap"}, "died", 0),
        ({"status_tinggal": "menetap"}, "moved", 0),
        ({"status_tinggal": "menetap"}, "deleted", 0),
    ],
)
def test_stock__person__counted_where_she_lives(answers, state, counted):
    counts = stock(FORM, door({"m": WIFE | answers | {"state": state}}), TODAY)
    assert only(counts, "jiwa_p", "krt") == {"jiwa_p": counted, "krt": counted}


def test_stock__institution__people_counted_but_no_krt_and_no_house():
    counts = stock(FORM, door({"m": WIFE}, {"jenis_pintu": "institusi", "spal": True}), TODAY)
    assert only(counts, "jiwa_p", "krt", "spal") == {"jiwa_p": 1, "krt": 0, "spal": 0}


@pytest.mark.parametrize(
    ("kinds", "setting", "expected"),
    [
        (["baca", "tulis", "hitung"], "semua", 1),
        (["baca", "tulis"], "semua", 0),
        (["baca"], "salah_satu", 1),
        (["bisa"], "salah_satu", 0),
        ("tidak_tahu", "salah_satu", 0),
    ],
)
def test_stock__illiteracy__one_person_once_and_by_sex(kinds, setting, expected):
    counts = stock(FORM, door({"m": WIFE | {"buta": kinds}}), TODAY, {**FORM.settings, "tiga_buta": setting})
    assert only(counts, "tiga_buta", "tiga_buta_p", "tiga_buta_l") == {
        "tiga_buta": expected,
        "tiga_buta_p": expected,
        "tiga_buta_l": 0,
    }


@pytest.mark.parametrize(("born", "expected"), [("2012-11-23", 1), ("2012-11-24", 0)])
def test_stock__illiteracy__over_thirteen(born, expected):
    people = {"m": {"jenis_kelamin": "L", "tanggal_lahir": born, "buta": ["baca", "tulis", "hitung"]}}
    assert stock(FORM, door(people), TODAY)["tiga_buta"] == expected


def test_stock__water__river_joins_others_only_in_the_first_books():
    counts = stock(FORM, door({"m": WIFE}, {"sumber_air": "sungai"}), TODAY)
    assert only(counts, "air_sungai", "air_lainnya", "air_lainnya_sungai") == {
        "air_sungai": 1,
        "air_lainnya": 0,
        "air_lainnya_sungai": 1,
    }


def test_stock__families__two_behind_one_door_and_savings_by_family():
    people = {"m": WIFE | {"tabungan": True}, "n": WIFE | {"family": "g", "tabungan": False}}
    counts = stock(FORM, door(people, families={"f": {}, "g": {}, "x": {"state": "deleted"}}), TODAY)
    assert only(counts, "krt", "kk", "kk_tabungan") == {"krt": 1, "kk": 2, "kk_tabungan": 1}


def test_flow__month__births_deaths_and_mothers():
    people = {
        "m": WIFE | {"state": "died"},
        "b": {"jenis_kelamin": "L", "tanggal_lahir": "2026-11-02"},
        "a": {"jenis_kelamin": "P", "tanggal_lahir": "2026-01-01", "state": "died"},
        "c": {"jenis_kelamin": "P", "tanggal_lahir": "2023-01-01", "state": "died"},
        "d": {"jenis_kelamin": "P", "tanggal_lahir": "2020-01-01", "state": "died"},
    }
    events = {
        "1": {"type": "melahirkan", "on": "2026-11-02", "member": "m"},
        "2": {"type": "lahir", "on": "2026-11-02", "member": "b", "akta_lahir": "akta_proses"},
        "3": {"type": "meninggal", "on": "2026-11-10", "member": "m"},
        "4": {"type": "meninggal", "on": "2026-11-30", "member": "a"},
        "5": {"type": "meninggal", "on": "2026-11-01", "member": "c"},
        "6": {"type": "meninggal", "on": "2026-11-01", "member": "d"},
        "7": {"type": "meninggal", "on": "2026-10-31", "member": "c"},
        "8": {"type": "lahir", "on": "2026-11-03", "member": "b", "state": "deleted"},
    }
    counts = flow(FORM, door(people, events=events), date(2026, 11, 1), date(2026, 11, 30))
    assert {name: value for name, value in counts.items() if value} == {
        "ibu_melahirkan": 1,
        "bayi_lahir_l": 1,
        "akta_tidak": 1,
        "ibu_meninggal": 1,
        "bayi_meninggal_p": 1,
        "balita_meninggal_p": 1,
    }


def test_flow__kader_says_not_maternal__stands_against_an_old_pregnancy():
    events = {
        "1": {"type": "hamil", "on": "2026-06-01", "member": "m"},
        "2": {"type": "meninggal", "on": "2026-11-10", "member": "m", "masa_ibu": "bukan_masa_ibu"},
    }
    counts = flow(FORM, door({"m": WIFE}, events=events), date(2026, 11, 1), date(2026, 11, 30))
    assert counts["ibu_meninggal"] == 0


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_stock__any_door__splits_add_up(seed):
    counts = stock(FORM, door_for(FORM, Random(seed), TODAY), TODAY)
    assert counts["tiga_buta"] == counts["tiga_buta_l"] + counts["tiga_buta_p"]
    assert counts["air_lainnya_sungai"] == counts["air_lainnya"] + counts["air_sungai"]
    water = counts["air_pdam"] + counts["air_sumur"] + counts["air_lainnya_sungai"]
    assert (
        water
        == counts["beras"] + counts["non_beras"]
        == counts["rumah_sehat"] + counts["rumah_tidak_sehat"]
        == counts["krt"]
    )
    assert counts["pus"] <= counts["wus"] <= counts["jiwa_p"]
