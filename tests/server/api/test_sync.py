"""The HTTP side of a sync: each row of the contract's table."""

import gzip
import hashlib
import json
from base64 import b64encode

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from models.account import Device
from server.transaction import snapshot, write
from tests.builders import DESA
from tests.contract.phone import Phone, new_id


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


def save_door(phone):
    phone.save(phone.patch("household", new_id(), dasawisma=f"{DESA}/D001"))


def digest_of(data, name="sha-256"):
    return f"{name}=:" + b64encode(hashlib.new(name.replace("-", ""), data).digest()).decode() + ":"


def test_no_session__401(app, world):
    phone = Phone(app.test_client())
    save_door(phone)
    assert phone.post(phone.body()).status_code == 401


@pytest.fixture
def phone_with_device(world, sign_in, clock):
    with write() as session:
        session.add(Device(id=new_id(), person_id=world.person["siti"], name="HP", created_at=clock()))
        session.flush()
        device = session.query(Device).one().id
    return Phone(sign_in(world.person["siti"], device))


def test_blocked_device__403_and_nothing_stored(phone_with_device, clock):
    phone = phone_with_device
    save_door(phone)
    with write() as session:
        session.execute(update(Device).values(blocked_at=clock()))
    answer = phone.post(phone.body())
    assert (answer.status_code, answer.json["code"]) == (403, "device.blocked")


def test_device__last_sync_is_noted_once_an_hour(phone_with_device, clock):
    def noted():
        with snapshot() as session:
            return session.query(Device).one().last_sync_at

    phone_with_device.sync()
    first = noted()
    assert first == clock()
    clock.forward(minutes=30)
    phone_with_device.sync()
    assert noted() == first
    clock.forward(minutes=31)
    phone_with_device.sync()
    assert noted() == clock()


def test_too_old_app__426_push_accepted_nothing_read(app, phone_of):
    siti = phone_of("siti")
    save_door(siti)
    siti.sync()
    app.config["OLDEST_APP"] = "1.2.0"
    save_door(siti)
    answer = siti.post(siti.body(app="1.1.9"))
    assert answer.status_code == 426
    body = answer.json
    assert (verdicts(body), body["applied_through"], body["applied_id"]) == (["applied"], 2, siti.ids[2])
    assert (body["records"], body["gone"], body["scope"], body["cursor"], body["more"]) == (
        [],
        [],
        [],
        siti.cursor,
        False,
    )
    assert len(siti.send(edits=[], app="1.2.0")["records"]) == 1


def test_limits__200_edits_go_201_do_not(phone_of):
    siti = phone_of("siti")
    for _ in range(201):
        save_door(siti)
    answer = siti.post(siti.body(siti.queue))
    assert (answer.status_code, answer.json["max_edits"], answer.json["max_bytes"]) == (413, 200, 262144)
    assert set(verdicts(siti.send(siti.queue[:200]))) == {"applied"}


def test_limits__bytes_on_the_wire_and_unpacked(phone_of):
    siti = phone_of("siti")
    body = json.dumps(siti.body()).encode()
    assert siti.post(body + b" " * (262144 - len(body))).status_code == 200
    assert siti.post(body + b" " * (262145 - len(body))).status_code == 413
    fits, over = (gzip.compress(body + b" " * (size - len(body))) for size in (1024 * 1024, 1024 * 1024 + 1))
    assert siti.post(fits, **{"Content-Encoding": "gzip"}).status_code == 200
    assert siti.post(over, **{"Content-Encoding": "gzip"}).status_code == 413
    assert siti.post(fits[:-9], **{"Content-Encoding": "gzip"}).status_code == 400
    assert siti.post(body, **{"Content-Encoding": "br"}).status_code == 400


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (digest_of, 200),
        (lambda data: digest_of(data, "sha-512"), 200),
        (lambda data: digest_of(data) + ", " + digest_of(data, "sha-512"), 200),
        (lambda data: "md5=:AAAA:", 200),
        (lambda data: digest_of(data + b" "), 400),
        (lambda data: digest_of(data) + ", " + digest_of(b"", "sha-512"), 400),
        (lambda data: "sha-256=:not base64:", 400),
        (lambda data: "sha-256=abc", 400),
    ],
)
def test_content_digest__over_the_bytes_as_sent(phone_of, header, status):
    siti = phone_of("siti")
    data = gzip.compress(json.dumps(siti.body()).encode())
    assert siti.post(data, **{"Content-Encoding": "gzip", "Content-Digest": header(data)}).status_code == status


@pytest.mark.parametrize(
    "change",
    [
        {"protocol": 2},
        {"protocol": None},
        {"protocol": "1"},
        {"protocol": True},
        {"outbox": None},
        {"outbox": ""},
        {"outbox": "x" * 65},
        {"outbox": "nul\u0000"},
        {"edits": {}},
        {"again": "D1"},
        {"epoch": 7},
    ],
    ids=str,
)
def test_envelope__unreadable__400(phone_of, change):
    siti = phone_of("siti")
    assert siti.post(siti.body(**change)).status_code == 400


@pytest.mark.parametrize(
    "change",
    [{"clock": None}, {"clock": {"now": 7}}, {"continues": 5}, {"new": 1}, {"again": None}, {"form": "9"}],
    ids=str,
)
def test_envelope__odd_but_readable__200(phone_of, change):
    siti = phone_of("siti")
    save_door(siti)
    assert verdicts(siti.send(**change)) == ["applied"]


def test_database_locked__503_and_nothing_acknowledged(phone_of, monkeypatch):
    siti = phone_of("siti")
    save_door(siti)

    def locked(*_args, **_more):
        raise OperationalError("insert", {}, Exception("database is locked"))

    monkeypatch.setattr("server.push.submit", locked)
    answer = siti.post(siti.body())
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    monkeypatch.undo()
    assert verdicts(siti.send()) == ["applied"]


def test_disk_full__507(phone_of, monkeypatch):
    siti = phone_of("siti")
    save_door(siti)

    def full(*_args, **_more):
        raise OperationalError("insert", {}, Exception("database or disk is full"))

    monkeypatch.setattr("server.push.submit", full)
    assert siti.post(siti.body()).status_code == 507


@pytest.mark.parametrize(
    "edits", [[None], [{}], [[]], ["x"], [{"n": "1"}], [{"n": 1.5, "id": "a"}], [{"id": "a", "patches": []}]], ids=str
)
def test_edit_without_number__refused_and_the_queue_goes_on(phone_of, edits):
    siti = phone_of("siti")
    answer = siti.post(siti.body([]) | {"edits": edits}).json
    assert verdicts(answer) == ["refused"]
    assert answer["applied_through"] == 1


def test_edit_without_number_between_others__only_that_one_refused(phone_of):
    siti = phone_of("siti")
    for _ in range(3):
        save_door(siti)
    del siti.queue[1]["n"]
    answer = siti.send()
    assert verdicts(answer) == ["applied", "refused", "applied"]
    assert answer["applied_through"] == 3


def test_bytes_flipped__never_a_fault(phone_of, door_of):
    import random

    siti = phone_of("siti")
    door_of(siti, members=2, outcome="selesai")
    body = json.dumps(siti.body()).encode()
    chance = random.Random(4)
    for _ in range(150):
        damaged = bytearray(body)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        assert siti.post(bytes(damaged)).status_code in {200, 400, 409}
    for cut in range(0, len(body), 97):
        assert siti.post(body[:cut]).status_code == 400


def test_odd_text_around_the_edits__never_a_fault(phone_of):
    siti = phone_of("siti")
    save_door(siti)
    for change in (
        {"epoch": "\ud800\u0000"},
        {"cursor": "\ud800"},
        {"again": ["\u0000\ud800"]},
        {"app": "\u0000\ud800"},
        {"form": "\ud800\u0000"},
    ):
        assert siti.post(json.dumps(siti.body(**change)).encode()).status_code in {200, 409}
    assert siti.client.get("/api/conflicts?area=%00").status_code == 404


def test_every_odd_value_in_every_field__never_a_fault(phone_of, door_of):
    from tests.sync.test_checking import FIELDS, ODD

    siti = phone_of("siti")
    household, family, (member,) = door_of(siti)
    event, visit = new_id(), new_id()
    siti.save(siti.patch("event", event, household=household, member=member, type="hamil", on="2026-11-01"))
    siti.save(siti.patch("visit", visit, household=household, outcome="selesai", on="2026-11-01"))
    siti.sync()
    ids = {"household": household, "family": family, "member": member, "event": event, "visit": visit}
    for value in ODD:
        for kind, record in ids.items():
            siti.save(siti.patch(kind, record, **{key: value for of, key in FIELDS if of == kind}))
        lists = {key: {"add": [value], "remove": [value]} for of, key in FIELDS if of == "household"}
        siti.save({**siti.patch("household", household), "adjust": lists})
    answer = siti.sync()
    assert set(verdicts(answer)) <= {"applied", "merged"}
