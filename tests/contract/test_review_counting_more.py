"""Coverage from outside, second part: skipped levels, expiring answers, many taps, random days, strange areas."""

import json
import random

import pytest

from models.territory import add_area, area_by_code
from server.transaction import write
from tests.builders import DESA
from tests.contract.outsider import House
from tests.contract.test_review_counting import DW1, DW2, DW3, desk, form, full, house, siti
from tests.server.cli.conftest import dawis

__all__ = ["dawis", "desk", "form", "full", "house", "siti"]
LEVELS = ["35.22", "35.22.14", DESA, f"{DESA}/DS01", f"{DESA}/RW01", f"{DESA}/RW01-RT001", DW1, DW2]


@pytest.fixture
def skipping(world, clock):
    """Two more dasa wisma in the desa: one on the desa itself, one on a dusun, both of siti."""
    from models.account import RoleGrant

    with write() as session:
        made = []
        for code, parent in ((f"{DESA}/D091", DESA), (f"{DESA}/D092", f"{DESA}/DS01")):
            above = area_by_code(session, parent)
            made.append(
                add_area(session, level="dasawisma", code=code, name=code[-4:], parent=above, today=clock().date())
            )
        for area in made:
            session.add(RoleGrant(person_id=world.person["siti"], role="kader", area_id=area.id, starts_at=clock()))
    return [f"{DESA}/D091", f"{DESA}/D092"]


def test_sums__every_level_and_skipped_ones(full, desk, siti, house, skipping):
    siti.sync()
    more = [house(code).save() for code in skipping]
    siti.sync()
    desk.accept(*more)
    for code in LEVELS:
        desk.cover(code)
    assert desk.doors()["complete"] == 5
    assert desk.doors(f"{DESA}/DS01")["complete"] == 4
    assert {child["area"] for child in desk.cover()["children"]} == {f"{DESA}/DS01", f"{DESA}/D091"}
    found = desk.kominfo.get(f"/api/recap/4.17a/{DESA}").json
    krt = next(column["number"] for column in found["columns"] if column["label"] == "Jml KRT")
    assert found["total"][krt - 1] == 6, "a door nobody visited has people on record too"
    assert sum(row["cells"][krt - 1] for row in found["rows"]) == 6


@pytest.mark.parametrize("taps", [10, 11])
def test_taps__more_than_ten_in_half_an_hour__fresh_only_after_the_desa_answered(desk, siti, house, clock, taps):
    doors = [house().save() for _ in range(taps)]
    siti.sync()
    desk.accept(*doors)
    clock.forward(days=190)
    desk.open(siti)
    siti.today = clock.moment.date().isoformat()
    seq = max(area["seq"] for area in siti.scope)
    for one in doors:
        one.knock("tidak_berubah", seen=seq)
    siti.sync()
    found = desk.doors()
    assert (found["complete"], found["fresh"]) == (taps, taps if taps == 10 else 0)
    assert found["outcomes"]["tidak_berubah"] == taps


def test_taps__an_expired_core_answer__is_asked_before_the_door_is_fresh(desk, siti, house, form, clock):
    one = house()
    one.answers[one.people[0]] |= {"jenis_kelamin": "P", "status_kawin": "kawin", "kb": "pil"}
    one.save()
    siti.sync()
    desk.accept(one)
    clock.forward(days=366)
    desk.open(siti)
    siti.today = clock.moment.date().isoformat()
    seq = max(area["seq"] for area in siti.scope)
    one.knock("tidak_berubah", seen=seq)
    siti.sync()
    assert (desk.doors()["complete"], desk.doors()["fresh"]) == (1, 0)
    siti.save(siti.patch("member", one.people[0], kb="suntik"))
    siti.sync()
    assert desk.doors()["fresh"] == 1


def test_taps__an_answer_the_author_had_not_seen__is_not_confirmed(desk, siti, house, clock):
    """Two people: a tap on an old copy confirms nothing that came since; the window of the door runs all the same."""
    one = house().save(on="2026-05-30")
    siti.sync()
    desk.accept(one)
    one.knock("tidak_berubah", seen=0)
    siti.sync()
    found = desk.doors()
    assert (found["complete"], found["fresh_by_tap"]) == (1, found["fresh"])


class Days:
    """Random work of random days."""

    def __init__(self, desk, phone, house):
        self.desk, self.phone, self.house = desk, phone, house
        self.dice, self.doors = random.Random(11), []

    def add(self):
        place, people = self.dice.choice([DW1, DW2]), self.dice.randint(0, 3)
        outcome = self.dice.choice(["selesai", "sebagian", None])
        self.doors.append(self.house(place, people=people).save(outcome))

    def knock(self):
        self.dice.choice(self.doors).knock(self.dice.choice(["kosong", "menolak", "tidak_berubah", "selesai"]))

    def person(self):
        people = [one for door in self.doors for one in door.people] or [self.doors[0].id]
        self.phone.save(
            self.phone.patch("member", self.dice.choice(people), state=self.dice.choice(["moved", "active"]))
        )

    def move(self):
        change = {"dasawisma": self.dice.choice([DW1, DW2]), "alamat": self.dice.choice([None, "y"])}
        self.phone.save(self.phone.patch("household", self.dice.choice(self.doors).id, **change))

    def delete(self):
        self.phone.save(self.phone.patch("household", self.dice.choice(self.doors).id, state="deleted"))

    def exclude(self):
        made = self.desk.propose(self.dice.choice(self.doors), self.dice.choice(["ganda", "dibongkar"]))
        if made.status_code == 201:
            self.desk.approve(made)

    def one(self):
        deeds = [self.add, self.add, self.knock, self.person, self.move, self.delete, self.exclude]
        (self.dice.choice(deeds) if self.doors else self.add)()
        self.phone.sync()
        for door in self.doors:
            self.desk.budi.post(f"{self.desk.url}/doors/{door.id}", json={"action": "accept"})


def test_random_days__children_sum_and_the_past_stays(desk, siti, house, clock):
    days, past = Days(desk, siti, house), {}
    desk.approve_register()
    for _ in range(3):
        for _ in range(7):
            days.one()
        past[clock.moment.date().isoformat()] = desk.cover()
        clock.forward(days=days.dice.choice([1, 3]))
        desk.open(siti)
        siti.today = clock.moment.date().isoformat()
    for code in LEVELS:
        desk.cover(code)
    for day, before in past.items():
        assert desk.cover(as_of=day) == before, day


def undated(found):
    """The same without the day it was asked on: the command uses the real clock."""
    children = [undated(child) for child in found.get("children", [])]
    return {**{key: value for key, value in found.items() if key != "as_of"}, "children": children}


def test_command__coverage__same_json_as_http(full, desk, dawis):
    for code in (DESA, "35.22.14", DW1):
        result = dawis("coverage", code, "--json")
        assert result.exit_code == 0
        said, shown = json.loads(result.stdout), desk.cover(code)
        assert undated(said) == undated(shown)


def test_target__above_and_below_the_list(full, desk):
    desk.target(DW1, 5)
    found = desk.doors(DW1)
    assert (found["target"], found["listed"], found["expected"], found["unlisted"], found["outcomes"]["belum"]) == (
        5,
        2,
        5,
        3,
        3,
    )
    desk.target(DW1, 1)
    found = desk.doors(DW1)
    assert (found["listed"], found["expected"], desk.ledger()) == (2, 2, 3)
    assert desk.doors(DW3)["percent"] in {None, 0}


def test_kader_of_another_desa__may_not_move_or_see(full, phone_of, desk):
    tutik = phone_of("tutik")
    tutik.save(tutik.patch("household", full[0].id, state="deleted"))
    tutik.sync()
    assert desk.doors()["complete"] == 3
    assert tutik.client.get(f"/api/coverage/{DESA}").status_code == 403


def test_house__of_one_answer_by_two_visits__known_stays(desk, siti, house):
    one = House(siti, house().form, DW1).save("tidak_di_rumah")
    one.knock("sebagian")
    one.knock("menolak")
    siti.sync()
    found = desk.doors()
    assert (found["known"], found["outcomes"]["menolak"], found["expected"]) == (1, 1, 1)


def test_as_of__a_family_that_went_to_a_new_door__was_still_here(full, desk, siti, house, clock):
    before, book = desk.cover(), desk.kominfo.get(f"/api/recap/4.17a/{DESA}").json
    clock.forward(days=1)
    siti.today = "2026-11-24"
    new = house(DW2, people=0).save("sebagian")
    siti.save(
        siti.patch("family", full[0].family, household=new.id),
        siti.patch("member", full[0].people[0], household=new.id),
    )
    siti.sync()
    assert desk.doors()["complete"] == 2
    assert desk.cover(as_of="2026-11-23") == before
    assert desk.kominfo.get(f"/api/recap/4.17a/{DESA}?as_of=2026-11-23").json == book


def test_as_of__a_family_that_went_to_another_door__and_joined_doors(full, desk, siti, clock):
    before = desk.cover()
    clock.forward(days=1)
    siti.today = "2026-11-24"
    siti.save(
        siti.patch("family", full[0].family, household=full[1].id),
        siti.patch("member", full[0].people[0], household=full[1].id),
    )
    siti.sync()
    made = desk.budi.post(f"{desk.url}/changes", json={"kind": "merge", "household": full[3].id, "other": full[2].id})
    assert desk.approve(made).status_code == 200
    after = desk.cover()
    assert (after["doors"]["listed"], after["members"]["listed"]) == (3, before["members"]["listed"])
    assert desk.cover(as_of="2026-11-23") == before
