"""States seen from outside: deleting, reviving, merging, dying; and the same edit in every disguise."""

import pytest

from tests.builders import DESA
from tests.contract.phone import Phone, new_id


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


def test_deleted__revived_by_the_office_at_its_version_only(phone_of, door_of):
    siti, sri, budi = phone_of("siti"), phone_of("sri"), phone_of("budi")
    _, _, (member,) = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    budi.sync()
    old = siti.base(member)
    siti.save(siti.patch("member", member, state="deleted", state_reason="salah ketik"))
    answer = siti.sync()
    (gone,) = [one for one in sri.sync()["gone"] if one["id"] == member]
    assert (gone["why"], gone["from"], gone["version"]) == ("deleted", f"{DESA}/D002", answer["verdicts"][0]["seq"])
    assert "to" not in gone or gone["to"] is None
    sri.save(sri.patch("member", member, base=gone["version"], state="active"))
    assert verdicts(sri.sync()) == ["proposed"]
    budi.save(budi.patch("member", member, base=old, state="active"))
    assert verdicts(budi.sync()) == ["proposed"]
    budi.save(budi.patch("member", member, base=gone["version"], state="active"))
    assert verdicts(budi.sync()) == ["applied"]
    siti.sync()
    assert siti.records[member]["state"] == "active"
    assert siti.base(member) > gone["version"]


def test_merged_members__by_office_at_version__by_kader_proposed__undone(phone_of, door_of):
    siti, budi = phone_of("siti"), phone_of("budi")
    household, family, (one, two) = door_of(siti, "D002", members=2)
    siti.save(siti.patch("event", new_id(), household=household, member=two, type="hamil", on="2026-10-01"))
    siti.sync()
    budi.sync()
    siti.save(siti.patch("member", two, state="merged", merged_into=one))
    assert verdicts(siti.sync()) == ["proposed"]
    budi.save(budi.patch("member", two, base=1, state="merged", merged_into=one))
    budi.save(budi.patch("member", two, state="merged", merged_into=two))
    budi.save(budi.patch("member", two, state="merged", merged_into=family))
    assert verdicts(budi.sync()) == ["proposed"] * 3
    budi.save(budi.patch("member", two, state="merged", merged_into=one))
    assert verdicts(budi.sync()) == ["applied"]
    answer = siti.sync()
    assert [(gone["id"], gone["why"], gone.get("to")) for gone in answer["gone"]] == [(two, "merged", one)]
    (event,) = [record for record in siti.records.values() if record["kind"] == "event"]
    assert event["fields"]["member"] == one
    siti.save(siti.patch("event", new_id(), household=household, member=two, type="nifas", on="2026-11-01"))
    siti.sync()
    assert {r["fields"]["member"] for r in siti.records.values() if r["kind"] == "event"} == {one}
    version = next(gone["version"] for gone in answer["gone"])
    budi.save(budi.patch("member", two, base=version, state="active", merged_into=None))
    assert verdicts(budi.sync()) == ["applied"]
    siti.sync()
    assert siti.records[two]["state"] == "active"
    events = {r["fields"]["type"]: r["fields"]["member"] for r in siti.records.values() if r["kind"] == "event"}
    assert events == {"hamil": two, "nifas": one}


def test_one_id__in_every_disguise__applied_once(phone_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    door, name = new_id(), new_id()
    first = siti.save(siti.patch("household", door, dasawisma=f"{DESA}/D002", f_satu="satu"), id=name)
    siti.save(siti.patch("household", door, f_satu="dua"), id=name)
    answer = siti.send([first, *siti.queue])
    assert verdicts(answer) == ["applied", "repeated", "repeated"]
    assert answer["applied_through"] == 2
    siti.sync()
    sri.save(sri.patch("household", door, f_satu="tiga"), id=name)
    assert verdicts(sri.sync()) == ["repeated"]
    assert sri.applied_through == 1
    assert sri.records[door]["fields"]["f_satu"] == "satu"
    lines = siti.client.get(f"/api/records/{door}/history").json
    assert len(lines) == 1


def test_numbers__out_of_order_gap_and_two_at_one_place(phone_of):
    siti = phone_of("siti")
    for _ in range(3):
        siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    one, two, three = siti.queue
    answer = siti.send([three], prev=siti.ids[2])
    assert [(v["verdict"], v["need"]) for v in answer["verdicts"]] == [("gap", 1)]
    assert (answer["applied_through"], answer["applied_id"]) == (0, None)
    assert verdicts(siti.send([one, {**two, "n": 1}], prev=None)) == ["fork", "fork"]
    assert verdicts(siti.send([one, two, three], prev=None)) == ["applied"] * 3
    assert verdicts(siti.send([two, three])) == ["repeated"] * 2
    assert verdicts(siti.send([{**three, "n": 5}], prev=new_id())) == ["gap"]
    assert verdicts(siti.send([{**three, "n": 5}], prev=None)) == ["fork"]


def test_sealed_edit__quarantined_for_later(phone_of):
    siti = phone_of("siti")
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    del siti.queue[0]["patches"]
    siti.queue[0]["sealed"] = "AAAA"
    answer = siti.sync()
    assert verdicts(answer) == ["quarantined"]
    assert answer["verdicts"][0]["ticket"]
    assert answer["applied_through"] == 1


@pytest.mark.parametrize("kind", ["office", "import"])
def test_outbox_of_the_office__not_open_to_a_phone(phone_of, app, kind):
    from datetime import UTC, datetime

    from models.history import Outbox
    from server.transaction import write

    siti = phone_of("siti")
    with write() as session:
        session.add(Outbox(id=siti.outbox, person=None, kind=kind, created_at=datetime(2026, 1, 1, tzinfo=UTC)))
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    answer = siti.send()
    assert verdicts(answer) == ["fork"]
    assert answer["applied_through"] == 0


def test_visit__superseded_one_can_still_be_corrected_and_stays_in_history(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002", outcome="selesai")
    siti.sync()
    sri.sync()
    (old,) = [record for record in siti.records.values() if record["kind"] == "visit"]
    sri.save(sri.patch("visit", old["id"], outcome="sebagian"))
    siti.save(siti.patch("visit", new_id(), household=household, on="2026-11-23", outcome="tidak_di_rumah", seen=0))
    siti.sync()
    assert verdicts(sri.sync()) == ["applied"]
    assert old["id"] not in sri.records
    assert sri.records[household]["confirmed_on"] is None
    again = Phone(sri.client)
    again.sync()
    assert again.records == sri.records


def test_digest_and_count__follow_every_state(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, _, (one, two, three, four) = door_of(siti, "D002", members=4, outcome="selesai")
    siti.sync()
    for member, state in ((one, "moved"), (two, "died"), (three, "deleted"), (four, "active")):
        siti.save(siti.patch("member", member, state=state))
        siti.sync()
        sri.sync()
    assert {record["state"] for record in sri.records.values()} == {"active", "moved", "died"}
    siti.save(siti.patch("household", household, state="deleted", state_reason="ganda"))
    assert verdicts(siti.sync()) == ["applied"]
    sri.sync()
    assert household not in sri.records
    assert siti.records == sri.records
