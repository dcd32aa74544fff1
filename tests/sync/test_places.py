"""Moves: everything that hangs on a door goes along, across desa too, and versions only ever grow."""

import pytest

from models.account import Person
from models.territory import Area
from server.invitations import grant
from server.transaction import write
from tests.builders import DESA, NEIGHBOUR
from tests.contract.phone import new_id


@pytest.fixture
def both_desa(world, clock, phone_of):
    """Budi is admin of both desa."""
    with write() as session:
        grant(
            session,
            session.get(Person, world.person["budi"]),
            "admin_desa",
            session.get(Area, world.area[NEIGHBOUR]),
            clock(),
        )
    return phone_of("budi")


def busy(phone, door_of, code, times):
    """Let a desa's sequence run ahead."""
    for _ in range(times):
        door_of(phone, code)
    phone.sync()


@pytest.mark.parametrize("ahead", [DESA, NEIGHBOUR])
def test_move_between_desa__versions_grow_and_everybody_agrees(both_desa, phone_of, door_of, ahead):
    budi, sri, tutik = both_desa, phone_of("sri"), phone_of("tutik")
    household, *_ = door_of(budi, "D002", members=3, outcome="selesai")
    busy(budi, door_of, f"{ahead}/D003", 6)
    sri.sync()
    tutik.sync()
    before = {i: record["version"] for i, record in sri.records.items()}
    assert len(before) == 6
    budi.save(budi.patch("household", household, dasawisma=f"{NEIGHBOUR}/D001", alamat="baru"))
    assert budi.sync()["verdicts"][0]["verdict"] == "applied"
    gone = sri.sync()["gone"]
    assert {one["id"] for one in gone} == set(before)
    assert {(one["why"], one["to"]) for one in gone} == {("moved", f"{NEIGHBOUR}/D001")}
    assert sri.records == {}
    tutik.sync()
    assert {i: record["version"] > before[i] for i, record in tutik.records.items()} == dict.fromkeys(before, True)
    assert all(tutik.records[one["id"]]["version"] > one["version"] for one in gone)
    assert {budi.records[i]["dasawisma"] for i in before} == {f"{NEIGHBOUR}/D001"}
    assert budi.records[household]["fields"]["alamat"] == "baru"
    assert budi.records[household]["confirmed_on"] == "2026-11-23"
    tutik.save(tutik.patch("household", household, alamat="dari tutik"))
    assert tutik.sync()["verdicts"][0]["verdict"] == "applied"


def test_move_there_and_back__versions_grow(both_desa, phone_of, door_of):
    budi, sri = both_desa, phone_of("sri")
    household, *_ = door_of(budi, "D002", members=1)
    busy(budi, door_of, f"{NEIGHBOUR}/D003", 5)
    sri.sync()
    seen = [budi.records[household]["version"]]
    for code in (f"{NEIGHBOUR}/D001", f"{DESA}/D002", f"{NEIGHBOUR}/D001", f"{DESA}/D002"):
        budi.save(budi.patch("household", household, dasawisma=code))
        budi.sync()
        seen.append(budi.records[household]["version"])
    assert seen == sorted(set(seen))
    sri.sync()
    assert household in sri.records


def test_move_between_desa__stale_base_from_the_old_desa_still_merges(both_desa, door_of, phone_of):
    budi, other = both_desa, phone_of("budi")
    household, *_ = door_of(budi, "D002")
    busy(budi, door_of, f"{DESA}/D003", 4)
    other.sync()
    budi.save(budi.patch("household", household, dasawisma=f"{NEIGHBOUR}/D001"))
    budi.sync()
    other.save(other.patch("household", household, alamat="lama"))
    assert other.sync()["verdicts"][0]["verdict"] == "applied"
    budi.sync()
    assert budi.records[household]["fields"]["alamat"] == "lama"


def test_door_moved_and_member_changed_in_one_edit__one_number_each(phone_of, door_of):
    siti = phone_of("siti")
    household, _, (member,) = door_of(siti, "D001")
    siti.sync()
    siti.save(
        siti.patch("member", member, nama="Wati"),
        siti.patch("household", household, dasawisma=f"{DESA}/D002"),
    )
    answer = siti.sync()
    assert [one["verdict"] for one in answer["verdicts"]] == ["applied"]
    versions = [record["version"] for record in siti.records.values()]
    assert len(set(versions)) == len(versions)
    assert siti.records[member]["dasawisma"] == f"{DESA}/D002"
    assert siti.records[member]["fields"]["nama"] == "Wati"


def test_merged_household__what_hung_on_it_hangs_on_the_survivor(phone_of, door_of):
    siti, budi, sri = phone_of("siti"), phone_of("budi"), phone_of("sri")
    loser, family, (member,) = door_of(siti, "D002")
    survivor, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    budi.sync()
    budi.save(budi.patch("household", loser, state="merged", merged_into=survivor))
    assert budi.sync()["verdicts"][0]["verdict"] == "applied"
    gone = sri.sync()["gone"]
    assert [(one["id"], one["why"], one["to"]) for one in gone] == [(loser, "merged", survivor)]
    assert sri.records[member]["fields"]["household"] == survivor
    assert sri.records[family]["fields"]["household"] == survivor
    siti.save(siti.patch("household", loser, alamat="untuk yang lama"))
    siti.save(siti.patch("member", new_id(), household=loser, nama="Anak"))
    answer = siti.sync()
    assert [one["verdict"] for one in answer["verdicts"]] == ["applied", "applied"]
    assert siti.records[survivor]["fields"]["alamat"] == "untuk yang lama"
    assert {r["fields"]["household"] for r in siti.records.values() if r["kind"] == "member"} == {survivor}
    assert [item["code"] for item in siti.inbox if item["type"] == "finding"] == ["redirected"]


def test_merged_household__the_office_revives_it(phone_of, door_of):
    siti, budi = phone_of("siti"), phone_of("budi")
    loser, *_ = door_of(siti, "D002")
    survivor, *_ = door_of(siti, "D002")
    siti.sync()
    budi.sync()
    budi.save(budi.patch("household", loser, state="merged", merged_into=survivor))
    version = budi.sync()["verdicts"][0]["seq"]
    lines = budi.client.get(f"/api/records/{loser}/history").json
    budi.save(budi.patch("household", loser, base=lines[-1]["seq"], state="active", merged_into=None))
    assert budi.sync()["verdicts"][0]["verdict"] == "applied"
    assert version >= lines[-1]["seq"]
    budi.save(budi.patch("household", loser, alamat="hidup lagi"))
    budi.sync()
    assert budi.records[loser]["fields"]["alamat"] == "hidup lagi"


def test_merge_undone__what_it_moved_comes_back__what_came_since_stays__one_visit_a_door(phone_of, door_of):
    siti, budi = phone_of("siti"), phone_of("budi")
    survivor, *_ = door_of(siti, "D001", outcome="selesai")
    loser, family, people = door_of(siti, "D002", members=3, outcome="sebagian")
    siti.sync()
    budi.sync()

    def visits(phone):
        return {
            (record["fields"]["household"], record["fields"]["outcome"])
            for record in phone.records.values()
            if record["kind"] == "visit"
        }

    before = visits(siti)
    budi.save(budi.patch("household", loser, state="merged", merged_into=survivor))
    budi.sync()
    siti.sync()
    assert {siti.records[one]["fields"]["household"] for one in (family, *people)} == {survivor}
    assert {siti.records[one]["dasawisma"] for one in (family, *people)} == {f"{DESA}/D001"}
    assert len(visits(siti)) == 1
    other, *_ = door_of(siti, "D001")
    born = new_id()
    siti.save(siti.patch("member", people[0], household=other))
    siti.save(siti.patch("member", born, household=loser, nama="Anak"))
    siti.sync()
    version = next(line["seq"] for line in budi.client.get(f"/api/records/{loser}/history").json[::-1] if line["seq"])
    budi.save(budi.patch("household", loser, base=version, state="active", merged_into=None))
    assert budi.sync()["verdicts"][0]["verdict"] == "applied"
    siti.sync()
    found = {one: siti.records[one]["fields"]["household"] for one in (family, *people, born)}
    assert found == {family: loser, people[0]: other, people[1]: loser, people[2]: loser, born: survivor}
    assert {siti.records[one]["dasawisma"] for one in (family, *people[1:])} == {f"{DESA}/D002"}
    assert visits(siti) == before
    lines = siti.client.get(f"/api/records/{people[1]}/history").json
    assert [line["set"].get("household") for line in lines] == [loser, survivor, loser]


def test_merged_undone_and_merged_elsewhere__in_one_push__the_last_word_counts(phone_of, door_of):
    siti, budi = phone_of("siti"), phone_of("budi")
    one, two, three = (door_of(siti, "D001")[0] for _ in range(3))
    siti.sync()
    budi.sync()
    budi.save(budi.patch("household", one, state="merged", merged_into=two))
    version = budi.send(budi.queue)["verdicts"][0]["seq"]
    lines = budi.client.get(f"/api/records/{one}/history").json
    budi.save(budi.patch("household", one, base=lines[-1]["seq"], state="active", merged_into=None))
    undone = budi.send(budi.queue)["verdicts"]
    assert undone[-1]["verdict"] == "applied"
    budi.sync()
    budi.save(budi.patch("household", one, state="merged", merged_into=three))
    assert budi.sync()["verdicts"][-1]["verdict"] == "applied"
    assert version
    siti.sync()
    siti.save(siti.patch("household", one, base=1, alamat="untuk yang hidup"))
    siti.sync()
    assert siti.records[three]["fields"]["alamat"] == "untuk yang hidup"


@pytest.mark.parametrize(("elsewhere", "fate"), [("D002", "merged"), ("D001", "proposed")])
def test_transfer__two_kader_take_one_person_to_two_doors__one_field__never_both(phone_of, door_of, elsewhere, fate):
    """Behind a door that is hers as well it is a conflict; behind one that is not, her whole edit waits for the desa."""
    siti, sri = phone_of("siti"), phone_of("sri")
    _, _, (member,) = door_of(siti, "D002")
    first, second = door_of(siti, elsewhere)[0], door_of(siti, "D002")[0]
    siti.sync()
    sri.sync()
    siti.save(siti.patch("member", member, household=first))
    sri.save(sri.patch("member", member, household=second, nama="Ani"))
    siti.sync()
    (verdict,) = sri.sync()["verdicts"]
    assert verdict["verdict"] == fate
    siti.sync()
    assert siti.records[member]["fields"]["household"] == first
    if fate == "proposed":
        assert member not in sri.records
        return
    assert [(one["field"], one["kept"]) for one in verdict["lost"]] == [("household", first)]
    assert siti.records[member]["fields"]["nama"] == "Ani"
    told = [item for item in sri.inbox if item["type"] == "conflict"]
    assert [(item["field"], item["details"]["state"]) for item in told] == [("household", "open")]


def test_split_household__families_move_to_a_new_door__members_who_were_changed_meanwhile_follow(phone_of, door_of):
    """One door becomes two in one edit: door, family and its people; a colleague's late answer still lands."""
    siti, sri = phone_of("siti"), phone_of("sri")
    household, _, _ = door_of(siti, "D002")
    family, member, door = new_id(), new_id(), new_id()
    siti.save(
        siti.patch("family", family, household=household),
        siti.patch("member", member, household=household, family=family),
    )
    siti.sync()
    sri.sync()
    siti.save(
        siti.patch("household", door, dasawisma=f"{DESA}/D001"),
        siti.patch("family", family, household=door),
        siti.patch("member", member, household=door),
    )
    sri.save(sri.patch("member", member, nama="Ani"))
    siti.sync()
    answer = sri.sync()
    assert answer["verdicts"][0]["verdict"] == "applied"
    siti.sync()
    assert {siti.records[one]["fields"]["household"] for one in (family, member)} == {door}
    assert {siti.records[one]["dasawisma"] for one in (family, member)} == {f"{DESA}/D001"}
    assert siti.records[member]["fields"]["nama"] == "Ani"
    assert {one["id"] for one in answer["gone"]} >= {family, member}
