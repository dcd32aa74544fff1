"""Register changes over HTTP: two people, reasons, ledger, targets, approval."""

from datetime import UTC, datetime

import pytest

from server.transaction import write
from tests.builders import DESA
from tests.models.aggregates.doors import House, store

MOMENT = datetime(2026, 11, 20, 3, tzinfo=UTC)
URL = f"/api/register/{DESA}"


def house(*visits):
    made = House()
    made.member()
    made.fill()
    for outcome, on in visits:
        made.visit(outcome, on)
    return made


@pytest.fixture
def doors(app, keyring, world):
    """A closed house, a house closed for one day only, an ordinary one, and one a kader added."""
    made = {
        "closed": house(("kosong", "2026-11-01"), ("kosong", "2026-11-08")),
        "once": house(("kosong", "2026-11-02"), ("kosong", "2026-11-08")),
        "full": house(("selesai", "2026-11-10")),
        "added": house(("selesai", "2026-11-10")),
    }
    with write() as session:
        for number, (name, one) in enumerate(made.items()):
            more = {"origin": "kader"} if name == "added" else {"accepted_at": MOMENT}
            store(session, keyring, world, one, seq=10 * number + 1, **more)
    return {name: one.id for name, one in made.items()}


@pytest.fixture
def budi(world, sign_in):
    return sign_in(world.person["budi"])


@pytest.fixture
def rahayu(world, sign_in):
    return sign_in(world.person["rahayu"])


def counted(client):
    return client.get(f"/api/coverage/{DESA}").json["doors"]


def propose(client, household, reason="kosong", **more):
    return client.post(f"{URL}/changes", json={"household": household, "reason": reason, **more})


def test_exclusion__proposed_and_approved__leaves_expected_with_a_ledger_line(doors, budi, rahayu, clock):
    assert counted(budi)["expected"] == 4
    made = propose(budi, doors["closed"])
    assert (made.status_code, made.json["state"]) == (201, "proposed")
    assert counted(budi)["expected"] == 4
    answer = rahayu.post(f"{URL}/changes/{made.json['id']}", json={"approve": True})
    assert answer.json["state"] == "approved"
    assert (counted(budi)["expected"], counted(budi)["excluded"]["kosong"]) == (3, 1)
    lines = budi.get("/api/ledger/35.22").json
    assert lines == [{"desa": DESA, "name": "Kapas", "kind": "exclude", "reason": "kosong", "doors": 1, "lines": 1}]
    assert rahayu.post(f"{URL}/changes/{made.json['id']}", json={"approve": True}).status_code == 409


def test_exclusion__kosong__needs_two_visits_a_week_apart(doors, budi):
    refused = propose(budi, doors["once"])
    assert (refused.status_code, refused.json["code"]) == (409, "register.too_early")
    assert propose(budi, doors["full"], "dibongkar").status_code == 201, "the desa has checked"
    assert propose(budi, doors["full"], "dibongkar").json["code"] == "register.not_open"
    assert propose(budi, doors["full"], "malas").json["code"] == "input.invalid"


def test_exclusion__restored__expected_again(doors, budi, rahayu):
    made = propose(budi, doors["full"], "ganda").json
    rahayu.post(f"{URL}/changes/{made['id']}", json={"approve": True})
    assert counted(budi)["expected"] == 3
    assert budi.post(f"{URL}/doors/{doors['full']}", json={"action": "restore"}).status_code == 200
    assert counted(budi)["expected"] == 4


@pytest.mark.parametrize("name", ["budi", "lestari", "hadi", "bappeda", "joko", "siti"])
def test_decide__not_the_kecamatan__forbidden(doors, budi, world, sign_in, name):
    made = propose(budi, doors["closed"]).json
    answer = sign_in(world.person[name]).post(f"{URL}/changes/{made['id']}", json={"approve": True})
    assert answer.status_code == 403


def test_decide__own_proposal__refused(doors, rahayu, world, app, clock):
    from models.account import RoleGrant

    with write() as session:
        more = {"role": "admin_desa", "area_id": world.area[DESA], "starts_at": clock()}
        session.add(RoleGrant(person_id=world.person["rahayu"], **more))
    made = propose(rahayu, doors["closed"]).json
    answer = rahayu.post(f"{URL}/changes/{made['id']}", json={"approve": True})
    assert (answer.status_code, answer.json["code"]) == (403, "register.same_person")


def test_merge__approved__door_leaves_the_list(doors, budi, rahayu):
    made = propose(budi, doors["once"], kind="merge", other=doors["full"]).json
    assert made["kind"] == "merge"
    rahayu.post(f"{URL}/changes/{made['id']}", json={"approve": True})
    assert (counted(budi)["listed"], counted(budi)["expected"]) == (3, 3)
    assert propose(budi, doors["full"], kind="merge", other=doors["full"]).json["code"] == "input.invalid"


def test_added_door__accepted_by_the_desa__becomes_complete(doors, budi):
    before = counted(budi)
    assert (before["pending"], before["known"]) == (1, 2)
    assert budi.get(URL).json["pending"] == [doors["added"]]
    assert budi.post(f"{URL}/doors/{doors['added']}", json={"action": "accept"}).status_code == 200
    after = counted(budi)
    assert (after["pending"], after["complete"] - before["complete"]) == (0, 1)


def test_target__typed_then_approved__shows_doors_not_listed(doors, budi, rahayu):
    body = {"dasawisma": f"{DESA}/D001", "doors": 9, "families": 11, "people": 30}
    made = budi.post(f"{URL}/targets", json=body)
    assert made.status_code == 201
    assert counted(budi)["expected"] == 4
    rahayu.post(f"{URL}/targets/{made.json['id']}", json={"approve": True})
    assert (counted(budi)["expected"], counted(budi)["unlisted"]) == (9, 5)
    lower = budi.post(f"{URL}/targets", json=body | {"doors": 5}).json
    assert counted(budi)["expected"] == 9, "a waiting number changes nothing"
    rahayu.post(f"{URL}/targets/{lower['id']}", json={"approve": True})
    assert counted(budi)["expected"] == 5
    assert [(line["kind"], line["doors"]) for line in budi.get(f"/api/ledger/{DESA}").json] == [("target", 4)]


@pytest.mark.parametrize("doors_typed", ["9", None, True, -1, 10**9])
def test_target__not_a_number__refused(world, budi, doors_typed):
    answer = budi.post(f"{URL}/targets", json={"dasawisma": f"{DESA}/D001", "doors": doors_typed})
    assert answer.json["code"] == "input.invalid"


def test_register__approved__gives_a_percentage(doors, budi, rahayu, clock):
    assert (counted(budi)["percent"], budi.get(f"/api/coverage/{DESA}").json["basis"]) == (None, "none")
    assert rahayu.post(f"{URL}/approve").json["state"] == "approved"
    assert counted(budi)["percent"] == 25
    assert budi.get(URL).json["version"] == 1


def test_register__approved_below_the_reference__difference_in_the_ledger(doors, budi, rahayu, world):
    from datetime import date

    from models.register import ReferenceTotal

    with write() as session:
        session.add(
            ReferenceTotal(desa=world.area[DESA], on=date(2026, 6, 30), families=20, people=60, source="Dukcapil")
        )
    assert counted(budi)["expected"] == 20
    rahayu.post(f"{URL}/approve")
    assert counted(budi)["expected"] == 4
    assert budi.get(f"/api/ledger/{DESA}").json[0]["doors"] == 16
