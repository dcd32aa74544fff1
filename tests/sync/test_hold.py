"""Held edits: applied in the order of their arrival when what they wait for comes, a proposal after 30 days."""

from models.account import Person
from models.territory import area_by_code
from server.invitations import grant
from server.transaction import write
from sync.batch import Tools
from tests.builders import DESA, NEIGHBOUR
from tests.contract.phone import new_id


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


def fate(phone, n):
    edit = {"n": n, "id": phone.ids[n], "patches": []}
    answer = phone.send([edit], prev=phone.ids[n - 1])
    return answer["verdicts"][0]["was"]["fate"]


def test_chain_of_waiting_edits__released_in_order_of_arrival(phone_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, family, member = new_id(), new_id(), new_id()
    siti.save(siti.patch("member", member, base=0, nama="satu"))
    siti.save(siti.patch("member", member, household=household, family=family, nama="dua"))
    siti.save(siti.patch("member", member, base=0, nama="tiga"))
    siti.save(siti.patch("family", family, household=household))
    assert verdicts(siti.sync()) == ["held"] * 4
    sri.save(sri.patch("household", household, dasawisma=f"{DESA}/D002"))
    assert verdicts(sri.sync()) == ["applied"]
    siti.sync()
    assert siti.records[member]["fields"]["nama"] == "tiga"
    assert [fate(siti, n) for n in (2, 3, 4)] == ["applied"] * 3
    assert sorted(item["code"] for item in siti.inbox if item["type"] == "held") == [
        "applied",
        "applied",
        "applied",
        "merged",
    ]
    lines = siti.client.get(f"/api/records/{member}/history").json
    assert sorted(line["verdict"] for line in lines) == ["applied", "applied", "merged"]


def test_late_edit__own_newer_work_stands(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    other, waiting = new_id(), new_id()
    siti.save(
        siti.patch("household", household, alamat="lama", lain="dari yang lama"),
        siti.patch("family", waiting, household=other),
    )
    siti.save(siti.patch("household", household, alamat="baru"))
    assert verdicts(siti.sync()) == ["held", "applied"]
    sri.save(sri.patch("household", other, dasawisma=f"{DESA}/D002"))
    sri.sync()
    siti.sync()
    fields = siti.records[household]["fields"]
    assert (fields["alamat"], fields["lain"]) == ("baru", "dari yang lama")
    assert siti.client.get(f"/api/conflicts?area={DESA}").json == []
    line = siti.client.get(f"/api/records/{household}/history").json[-1]
    assert (line["verdict"], line["kept"]) == ("merged", {"alamat": "baru"})


def test_held_edit__judged_by_the_rights_it_arrived_with(phone_of, world, clock):
    from sqlalchemy import update

    from models.account import RoleGrant

    siti, sri = phone_of("siti"), phone_of("sri")
    household, family = new_id(), new_id()
    siti.save(siti.patch("family", family, household=household))
    siti.sync()
    with write() as session:
        session.execute(update(RoleGrant).where(RoleGrant.person_id == world.person["siti"]).values(ends_at=clock()))
    clock.forward(days=1)
    sri.save(sri.patch("household", household, dasawisma=f"{DESA}/D002"))
    sri.sync()
    assert family in sri.records


def test_held_edit__refused_when_the_door_turns_out_foreign(phone_of):
    siti, tutik = phone_of("siti"), phone_of("tutik")
    household = new_id()
    siti.save(siti.patch("family", new_id(), household=household))
    siti.sync()
    tutik.save(tutik.patch("household", household, dasawisma="35.22.14.2012/D001"))
    tutik.sync()
    assert len(tutik.records) == 1
    siti.sync()
    assert [(item["type"], item["code"]) for item in siti.inbox] == [("held", "refused")]
    assert fate(siti, 1) == "refused"


def test_after_30_days__a_proposal(phone_of, clock, sign_in, world):
    siti = phone_of("siti")
    siti.save(siti.patch("family", new_id(), household=new_id()))
    siti.sync()
    clock.forward(days=29)
    siti.client = sign_in(world.person["siti"])
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    siti.sync()
    assert fate(siti, 1) == "held"
    clock.forward(days=1, minutes=1)
    siti.client = sign_in(world.person["siti"])
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    siti.sync()
    assert fate(siti, 1) == "proposed"
    assert [(item["type"], item["code"]) for item in siti.inbox] == [("proposal", "held_30_days")]


def test_replay__form_known_later__applied_once(phone_of, keyring, clock, monkeypatch, tmp_path):
    from sync.replay import replay
    from tests import forms

    siti = phone_of("siti")
    household = new_id()
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D001"), form="2026.2")
    answer = siti.sync()
    assert verdicts(answer) == ["quarantined"]
    ticket, tools = answer["verdicts"][0]["ticket"], Tools(keyring, clock(), new_id)
    with write() as session:
        assert replay(session, ticket, tools) == "quarantined"
    try:
        forms.Publisher(monkeypatch, tmp_path)("2026.2")
        for _ in range(2):
            with write() as session:
                assert replay(session, ticket, tools) == "applied"
        siti.sync()
        assert siti.records[household]["version"] == 1
        assert fate(siti, 1) == "applied"
    finally:
        monkeypatch.undo()
        forms.forget()


def test_held_with_a_new_door_in_it__whole_edit_goes_in_later(phone_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    own, other = new_id(), new_id()
    siti.save(siti.patch("household", own, dasawisma=f"{DESA}/D001"), siti.patch("family", new_id(), household=other))
    assert verdicts(siti.sync()) == ["held"]
    sri.save(sri.patch("household", other, dasawisma=f"{DESA}/D002"))
    sri.sync()
    siti.sync()
    assert own in siti.records
    assert fate(siti, 1) == "applied"


def test_held_by_another_desa__its_record_comes__whoever_brings_it_is_not_in_its_way(
    phone_of, door_of, world, app, clock
):
    with write() as session:
        area = area_by_code(session, f"{NEIGHBOUR}/D001")
        grant(session, session.get_one(Person, world.person["siti"]), "kader", area, clock())
    tutik, siti = phone_of("tutik"), phone_of("siti")
    household, *_ = door_of(tutik, f"{NEIGHBOUR}/D001")
    tutik.sync()
    siti.sync()
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D001"))
    assert verdicts(siti.sync()) == ["applied"]
    first, second = new_id(), new_id()
    tutik.save(
        tutik.patch("household", household, alamat="belum tahu"),
        *[tutik.patch("member", one, base=1, nama="Siti") for one in (first, second)],
    )
    assert verdicts(tutik.sync()) == ["held"]
    siti.save(siti.patch("member", first, household=household))
    assert verdicts(siti.sync()) == ["applied"]
