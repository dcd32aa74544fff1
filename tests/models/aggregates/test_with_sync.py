"""Counting what the sync wrote: a survey moves coverage, and a past day stays what it was."""

import pytest

from tests.builders import DESA
from tests.models.aggregates.doors import NAME, House
from tests.models.aggregates.phone import Phone, patches_of, visit_of


@pytest.fixture
def siti(world, sign_in, clock):
    return Phone(sign_in(world.person["siti"]), clock)


@pytest.fixture
def ask(world, sign_in):
    def coverage(code=DESA, **query):
        client = sign_in(world.person["budi"])
        return client.get(f"/api/coverage/{code}", query_string=query).json

    return coverage


def surveyed(siti, people=2, outcome="selesai", **more):
    house = House()
    for number in range(people):
        house.member(kin="anak" if number else "kepala_keluarga", born=f"199{number}-03-01", **more)
    house.fill()
    verdict = siti.save([*patches_of(house), visit_of(house.id, outcome, "2026-11-23")], "2026-11-23")
    assert verdict["verdict"] == "applied", verdict
    return house


def test_survey__new_door__waits_for_the_desa_then_is_complete(siti, ask, world, sign_in):
    house = surveyed(siti)
    doors = ask()["doors"]
    assert (doors["expected"], doors["pending"], doors["known"], doors["complete"]) == (1, 1, 1, 0)
    budi = sign_in(world.person["budi"])
    budi.post(f"/api/register/{DESA}/doors/{house.id}", json={"action": "accept"})
    found = ask()
    assert (found["doors"]["complete"], found["doors"]["fresh"], found["members"]["complete"]) == (1, 1, 2)
    recap = budi.get(f"/api/recap/4.17a/{DESA}").json
    refs = {column["ref"]: cell for column, cell in zip(recap["columns"], recap["total"], strict=True)}
    assert (refs["krt"], refs["jiwa_p"]) == (1, 2)


def test_deletion__of_a_household__does_not_lower_expected(siti, ask):
    house = surveyed(siti)
    state = {"state": "deleted", "state_reason": "salah catat"}
    siti.save([{"kind": "household", "id": house.id, "base": siti.seq, "set": state}])
    doors = ask()["doors"]
    assert (doors["listed"], doors["expected"], doors["known"], doors["outcomes"]["belum"]) == (1, 1, 0, 1)


def test_past_day__records_as_they_stood(siti, ask, world, sign_in, clock):
    house = surveyed(siti)
    member = next(iter(house.members))
    sign_in(world.person["budi"]).post(f"/api/register/{DESA}/doors/{house.id}", json={"action": "accept"})
    before = ask()
    clock.forward(days=3)
    siti.save([{"kind": "member", "id": member, "base": siti.seq, "set": {NAME: None}}], "2026-11-26")
    siti.save([visit_of(house.id, "menolak", "2026-11-26")], "2026-11-26")
    surveyed(siti, people=3)
    now, then = ask(), ask(as_of="2026-11-23")
    assert (now["doors"]["listed"], now["doors"]["complete"], now["doors"]["outcomes"]["menolak"]) == (2, 0, 1)
    assert then == before


def test_taps__more_than_ten_in_half_an_hour__no_freshness(siti, ask, world, sign_in, clock):
    budi = sign_in(world.person["budi"])
    houses = [surveyed(siti, people=1) for _ in range(11)]
    for house in houses:
        budi.post(f"/api/register/{DESA}/doors/{house.id}", json={"action": "accept"})
    clock.forward(days=25)
    for house in houses:
        siti.save([visit_of(house.id, "tidak_berubah", "2026-12-18", siti.seq)], "2026-12-18")
    doors = ask()["doors"]
    assert (doors["fresh"], doors["complete"]) == (11, 11), "the full visits still count"
    assert doors["fresh_by_tap"] == 0


def test_taps__three_in_a_row__the_third_gives_nothing(siti, ask, world, sign_in, clock):
    house = surveyed(siti, people=1)
    budi = sign_in(world.person["budi"])
    budi.post(f"/api/register/{DESA}/doors/{house.id}", json={"action": "accept"})
    for number, day in enumerate(("2026-12-01", "2026-12-05", "2026-12-09")):
        clock.forward(days=8 if number == 0 else 4)
        siti.save([visit_of(house.id, "tidak_berubah", day, siti.seq)], day)
    with_tap = ask()["doors"]
    assert (with_tap["fresh"], with_tap["fresh_by_tap"]) == (1, 1)


def test_move__between_own_dasawisma__door_follows(siti, ask):
    house = surveyed(siti)
    siti.save([{"kind": "household", "id": house.id, "base": siti.seq, "set": {"dasawisma": f"{DESA}/D002"}}])
    assert ask(f"{DESA}/D001")["doors"]["listed"] == 0
    assert ask(f"{DESA}/D002")["doors"]["listed"] == 1
    assert ask(f"{DESA}/RW01-RT001")["doors"]["listed"] == 1


def test_move__to_another_desa__both_are_counted_again(siti, ask, world, sign_in, clock):
    from models.account import RoleGrant
    from server.transaction import write
    from tests.builders import NEIGHBOUR

    with write() as session:
        more = {"role": "kader", "area_id": world.area[f"{NEIGHBOUR}/D001"], "starts_at": clock()}
        session.add(RoleGrant(person_id=world.person["siti"], **more))
    house, stays = surveyed(siti), surveyed(siti)
    joko = sign_in(world.person["joko"])
    assert (ask()["doors"]["listed"], joko.get(f"/api/coverage/{NEIGHBOUR}").json["doors"]["listed"]) == (2, 0)
    before = ask()
    clock.forward(days=1)
    moved = {"dasawisma": f"{NEIGHBOUR}/D001"}
    assert siti.save([{"kind": "household", "id": house.id, "base": siti.seq, "set": moved}])["verdict"] == "applied"
    assert stays.id != house.id
    assert ask()["doors"]["listed"] == 1
    assert joko.get(f"/api/coverage/{NEIGHBOUR}").json["doors"]["listed"] == 1
    assert ask(as_of="2026-11-23") == before, "a past day keeps its doors"
    past = joko.get(f"/api/coverage/{NEIGHBOUR}?as_of=2026-11-23").json
    assert past["doors"]["listed"] == 0
