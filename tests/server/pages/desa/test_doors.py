import pytest
from sqlalchemy import select

from models.account import AccessLog
from models.database import db
from models.register import Door
from tests.builders import DESA, NEIGHBOUR


def looks():
    found = [(row.route, row.subject) for row in db.session.scalars(select(AccessLog).order_by(AccessLog.id))]
    db.session.remove()
    return found


def test_list__desa_admin__names_states_and_the_look_written_down(world, sign_in, phone_of, house):
    house(phone_of("siti"))
    page = sign_in(world.person["budi"]).get(f"/desa/{DESA}/dasawisma/D001").text
    assert all(word in page for word in ("Siti Aminah", "Jl. Melati 7", "menunggu desa", "kurang"))
    assert looks() == [("doors.dasawisma", f"{DESA}/D001")]


@pytest.mark.parametrize("name", ["lestari", "hadi", "kominfo"])
def test_list__offices_above__counts_without_names(world, sign_in, phone_of, house, name):
    house(phone_of("siti"))
    page = sign_in(world.person[name]).get(f"/desa/{DESA}/dasawisma/D001").text
    assert "Siti Aminah" not in page
    assert "hanya untuk admin desa" in page
    assert looks() == []


def test_door__desa_admin__answers_with_labels_and_the_look_written_down(world, sign_in, phone_of, house):
    household, *_ = house(phone_of("siti"))
    page = sign_in(world.person["budi"]).get(f"/desa/{DESA}/pintu/{household}").text
    assert all(word in page for word in ("Nama lengkap", "Siti Aminah", "Perempuan", "belum dijawab"))
    assert looks() == [("doors.door", household)]


def test_door__of_another_desa__not_found_and_no_look(world, sign_in, phone_of, house):
    household, _, member = house(phone_of("siti"))
    joko = sign_in(world.person["joko"])
    assert joko.get(f"/desa/{NEIGHBOUR}/pintu/{household}").status_code == 404
    assert joko.get(f"/desa/{DESA}/pintu/{household}").status_code == 403
    assert joko.get(f"/desa/{NEIGHBOUR}/riwayat/{member}").status_code == 404
    assert joko.post(f"/desa/{NEIGHBOUR}/pintu/{household}/terima").status_code == 404
    assert looks() == []


def test_accept__door_of_a_kader__waits_no_more(world, sign_in, phone_of, house):
    household, *_ = house(phone_of("siti"))
    budi = sign_in(world.person["budi"])
    assert "Terima rumah ini" in budi.get(f"/desa/{DESA}/pintu/{household}").text
    for _ in range(2):
        assert budi.post(f"/desa/{DESA}/pintu/{household}/terima").status_code == 303
    assert "Terima rumah ini" not in budi.get(f"/desa/{DESA}/pintu/{household}").text
    assert db.session.get(Door, household).accepted_at is not None


def test_history__who_when_and_what_it_met(world, sign_in, phone_of, house):
    siti = phone_of("siti")
    _, _, member = house(siti)
    siti.save(siti.patch("member", member, nama="Siti Fatimah"))
    siti.sync()
    page = sign_in(world.person["budi"]).get(f"/desa/{DESA}/riwayat/{member}").text
    assert page.index("Siti Fatimah") < page.index("Siti Aminah")
    assert "Nama lengkap" in page
    assert looks() == [("history.record", member)]


def test_dasawisma__unknown_or_of_another_desa__words(world, sign_in):
    budi = sign_in(world.person["budi"])
    for part in ("D999", "DS01", "x"):
        answer = budi.get(f"/desa/{DESA}/dasawisma/{part}")
        assert answer.status_code == 404
        assert "Wilayah dengan kode ini tidak ada" in answer.text
