"""Two phones with one past: what both were about to send is both of theirs."""

import copy

import pytest

from tests.contract.phone import new_id


@pytest.fixture
def clones(phone_of, door_of):
    """(a phone, its clone, a door both know, an edit both hold unsent)."""
    phone = phone_of("siti")
    door, _, _ = door_of(phone)
    phone.sync()
    common = phone.save(phone.patch("household", door, alamat="bersama"))
    clone = copy.copy(phone)
    for name in ("queue", "ids", "records", "verdicts", "inbox"):
        setattr(clone, name, copy.deepcopy(getattr(phone, name)))
    return phone, clone, door, common


def fork(phone, through):
    """Take a new outbox that goes on from the old one, and renumber what is unsent."""
    unsent = [edit for edit in phone.queue if edit["n"] > through]
    phone.continues = {"outbox": phone.outbox, "through": through}
    phone.outbox, phone.n, phone.ids, phone.queue = new_id(), 0, {0: None}, []
    for edit in unsent:
        phone.n += 1
        phone.ids[phone.n] = edit["id"]
        phone.queue.append({**edit, "n": phone.n})


@pytest.mark.parametrize("at_once", [True, False], ids=["one request", "two requests"])
def test_clone__edit_both_held__is_its_own_work_after_the_fork(clones, at_once):
    phone, clone, door, common = clones
    settled = common["n"] - 1
    clone.save(clone.patch("household", door, alamat="sesudahnya"))
    phone.save(phone.patch("household", door, nomor_rumah="7"))
    phone.sync()
    assert {verdict["verdict"] for verdict in clone.send(clone.queue)["verdicts"]} == {"fork"}
    fork(clone, settled)
    if not at_once:
        clone.apply(clone.send(clone.queue[:1]))
    clone.sync()
    said = clone.verdicts
    assert [said[n]["verdict"] for n in (1, 2)] == ["repeated", "applied"]
    assert clone.records[door]["fields"]["alamat"] == "sesudahnya"
    assert clone.records[door]["fields"]["nomor_rumah"] == "7"


def test_clone__edit_of_another_person__is_not_her_own(clones, phone_of):
    phone, _, door, common = clones
    phone.sync()
    office = phone_of("budi")
    office.sync()
    base = office.base(door)
    office.save(office.patch("household", door, alamat="bersama"), id=common["id"])
    phone.save(phone.patch("household", door, alamat="siti lagi"))
    phone.sync()
    office.save(office.patch("household", door, base=base - 1, alamat="budi"))
    office.sync()
    assert [office.verdicts[n]["verdict"] for n in (1, 2)] == ["repeated", "merged"]
