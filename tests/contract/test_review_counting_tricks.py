"""Colluding kader and desa admin: nothing they do over HTTP raises a published percentage without a door or a line."""

import pytest

from models.account import RoleGrant
from server.transaction import write
from tests.builders import DESA, NEIGHBOUR
from tests.contract.outsider import House
from tests.contract.phone import new_id
from tests.contract.test_review_counting import DW1, DW2, DW3, Desk, check

__all__ = ["desk", "form", "full", "house", "siti"]

from tests.contract.test_review_counting import desk, form, full, house, siti


@pytest.fixture
def office(phone_of):
    phone = phone_of("budi")
    phone.sync()
    return phone


def shares(desk, code=DESA):
    doors = desk.doors(code)
    return {key: doors[key] for key in ("percent", "percent_fresh", "percent_of_listed")}


def state_of(phone, house, state, **more):
    phone.save(phone.patch("household", house.id, state=state, state_reason="salah", **more))


def alone(desk, house):
    made = desk.propose(house, "dibongkar")
    desk.budi.post(f"{desk.url}/changes/{made.json['id']}", json={"approve": True})
    desk.budi.post(f"{desk.url}/approve", json={})


def move(phone, house, place):
    phone.save(phone.patch("household", house.id, dasawisma=place))


def tap_ahead(doors):
    for one in doors:
        one.knock("tidak_berubah", "2027-05-01", seen=10**6)


def unknown_outcome(phone, house):
    phone.save(phone.patch("visit", new_id(), household=house.id, on=phone.today, outcome="lengkap", seen=0))


def no_visits(phone):
    visits = [key for key, record in phone.records.items() if record["kind"] == "visit"]
    phone.save(*[phone.patch("visit", key, state="deleted") for key in visits])


TRICKS = {
    "delete the bad household": lambda d, p, o, h: state_of(p, h[3], "deleted"),
    "office deletes it": lambda d, p, o, h: state_of(o, h[3], "deleted"),
    "it moved away": lambda d, p, o, h: state_of(p, h[3], "moved"),
    "office merges the record": lambda d, p, o, h: state_of(o, h[3], "merged", merged_into=h[0].id),
    "restore what is not excluded": lambda d, p, o, h: d.budi.post(
        f"{d.url}/doors/{h[3].id}", json={"action": "restore"}
    ),
    "propose and approve alone": lambda d, p, o, h: alone(d, h[3]),
    "type a small target": lambda d, p, o, h: d.budi.post(f"{d.url}/targets", json={"dasawisma": DW2, "doors": 0}),
    "move it between dasawisma": lambda d, p, o, h: move(p, h[3], DW1),
    "office moves it": lambda d, p, o, h: move(o, h[3], DW3),
    "office moves it to the neighbour": lambda d, p, o, h: move(o, h[3], f"{NEIGHBOUR}/D001"),
    "taps dated ahead": lambda d, p, o, h: tap_ahead(h),
    "an outcome nobody knows": lambda d, p, o, h: unknown_outcome(p, h[3]),
    "new door never accepted": lambda d, p, o, h: House(p, h[0].form, DW1).save(),
    "a household with the id of a person": lambda d, p, o, h: p.save(
        p.patch("household", h[0].people[0], dasawisma=DW1)
    ),
    "institution": lambda d, p, o, h: p.save(p.patch("household", h[3].id, jenis_pintu="institusi")),
    "no visit any more": lambda d, p, o, h: no_visits(p),
}


def test_tricks__none_raises_a_share(desk, form, siti, house, office):
    """The fourth door has a family inside, all questions open, and was knocked at without success."""
    doors = [house().save(), house().save(), house(DW2).save(), house(DW2)]
    bad = doors[3]
    for answers in (bad.answers[bad.id], bad.answers[bad.people[0]]):
        for key in [key for key in answers if key not in ("dasawisma", "household", "family", "nama")]:
            del answers[key]
    bad.save("tidak_di_rumah")
    siti.sync()
    desk.accept(*doors)
    desk.approve_register()
    office.sync()
    before = shares(desk)
    assert before == {"percent": 75, "percent_fresh": 75, "percent_of_listed": 75}
    for trick, play in TRICKS.items():
        expected, lines = desk.doors()["expected"], len(desk.budi.get("/api/ledger/35.22").json)
        play(desk, siti, office, doors)
        siti.sync()
        office.sync()
        siti.sync()
        after = shares(desk)
        assert all(after[key] <= before[key] for key in after), (trick, before, after)
        assert desk.doors()["expected"] >= expected or len(desk.budi.get("/api/ledger/35.22").json) > lines, trick


def test_transfer__to_another_desa__is_a_line_of_the_ledger(full, desk, siti, world, clock):
    with write() as session:
        more = {"role": "kader", "area_id": world.area[f"{NEIGHBOUR}/D001"], "starts_at": clock()}
        session.add(RoleGrant(person_id=world.person["siti"], **more))
    siti.sync()
    siti.save(siti.patch("household", full[3].id, dasawisma=f"{NEIGHBOUR}/D001"))
    siti.sync()
    found = desk.doors()
    assert (found["expected"], found["percent"]) == (3, 100)
    line = desk.budi.get("/api/ledger/35.22").json
    assert [(one["desa"], one["kind"], one["doors"]) for one in line] == [(DESA, "transfer", 1)]
    check(desk.cover("35.22.14"))


def test_merge__both_people__a_line_and_one_door_less(full, desk):
    made = desk.budi.post(f"{desk.url}/changes", json={"kind": "merge", "household": full[3].id, "other": full[2].id})
    assert made.status_code == 201
    assert desk.doors()["expected"] == 4
    assert desk.approve(made).status_code == 200
    found = desk.doors()
    assert (found["listed"], found["expected"], desk.ledger()) == (3, 3, 1)
    assert isinstance(desk, Desk)


def test_merge__of_a_door_whose_families_still_count__keeps_families_and_people(full, desk):
    """Joining doors changes neither KK nor people."""
    before = desk.cover()
    made = desk.budi.post(f"{desk.url}/changes", json={"kind": "merge", "household": full[3].id, "other": full[2].id})
    desk.approve(made)
    after = desk.cover()
    for unit in ("families", "members"):
        assert after[unit]["listed"] == before[unit]["listed"]


def test_merge__each_into_the_other__only_one_goes(full, desk):
    pairs = ((full[3], full[2]), (full[2], full[3]))
    made = [
        desk.budi.post(f"{desk.url}/changes", json={"kind": "merge", "household": one.id, "other": other.id})
        for one, other in pairs
    ]
    assert [desk.approve(one).status_code for one in made] == [200, 409]
    found = desk.cover()
    assert (found["doors"]["expected"], found["members"]["listed"]) == (3, 4)
