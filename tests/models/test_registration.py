from models.registration import numbers_of
from server.transaction import write
from tests.builders import DESA
from tests.contract.phone import Phone, new_id


def test_number__given_once_in_order_and_kept(world, sign_in):
    siti = Phone(sign_in(world.person["siti"]))
    household, family, people = new_id(), new_id(), [new_id() for _ in range(3)]
    siti.save(
        siti.patch("household", household, dasawisma=f"{DESA}/D001"),
        siti.patch("family", family, household=household),
        *[siti.patch("member", one, household=household, family=family) for one in people],
    )
    siti.sync()
    with write() as session:
        first = numbers_of(session, people[:1])
    with write() as session:
        both = numbers_of(session, [*people, household])
    assert both[people[0]] == first[people[0]] == "352214201120260001"
    assert sorted(both.values()) == [f"35221420112026000{n}" for n in (1, 2, 3)]
    assert household not in both


def test_door_page__shows_the_number_of_each_person(world, sign_in):
    siti, budi = Phone(sign_in(world.person["siti"])), sign_in(world.person["budi"])
    household, family, people = new_id(), new_id(), [new_id(), new_id()]
    siti.save(
        siti.patch("household", household, dasawisma=f"{DESA}/D001"),
        siti.patch("family", family, household=household),
        *[siti.patch("member", one, household=household, family=family) for one in people],
    )
    siti.sync()
    for _ in range(2):
        page = budi.get(f"/desa/{DESA}/pintu/{household}", headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert page.text.count("No. Registrasi 352214201120260") == 2
