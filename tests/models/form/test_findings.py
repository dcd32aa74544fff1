"""What looks wrong behind a door: flagged, never refused."""

from datetime import date
from random import Random

from models.form.context import Door, door_contexts
from models.form.definition import load
from models.form.findings import CODES, door_findings
from tests.builders_form import door_for

FORM, TODAY, DESA = load(), date(2026, 11, 23), "35.22.14.2011"


def found(members, events=None, families=None, household=None):
    door = Door("h", household or {}, families or {"f": {}}, members, events or {})
    items = door_findings(FORM, door, door_contexts(FORM, door, TODAY), DESA)
    assert {item.code for item in items} <= set(CODES)
    assert all(len(item.code) <= 24 and len(item.subject) <= 40 for item in items)
    return [(item.code, item.record, item.subject) for item in items]


HEAD = {"family": "f", "hubungan": "kepala_keluarga"}


def test_findings__ordinary_door__none():
    assert found({"a": HEAD, "b": {"family": "f", "hubungan": "istri"}}) == []


def test_findings__two_heads_and_none():
    assert found({"a": HEAD, "b": HEAD}) == [("heads", "f", "")]
    assert found({"b": {"family": "f", "hubungan": "anak"}}) == [("no_head", "f", "")]
    assert found({"a": HEAD | {"state": "died"}}) == []


def test_findings__nik__twice_and_of_another_kabupaten():
    own, other = {"no_nik": "3522145203950001"}, {"no_nik": "3578145203950001"}
    assert found({"a": HEAD | own, "b": {"family": "f"} | own}) == [("nik_twice", "b", "")]
    assert found({"a": HEAD | other}) == [("nik_area", "a", "")]


def test_findings__pregnant_man__odd_until_confirmed():
    man = HEAD | {"jenis_kelamin": "L"}
    event = {"type": "hamil", "on": "2026-11-01", "member": "a"}
    assert found({"a": man}, {"e": event}) == [("odd", "e", "ibu_laki")]
    assert found({"a": man}, {"e": event | {"dibenarkan": ["ibu_laki"]}}) == []


def test_findings__event_of_tomorrow__odd():
    assert found({"a": HEAD}, {"e": {"type": "datang", "on": "2026-11-24", "member": "a"}}) == [
        ("odd", "e", "peristiwa_nanti")
    ]
    assert found({"a": HEAD}, {"e": {"type": "datang", "on": "2026-11-23", "member": "a"}}) == []


def test_findings__nothing_together_with_something__odd():
    assert found({"a": HEAD}, household={"pekarangan": ["toga", "tidak_ada"]}) == [
        ("odd", "h", "tidak_ada_dan_lain_pekarangan")
    ]


def test_findings__same_door__same_order():
    door = door_for(FORM, Random(3), TODAY)
    contexts = door_contexts(FORM, door, TODAY)
    assert door_findings(FORM, door, contexts, DESA) == door_findings(FORM, door, contexts, DESA)
