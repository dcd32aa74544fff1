"""Many at once: real threads against one database; nothing is lost, doubled or answered with a fault."""

import threading

import pytest

from models.account import Person
from models.territory import Area
from server.invitations import grant
from server.transaction import write
from tests.builders import DESA, NEIGHBOUR
from tests.contract.phone import Phone, new_id


def run(app, *works):
    """Run these at the same time, each in an application context of its own; raise what they raise."""
    failed = []
    start = threading.Barrier(len(works))

    def one(work):
        with app.app_context():
            try:
                start.wait()
                work()
            except Exception as error:  # noqa: BLE001 (told by the main thread)
                failed.append(error)

    threads = [threading.Thread(target=one, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def test_writers_and_a_follower__nobody_misses_anything(app, world, sign_in):
    writers = [Phone(sign_in(world.person["siti"])) for _ in range(4)]
    follower = Phone(sign_in(world.person["budi"]))

    def write_doors(phone):
        for _ in range(6):
            phone.save(phone.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
            phone.sync()

    def follow():
        for _ in range(25):
            follower.sync()

    run(app, *[lambda phone=phone: write_doors(phone) for phone in writers], follow)
    follower.sync()
    assert len(follower.records) == 24
    versions = [record["version"] for record in follower.records.values()]
    assert sorted(versions) == list(range(1, 25))


def test_one_outbox__sent_twice_at_once__applied_once(app, world, sign_in):
    phone = Phone(sign_in(world.person["siti"]))
    for _ in range(5):
        phone.save(phone.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    twins = [Phone(sign_in(world.person["siti"])) for _ in range(3)]
    answers = []
    body = phone.body()
    run(app, *[lambda twin=twin: answers.append(twin.post(body)) for twin in twins])
    assert [answer.status_code for answer in answers] == [200] * 3
    told = sorted({one["verdict"] for one in answer.json["verdicts"]}.pop() for answer in answers)
    assert told == ["applied", "repeated", "repeated"]
    assert len(phone.sync()["records"]) == 5


@pytest.mark.parametrize("rounds", [4])
def test_moves_between_two_desa_both_ways__no_deadlock_and_copies_agree(app, world, sign_in, clock, rounds):
    with write() as session:
        budi = session.get(Person, world.person["budi"])
        grant(session, budi, "admin_desa", session.get(Area, world.area[NEIGHBOUR]), clock())
    phones = [Phone(sign_in(world.person["budi"])) for _ in range(2)]
    doors = [new_id(), new_id()]
    for phone, door, code in zip(phones, doors, (DESA, NEIGHBOUR), strict=True):
        phone.save(phone.patch("household", door, dasawisma=f"{code}/D001"))
        phone.sync()

    def travel(phone, door, codes):
        for index in range(rounds):
            phone.save(phone.patch("household", door, dasawisma=f"{codes[index % 2]}/D002"))
            phone.sync()

    run(
        app,
        lambda: travel(phones[0], doors[0], (NEIGHBOUR, DESA)),
        lambda: travel(phones[1], doors[1], (DESA, NEIGHBOUR)),
    )
    for phone in phones:
        phone.sync()
        assert set(phone.records) == set(doors)
    assert phones[0].records == phones[1].records
