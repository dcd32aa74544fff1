import re

from sqlalchemy import func, select

from models.account import Device, Person, RoleGrant
from models.database import db
from server.invitations import open_name
from server.transaction import write
from tests.builders import DESA, NEIGHBOUR

CODE = re.compile(r'class="code">(\w{4})-(\w{4})<')


def grant_of(world, name):
    number = db.session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == world.person[name]))
    db.session.remove()
    return number


def people():
    number = db.session.scalar(select(func.count()).select_from(Person))
    db.session.remove()
    return number


def add_device(world, name, identifier, moment):
    with write() as session:
        session.add(Device(id=identifier, person_id=world.person[name], name="HP", created_at=moment))


def test_front__lists_dasawisma_kader_and_silence(app, world, sign_in, clock):
    page = sign_in(world.person["budi"]).get(f"/desa/{DESA}/kader").text
    assert all(word in page for word in ("Melati 1", "Siti", "Sri", "belum ada HP", "belum ada kader"))
    assert "Tutik" not in page


def test_invite__new_kader__code_and_qr_activate_once(app, world, sign_in):
    answer = sign_in(world.person["budi"]).post(
        f"/desa/{DESA}/kader/undang", data={"dasawisma": f"{DESA}/D003", "name": " Bu  Ani "}
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<svg" in answer.text
    assert "Bu Ani" in answer.text
    code = "".join(CODE.search(answer.text).groups())
    activated = app.test_client().post("/api/session/activate", json={"code": code}, headers={"X-Dawis": "1"})
    assert activated.json["name"] == "Bu Ani"
    assert activated.json["roles"][0]["area"] == f"{DESA}/D003"


def test_invite__dasawisma_of_another_desa__refused_and_nobody_made(app, world, sign_in):
    before = people()
    client = sign_in(world.person["budi"])
    assert client.post(f"/desa/{DESA}/kader/undang", data={"dasawisma": f"{NEIGHBOUR}/D001"}).status_code == 403
    assert client.post(f"/desa/{DESA}/kader/undang", data={"dasawisma": "x"}).status_code == 404
    assert people() == before


def test_invite_again__kader_of_the_desa__new_code_for_the_same_person(app, world, sign_in):
    client = sign_in(world.person["budi"])
    answer = client.post(f"/desa/{DESA}/kader/{grant_of(world, 'siti')}/kode")
    code = "".join(CODE.search(answer.text).groups())
    activated = app.test_client().post("/api/session/activate", json={"code": code}, headers={"X-Dawis": "1"})
    assert activated.json["person"] == world.person["siti"]


def test_foreign_kader__code_end_block__not_found(app, world, sign_in, clock):
    add_device(world, "tutik", "00000000-0000-4000-8000-000000000001", clock())
    client, grant = sign_in(world.person["budi"]), grant_of(world, "tutik")
    for path in (f"{grant}/kode", f"{grant}/akhiri", "hp/00000000-0000-4000-8000-000000000001/blokir"):
        assert client.post(f"/desa/{DESA}/kader/{path}").status_code == 404
    db.session.expire_all()
    assert db.session.get(Device, "00000000-0000-4000-8000-000000000001").blocked_at is None


def test_end_right__kader__scope_gone_at_once(app, world, sign_in, clock):
    siti = sign_in(world.person["siti"])
    assert len(siti.get("/api/session").json["roles"]) == 2
    sign_in(world.person["budi"]).post(f"/desa/{DESA}/kader/{grant_of(world, 'siti')}/akhiri")
    assert [role["area"] for role in siti.get("/api/session").json["roles"]] == [f"{DESA}/D002"]


def test_block__phone__closed_and_opened_again(app, world, sign_in, clock):
    identifier = "00000000-0000-4000-8000-000000000002"
    add_device(world, "siti", identifier, clock())
    phone, admin = sign_in(world.person["siti"], identifier), sign_in(world.person["budi"])
    phone.environ_base["HTTP_ACCEPT"] = "application/json"
    admin.post(f"/desa/{DESA}/kader/hp/{identifier}/blokir")
    assert phone.get("/api/session").json["code"] == "device.blocked"
    assert "diblokir" in admin.get(f"/desa/{DESA}/kader").text
    admin.post(f"/desa/{DESA}/kader/hp/{identifier}/blokir")
    assert phone.get("/api/session").status_code == 200


def test_name__of_a_person__is_sealed(app, world, sign_in):
    sign_in(world.person["budi"]).post(
        f"/desa/{DESA}/kader/undang", data={"dasawisma": f"{DESA}/D003", "name": "Bu Rahasia"}
    )
    newest = db.session.scalars(select(Person).order_by(Person.id.desc())).first()
    assert b"Rahasia" not in newest.name
    assert open_name(app.config["KEYRING"], newest.name) == "Bu Rahasia"
