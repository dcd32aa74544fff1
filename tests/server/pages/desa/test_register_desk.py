import uuid

import pytest
from sqlalchemy import select

from models.aggregates.tables import TargetLine
from models.database import db
from models.register import Door, Ledger, RegisterChange, RegisterState
from server.transaction import write
from tests.builders import DESA, NEIGHBOUR

HOUSE = str(uuid.UUID(int=7))


@pytest.fixture
def door(app, world, clock):
    with write() as session:
        session.add(
            Door(
                household=HOUSE,
                desa=world.area[DESA],
                dasawisma=world.area[f"{DESA}/D001"],
                origin="import",
                listed_at=clock(),
                accepted_at=clock(),
            )
        )
    return HOUSE


def propose(client, reason="dibongkar", desa=DESA):
    return client.post(f"/desa/{desa}/pintu/{HOUSE}/keluarkan", data={"reason": reason, "note": "tinggal tanah"})


def change_id():
    number = db.session.scalar(select(RegisterChange.id).order_by(RegisterChange.id.desc()))
    db.session.remove()
    return number


def decide(client, choice="approve"):
    return client.post(f"/desa/{DESA}/register/usulan/{change_id()}", data={"choice": choice})


def test_exclusion__proposed_and_approved_by_two__door_leaves_and_ledger_says_so(app, world, sign_in, door):
    assert propose(sign_in(world.person["budi"])).status_code == 303
    rahayu = sign_in(world.person["rahayu"])
    assert "tinggal tanah" in rahayu.get(f"/desa/{DESA}/register").text
    assert decide(rahayu).status_code == 303
    db.session.expire_all()
    assert db.session.get(Door, HOUSE).excluded_reason == "dibongkar"
    line = db.session.scalar(select(Ledger))
    assert (line.proposed_by, line.approved_by, line.doors) == (world.person["budi"], world.person["rahayu"], 1)
    db.session.remove()
    public = app.test_client().get("/ledger").text
    assert "Kapas" in public
    assert "dibongkar" in public
    assert "Budi" not in public


def test_exclusion__rejected__door_stays(app, world, sign_in, door):
    propose(sign_in(world.person["budi"]))
    decide(sign_in(world.person["rahayu"]), "reject")
    db.session.expire_all()
    assert db.session.get(Door, HOUSE).excluded_reason is None
    assert db.session.scalar(select(Ledger)) is None


def test_exclusion__own_proposal__not_approved_by_the_proposer(app, world, sign_in, door, clock):
    propose(sign_in(world.person["budi"]))
    with write() as session:
        session.scalar(select(RegisterChange)).proposed_by = world.person["rahayu"]
    answer = decide(sign_in(world.person["rahayu"]))
    assert answer.status_code == 403
    assert "Pengusul tidak boleh" in answer.text


@pytest.mark.parametrize("name", ["lestari", "endang"])
def test_decide__pkk_of_desa_or_kabupaten__forbidden(app, world, sign_in, door, name):
    propose(sign_in(world.person["budi"]))
    assert decide(sign_in(world.person[name])).status_code == 403


def test_exclusion__closed_house_without_two_visits__too_early(app, world, sign_in, door):
    answer = propose(sign_in(world.person["budi"]), "kosong")
    assert answer.status_code == 409
    assert "7 hari" in answer.text


def test_exclusion__twice_or_decided_before_or_unknown_reason__refused(app, world, sign_in, door):
    budi, rahayu = sign_in(world.person["budi"]), sign_in(world.person["rahayu"])
    assert propose(budi, "bosan").status_code == 422
    propose(budi)
    assert propose(budi).status_code == 409
    decide(rahayu)
    assert decide(rahayu).status_code == 409
    assert propose(budi).status_code == 409


def test_exclusion__door_of_another_desa__not_found(app, world, sign_in, door):
    assert propose(sign_in(world.person["joko"]), desa=NEIGHBOUR).status_code == 404


def test_approve__register__approved_as_a_new_version_each_time(app, world, sign_in, door):
    rahayu = sign_in(world.person["rahayu"])
    for version in (1, 2):
        rahayu.post(f"/desa/{DESA}/register/setujui")
        db.session.expire_all()
        state = db.session.get(RegisterState, world.area[DESA])
        assert (state.state, state.version) == ("approved", version)
        db.session.remove()
    assert "disetujui kecamatan" in rahayu.get(f"/desa/{DESA}/register").text


def type_target(client, doors, code=f"{DESA}/D001"):
    return client.post(f"/desa/{DESA}/register/target", data={"dasawisma": code, "doors": doors, "families": ""})


def test_target__typed_and_approved__expected_above_the_list(world, sign_in, door):
    budi, rahayu = sign_in(world.person["budi"]), sign_in(world.person["rahayu"])
    assert type_target(budi, "12").status_code == 303
    assert "Melati 1: 12 rumah" in rahayu.get(f"/desa/{DESA}/register").text
    line = db.session.scalar(select(TargetLine.id))
    db.session.remove()
    assert rahayu.post(f"/desa/{DESA}/register/target/{line}", data={"choice": "approve"}).status_code == 303
    rahayu.post(f"/desa/{DESA}/register/setujui")
    assert "0 dari 12 rumah lengkap" in budi.get(f"/desa/{DESA}").text


@pytest.mark.parametrize(
    ("doors", "status"), [("", 422), ("dua", 422), ("-1", 422), ("99999999999", 422), ("20.000", 422)]
)
def test_target__not_a_number__said_in_words(world, sign_in, doors, status):
    assert type_target(sign_in(world.person["budi"]), doors).status_code == status


def test_target__dasawisma_of_another_desa__forbidden(world, sign_in):
    assert type_target(sign_in(world.person["budi"]), "12", f"{NEIGHBOUR}/D001").status_code == 403


def test_merge__proposed_and_approved__one_door_less_and_in_the_ledger(world, sign_in, phone_of, house):
    siti = phone_of("siti")
    first, *_ = house(siti, name="Pak Satu")
    second, *_ = house(siti, name="Pak Dua")
    budi, rahayu = sign_in(world.person["budi"]), sign_in(world.person["rahayu"])
    assert "Pak Dua" in budi.get(f"/desa/{DESA}/pintu/{first}").text
    answer = budi.post(f"/desa/{DESA}/pintu/{first}/keluarkan", data={"kind": "merge", "other": second})
    assert answer.status_code == 303
    assert decide(rahayu).status_code == 303
    assert db.session.get(Door, first).removed_at is not None
    db.session.remove()
    assert "Digabung dengan rumah lain" in rahayu.get("/ledger").text
