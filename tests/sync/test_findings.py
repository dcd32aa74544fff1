"""Findings: facts that look wrong are accepted, flagged, told once, and close by themselves."""

from sqlalchemy import select

from models.form.definition import load
from models.history import Finding
from server.transaction import snapshot
from tests.contract.phone import new_id

FORM = load()
KINSHIP, NIK, SEX = (FORM.role("member", role) for role in ("kinship", "nik", "sex"))
HEAD = min(FORM.meaning("member", "kinship", "head"))
MAN = min(FORM.meaning("member", "sex", "male"))


def findings(code):
    with snapshot() as session:
        query = select(Finding.record, Finding.state).where(Finding.code == code)
        return dict(session.execute(query).all())


def test_two_heads__applied_flagged_and_closed_when_mended(phone_of, door_of):
    siti = phone_of("siti")
    _, family, (one, other) = door_of(siti, members=2)
    siti.sync()
    for person in (one, other):
        siti.save(siti.patch("member", person, **{KINSHIP: HEAD}))
    assert [one["verdict"] for one in siti.sync()["verdicts"]] == ["applied", "applied"]
    assert findings("heads") == {family: "open"}
    assert [(item["type"], item["code"], item["record"]) for item in siti.inbox] == [("finding", "heads", family)]
    siti.save(siti.patch("member", other, **{KINSHIP: None}))
    siti.sync()
    assert findings("heads") == {family: "gone"}
    siti.save(siti.patch("member", other, **{KINSHIP: HEAD}))
    siti.sync()
    assert findings("heads") == {family: "open"}
    assert len(siti.inbox) == 1


def test_nik_twice_in_a_desa__both_live_and_flagged(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    _, _, (one,) = door_of(siti, "D001")
    _, _, (other,) = door_of(sri, "D002")
    siti.save(siti.patch("member", one, **{NIK: "3522145005800001"}))
    sri.save(sri.patch("member", other, **{NIK: "3522145005800001"}))
    siti.sync()
    assert findings("nik_taken") == {}
    assert [one["verdict"] for one in sri.sync()["verdicts"]] == ["applied", "applied"]
    assert findings("nik_taken") == {other: "open"}
    assert [item["code"] for item in sri.inbox] == ["nik_taken"]


def test_people_behind_a_deleted_door__flagged(phone_of, door_of):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    siti.save(siti.patch("household", household, state="deleted", state_reason="salah"))
    siti.sync()
    assert findings("no_household") == {household: "open"}


def test_pregnant_man__accepted_and_flagged(phone_of, door_of):
    siti = phone_of("siti")
    household, _, (member,) = door_of(siti)
    event = new_id()
    siti.save(siti.patch("member", member, **{SEX: MAN}))
    siti.save(siti.patch("event", event, household=household, member=member, type="hamil", on="2026-11-01"))
    answer = siti.sync()
    assert {one["verdict"] for one in answer["verdicts"]} == {"applied"}
    assert event in siti.records
    assert event in findings("odd") or member in findings("odd")
