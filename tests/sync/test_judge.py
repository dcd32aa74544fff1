"""Who may write what: responsibility now, until when, and what a person has to approve."""

import pytest
from sqlalchemy import update

from models.account import RoleGrant
from server.transaction import write
from tests.builders import DESA, FAR, NEIGHBOUR
from tests.contract.phone import new_id


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


@pytest.fixture
def revoke(world, clock):
    """``revoke("siti", "D002")`` ends that role now; the clock then moves on by a minute (and days)."""

    def end(name, dasawisma, days=0):
        with write() as session:
            session.execute(
                update(RoleGrant)
                .where(
                    RoleGrant.person_id == world.person[name], RoleGrant.area_id == world.area[f"{DESA}/{dasawisma}"]
                )
                .values(ends_at=clock())
            )
        return clock.forward(days=days, minutes=1)

    return end


@pytest.fixture
def again(sign_in, world):
    """``again("siti")`` signs her in once more (a session ends after 30 days)."""
    return lambda name: sign_in(world.person[name])


@pytest.mark.parametrize(
    "case",
    [
        ("2026-11-23T00:30:00.000Z", "high", 0, "applied"),
        ("2026-11-23T00:30:00.000Z", "high", 89, "applied"),
        ("2026-11-23T00:30:00.000Z", "high", 91, "proposed"),
        ("2026-11-23T00:30:00.000Z", "low", 0, "proposed"),
        ("2026-11-23T01:00:30.000Z", "high", 0, "proposed"),
        (None, "high", 0, "proposed"),
    ],
)
def test_late_edit__by_time_trust_and_age(phone_of, door_of, revoke, again, case):
    at, trust, later_days, verdict = case
    siti = phone_of("siti")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    now = revoke("siti", "D002", later_days).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    siti.client = again("siti")
    siti.save(siti.patch("household", household, alamat="terlambat"), at=at)
    assert verdicts(siti.send(clock={"now": now, "trust": trust})) == [verdict]


def test_late_edit__clock_wrong_by_years__is_corrected(phone_of, door_of, revoke):
    siti = phone_of("siti")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    revoke("siti", "D002")
    siti.save(siti.patch("household", household, alamat="terlambat"), at="2015-01-01T00:00:00.000Z")
    answer = siti.send(clock={"now": "2015-01-01T02:00:00.000Z", "trust": "high"})
    assert verdicts(answer) == ["applied"]


def test_late_edit__contended__proposed_for_ever(phone_of, door_of, revoke):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    sri.save(sri.patch("household", household, alamat="Jl. Sri"))
    sri.sync()
    revoke("siti", "D002")
    siti.save(siti.patch("household", household, alamat="Jl. Siti"))
    assert verdicts(siti.send()) == ["proposed"]
    again = siti.send()
    assert verdicts(again) == ["repeated"]
    assert again["verdicts"][0]["was"]["fate"] == "proposed"
    sri.sync()
    assert sri.records[household]["fields"]["alamat"] == "Jl. Sri"


def test_record_left_her_dasawisma__her_earlier_edit_still_goes_in(phone_of, door_of, clock):
    sri, budi = phone_of("sri"), phone_of("budi")
    household, *_ = door_of(sri, "D002")
    sri.sync()
    budi.sync()
    clock.forward(minutes=5)
    budi.save(budi.patch("household", household, dasawisma=f"{DESA}/D003"))
    assert verdicts(budi.sync()) == ["applied"]
    clock.forward(minutes=5)
    early = sri.save(sri.patch("household", household, alamat="sebelum pindah"), at="2026-11-23T01:00:00.000Z")
    late = sri.save(sri.patch("household", household, lain="sesudah pindah"), at="2026-11-23T01:09:00.000Z")
    answer = sri.send([early, late], clock={"now": "2026-11-23T01:10:00.000Z", "trust": "high"})
    assert verdicts(answer) == ["applied", "proposed"]
    assert household not in {record["id"] for record in answer["records"]}


@pytest.mark.parametrize(
    ("at", "verdict"), [("2026-11-23T00:30:00.000Z", "applied"), ("2026-11-23T01:00:30.000Z", "proposed")]
)
def test_new_member_behind_a_door_that_left_her_dasawisma__in_time_or_proposed(phone_of, door_of, clock, at, verdict):
    sri, siti = phone_of("sri"), phone_of("siti")
    household, family, _ = door_of(sri, "D002")
    sri.sync()
    siti.sync()
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D001"))
    siti.sync()
    now = clock.forward(minutes=1).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    member = new_id()
    sri.save(sri.patch("member", member, household=household, family=family), at=at)
    assert verdicts(sri.send(clock={"now": now, "trust": "high"})) == [verdict]
    sri.save(sri.patch("member", member, base=0, nama="Bayi"), at=at)
    assert verdicts(sri.send(sri.queue[1:], clock={"now": now, "trust": "high"})) == [
        verdict.replace("proposed", "held")
    ]
    siti.sync()
    assert (member in siti.records) == (verdict == "applied")


def test_new_member_behind_a_foreign_door__refused(phone_of, door_of):
    tutik, siti = phone_of("tutik"), phone_of("siti")
    household, family, _ = door_of(tutik, f"{NEIGHBOUR}/D001")
    tutik.sync()
    siti.save(siti.patch("member", new_id(), household=household, family=family))
    answer = siti.send()
    assert (verdicts(answer), answer["verdicts"][0]["code"]) == (["refused"], "forbidden")


@pytest.mark.parametrize("code", [f"{DESA}/D003", f"{NEIGHBOUR}/D001", f"{FAR}/D001", "tidak ada"])
def test_new_door_elsewhere__whole_edit_proposed(phone_of, door_of, code):
    siti = phone_of("siti")
    door_of(siti, code if "/" in code else f"{code}/D9", members=2, outcome="selesai")
    assert verdicts(siti.sync()) == ["proposed"]
    assert siti.records == {}


def test_member_carried_to_a_door_that_is_not_hers__proposed(phone_of, door_of):
    siti, budi = phone_of("siti"), phone_of("budi")
    _, _, (member,) = door_of(siti, "D001")
    there, family, _ = door_of(budi, "D003")
    siti.sync()
    budi.sync()
    siti.save(siti.patch("member", member, household=there, family=family))
    assert verdicts(siti.sync()) == ["proposed"]


def test_patches_of_an_edit__share_the_strictest_fate(phone_of, door_of):
    tutik, siti = phone_of("tutik"), phone_of("siti")
    foreign, *_ = door_of(tutik, f"{NEIGHBOUR}/D001")
    own, *_ = door_of(siti)
    tutik.sync()
    siti.sync()
    cases = {
        "refused": siti.patch("household", foreign, base=1, alamat="x"),
        "held": siti.patch("household", new_id(), base=7, alamat="x"),
        "proposed": siti.patch("household", new_id(), dasawisma=f"{DESA}/D003"),
        "quarantined": siti.patch("kebun", new_id(), isi=1),
    }
    for verdict, patch in cases.items():
        siti.save(siti.patch("household", own, alamat=verdict), patch)
    assert verdicts(siti.sync()) == list(cases)
    assert "alamat" not in siti.records[own]["fields"]


def test_merging__only_the_office_at_the_records_version(phone_of, door_of):
    siti, budi = phone_of("siti"), phone_of("budi")
    household, _, (one, other) = door_of(siti, "D001", members=2)
    siti.sync()
    budi.sync()
    merged = {"state": "merged", "merged_into": one}
    siti.save(siti.patch("member", other, **merged))
    assert verdicts(siti.sync()) == ["proposed"]
    budi.save(budi.patch("member", other, base=1, **merged))
    assert verdicts(budi.sync()) == ["proposed"]
    budi.save(budi.patch("member", other, state="merged"))
    budi.save(budi.patch("member", other, state="merged", merged_into=other))
    budi.save(budi.patch("member", other, state="merged", merged_into=household))
    budi.save(budi.patch("member", other, state="merged", merged_into=new_id()))
    budi.save(budi.patch("member", other, **merged))
    assert verdicts(budi.sync()) == ["proposed", "proposed", "proposed", "held", "applied"]
    assert other not in budi.records


def test_door_merged_into_one_that_was_never_hers__her_edits_are_proposed(phone_of, door_of):
    siti, budi = phone_of("siti"), phone_of("budi")
    household, *_ = door_of(siti, "D001")
    other, *_ = door_of(budi, "D003")
    siti.sync()
    budi.sync()
    budi.save(budi.patch("household", household, state="merged", merged_into=other))
    assert verdicts(budi.sync()) == ["applied"]
    siti.save(siti.patch("household", household, alamat="belum tahu"))
    siti.save(siti.patch("event", new_id(), household=household, type="datang", on="2026-11-23"))
    assert verdicts(siti.sync()) == ["proposed", "proposed"]


def test_reviving_a_deleted_record__only_the_office_at_its_version(phone_of, door_of):
    siti, budi = phone_of("siti"), phone_of("budi")
    _, _, (member,) = door_of(siti, "D001")
    siti.sync()
    budi.sync()
    siti.save(siti.patch("member", member, state="deleted", state_reason="salah"))
    version = siti.sync()["verdicts"][0]["seq"]
    siti.save(siti.patch("member", member, base=version, state="active"))
    assert verdicts(siti.sync()) == ["proposed"]
    budi.save(budi.patch("member", member, base=version, state="active"))
    assert verdicts(budi.sync()) == ["applied"]
    assert member in budi.records


def test_record_of_another_kind__refused(phone_of, door_of):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    siti.save(siti.patch("member", household, nama="x"))
    answer = siti.sync()
    assert (verdicts(answer), answer["verdicts"][0]["code"]) == (["refused"], "kind")


def test_reference_to_a_record_of_another_kind__costs_its_field(phone_of, door_of):
    siti = phone_of("siti")
    household, family, (member,) = door_of(siti)
    siti.sync()
    siti.save(siti.patch("member", member, family=household, nama="Wati"))
    siti.save(siti.patch("member", member, household=None))
    answer = siti.sync()
    assert verdicts(answer) == ["merged", "merged"]
    assert answer["verdicts"][0]["lost"] == [{"record": member, "field": "family", "kept": family, "code": "reference"}]
    assert siti.records[member]["fields"]["nama"] == "Wati"
    assert siti.records[member]["fields"]["household"] == household


def test_base_above_the_sequence__counts_as_zero(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    siti.save(siti.patch("household", household, alamat="Jl. Siti"))
    siti.sync()
    sri.save(sri.patch("household", household, base=99999, alamat="Jl. Sri"))
    assert verdicts(sri.sync()) == ["merged"]
