"""Who may write seen from outside: revoked kader, late edits, moves between two desa, and what a stranger learns."""

import pytest
from sqlalchemy import select, update

from models.account import Person, RoleGrant
from models.territory import Area
from server.invitations import grant
from server.transaction import write
from tests.builders import DESA, NEIGHBOUR
from tests.contract.phone import new_id


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


@pytest.fixture
def revoke(world, clock):
    """``revoke("sri", "…/D002")`` ends that role now; returns the moment."""

    def make(name, code):
        clock.forward(minutes=1)
        where = RoleGrant.person_id == world.person[name], RoleGrant.area_id == world.area[code]
        with write() as session:
            session.execute(update(RoleGrant).where(*where).values(ends_at=clock()))
        clock.forward(minutes=1)

    return make


def trusted(clock):
    """A trusted clock that shows the server's time."""
    return {"now": clock().isoformat(), "trust": "high"}


@pytest.mark.parametrize("days", [0, 89, 91])
def test_last_dasawisma_revoked__she_still_pushes_and_is_told_what_to_delete(phone_of, door_of, revoke, clock, days):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    before, base = clock().isoformat(), sri.base(household)
    revoke("sri", f"{DESA}/D002")
    after = clock().isoformat()
    clock.forward(days=days)
    siti.client, sri.client = phone_of("siti").client, phone_of("sri").client
    found = []
    for index, (made, level) in enumerate(((before, "high"), (before, "low"), (after, "high"))):
        sri.save(sri.patch("household", household, base=base, **{f"f_{index}": "terlambat"}), at=made)
        answer = sri.sync(clock={"now": clock().isoformat(), "trust": level})
        found += verdicts(answer)
        assert answer["scope"] == []
        assert [one["why"] for one in answer["gone"]] == ([] if index else ["revoked"] * 3)
        assert sri.records == {}
    assert found == ["applied" if days < 90 else "proposed", "proposed", "proposed"]
    siti.sync()
    fields = siti.records[household]["fields"]
    assert [key for key in fields if key.startswith("f_")] == (["f_0"] if days < 90 else [])
    assert sri.client.get(f"/api/records/{household}/history").status_code == 403
    assert sri.send(edits=[])["records"] == []


def test_revoked__contended_late_edit_is_proposed__new_door_there_too(phone_of, door_of, revoke, clock):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    before = clock().isoformat()
    revoke("sri", f"{DESA}/D002")
    siti.save(siti.patch("household", household, f_satu="baru"))
    siti.sync()
    sri.save(sri.patch("household", household, f_satu="lama"), at=before)
    sri.save(sri.patch("household", new_id(), dasawisma=f"{DESA}/D002"), at=before)
    sri.save(sri.patch("household", new_id(), dasawisma=f"{DESA}/D002"), at=clock().isoformat())
    sri.save(sri.patch("household", household, f_dua="bersih"), at=before)
    answer = sri.sync(clock=trusted(clock))
    assert verdicts(answer) == ["proposed", "applied", "proposed", "applied"]
    siti.sync()
    assert siti.records[household]["fields"]["f_satu"] == "baru"
    assert siti.records[household]["fields"]["f_dua"] == "bersih"


def test_stranger__every_kind_of_touch_refused_or_proposed_and_nothing_told(phone_of, door_of):
    tutik, siti = phone_of("tutik"), phone_of("siti")
    foreign, _family, (member,) = door_of(tutik, f"{NEIGHBOUR}/D001")
    own, *_ = door_of(siti)
    tutik.sync()
    siti.sync()
    siti.save(siti.patch("member", member, base=0, f_satu="x"))
    siti.save(siti.patch("member", new_id(), household=foreign))
    siti.save(siti.patch("visit", new_id(), household=foreign, on="2026-11-23", outcome="selesai", seen=0))
    siti.save(siti.patch("household", new_id(), dasawisma=f"{NEIGHBOUR}/D001"))
    siti.save(siti.patch("household", new_id(), dasawisma="35.22.14.2011/D999"))
    siti.save(siti.patch("household", own, f_satu="ikut batal"), siti.patch("household", foreign, state="deleted"))
    siti.save(siti.patch("household", own, f_dua="masuk"))
    answer = siti.sync()
    assert verdicts(answer) == ["refused", "refused", "refused", "proposed", "proposed", "refused", "applied"]
    assert {one.get("code") for one in answer["verdicts"][:3]} == {"forbidden"}
    assert siti.records[own]["fields"] == {"dasawisma": f"{DESA}/D001", "f_dua": "masuk"}
    before = {i: r["version"] for i, r in tutik.records.items()}
    tutik.sync()
    assert {i: r["version"] for i, r in tutik.records.items()} == before
    assert siti.client.get(f"/api/records/{foreign}/history").status_code == 403
    assert siti.client.get(f"/api/records/{new_id()}/history").status_code == 404
    for area, status in ((NEIGHBOUR, 403), (f"{NEIGHBOUR}/D001", 403), (f"{DESA}/D003", 403), ("99.99", 404)):
        assert siti.client.get("/api/conflicts", query_string={"area": area}).status_code == status, area
    for area in (DESA, f"{DESA}/D002", f"{DESA}/RW01-RT001", f"{DESA}/DS01", "35.22", None):
        assert siti.client.get("/api/conflicts", query_string={"area": area} if area else {}).status_code == 200, area
    assert phone_of("bappeda").client.get("/api/conflicts", query_string={"area": DESA}).status_code == 403


def test_move_between_two_desa__office_of_both__versions_grow_and_all_arrive(phone_of, door_of, world, clock):
    with write() as session:
        grant(
            session,
            session.get_one(Person, world.person["budi"]),
            "admin_desa",
            session.get_one(Area, world.area[NEIGHBOUR]),
            clock(),
        )
    budi, siti, tutik = phone_of("budi"), phone_of("siti"), phone_of("tutik")
    for _ in range(5):
        door_of(tutik, f"{NEIGHBOUR}/D001")
    household, family, people = door_of(siti, "D001", members=2, outcome="selesai")
    for phone in (tutik, siti, budi):
        phone.sync()
    versions = {i: siti.records[i]["version"] for i in (household, family, *people)}
    for code in (f"{NEIGHBOUR}/D001", f"{DESA}/D001", f"{NEIGHBOUR}/D001"):
        budi.save(budi.patch("household", household, dasawisma=code), budi.patch("family", family, f_satu=code))
        assert verdicts(budi.sync()) == ["applied"]
        now = {i: budi.records[i]["version"] for i in versions}
        assert all(now[i] > versions[i] for i in versions)
        assert len(set(now.values())) == len(now)
        assert {budi.records[i]["dasawisma"] for i in versions} == {code}
        versions = now
        siti.sync()
        tutik.sync()
        there, elsewhere = (tutik, siti) if code.startswith(NEIGHBOUR) else (siti, tutik)
        assert set(versions) <= there.records.keys()
        assert not set(versions) & elsewhere.records.keys()
    clock.forward(minutes=2)
    late = siti.patch("household", household, base=versions[household], f_dua="sesudah pindah")
    siti.save(late, at=clock().isoformat())
    assert verdicts(siti.sync(clock=trusted(clock))) == ["proposed"]
    assert siti.client.get(f"/api/records/{household}/history").status_code == 403
    seqs = [line["seq"] for line in budi.client.get(f"/api/records/{household}/history").json if line["seq"]]
    assert seqs == sorted(seqs)
    assert len(seqs) == 4


def test_revoked_and_granted_again__comes_back_from_zero(phone_of, door_of, revoke, world, clock):
    sri, siti = phone_of("sri"), phone_of("siti")
    door_of(siti, "D002", outcome="selesai")
    siti.sync()
    sri.sync()
    revoke("sri", f"{DESA}/D002")
    sri.sync()
    assert sri.records == {}
    with write() as session:
        area = session.scalar(select(Area).where(Area.code == f"{DESA}/D002"))
        grant(session, session.get_one(Person, world.person["sri"]), "kader", area, clock())
    answer = sri.sync()
    assert [area["from_zero"] for area in answer["scope"]] == [True]
    assert len(sri.records) == 4


def test_no_role_at_all__403__never_had_one(phone_of, revoke):
    for who in ("bappeda", "hadi", "evaluator"):
        phone = phone_of(who)
        assert phone.post(phone.body()).status_code == 403


def test_held_30_days__becomes_a_proposal(phone_of, clock):
    siti = phone_of("siti")
    door = new_id()
    siti.save(siti.patch("member", new_id(), household=door))
    assert verdicts(siti.sync()) == ["held"]
    clock.forward(days=29, hours=23)
    siti.client = phone_of("siti").client
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    siti.sync()
    assert [one["type"] for one in siti.inbox] == []
    clock.forward(hours=2)
    siti.client = phone_of("siti").client
    siti.save(siti.patch("household", door, dasawisma=f"{DESA}/D001"))
    siti.sync()
    assert [one["type"] for one in siti.inbox] == ["proposal"]
    assert [r["kind"] for r in siti.records.values()] == ["household", "household"]
