"""Outboxes: forks, and one author's line of work through the outboxes she continued."""

import pytest

from tests.builders import DESA
from tests.contract.phone import Phone, new_id


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


@pytest.fixture
def cloned(phone_of, door_of):
    """A phone and its clone, which forked after n = 1; returns both and their door."""
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    clone = Phone(siti.client)
    clone.records, clone.cursor, clone.epoch = dict(siti.records), siti.cursor, siti.epoch
    clone.continues = {"outbox": siti.outbox, "through": 1}
    return siti, clone, household


def test_continued_outbox__old_base__no_conflict_with_its_past(cloned):
    siti, clone, household = cloned
    clone.save(clone.patch("household", household, base=0, alamat="dari salinan"))
    assert verdicts(clone.sync()) == ["applied"]
    assert clone.inbox == []
    assert siti.client.get("/api/conflicts").json == []


def test_continued_outbox__what_the_other_phone_did_later_is_foreign(cloned):
    siti, clone, household = cloned
    siti.save(siti.patch("household", household, alamat="telepon lama"))
    siti.sync()
    clone.save(clone.patch("household", household, alamat="salinan"))
    assert verdicts(clone.sync()) == ["merged"]


def test_continued_twice__line_is_transitive(cloned):
    siti, clone, household = cloned
    clone.save(clone.patch("household", household, base=0, alamat="satu"))
    clone.sync()
    third = Phone(siti.client)
    third.continues = {"outbox": clone.outbox, "through": 1}
    third.save(third.patch("household", household, base=0, alamat="dua", lain=1))
    assert verdicts(third.sync()) == ["applied"]


def test_continues_somebody_elses_outbox__is_passed_over(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.save(siti.patch("household", household, alamat="Jl. Siti"))
    siti.sync()
    sri.continues = {"outbox": siti.outbox, "through": 9}
    sri.save(sri.patch("household", household, base=0, alamat="Jl. Sri"))
    assert verdicts(sri.send()) == ["merged"]


def test_outbox__two_phones_one_name__second_forks(phone_of):
    siti = phone_of("siti")
    twin = Phone(siti.client)
    twin.outbox = siti.outbox
    for phone in (siti, twin):
        phone.save(phone.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    assert verdicts(siti.send()) == ["applied"]
    assert verdicts(twin.send()) == ["fork"]
    assert len(siti.sync()["verdicts"]) == 1


def test_pull_only__tells_how_far_an_outbox_is_and_makes_none(phone_of):
    siti = phone_of("siti")
    answer = siti.send(edits=[])
    assert (answer["applied_through"], answer["applied_id"]) == (0, None)
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    siti.send()
    answer = siti.send(edits=[])
    assert (answer["applied_through"], answer["applied_id"]) == (1, siti.ids[1])
    sri = phone_of("sri")
    assert sri.send(edits=[], outbox=siti.outbox)["applied_through"] == 0


def test_same_edit_twice_in_one_request__repeated(phone_of):
    siti = phone_of("siti")
    edit = siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    assert verdicts(siti.send([edit, edit, {**edit, "n": 2}])) == ["applied", "repeated", "repeated"]
    assert siti.send(edits=[])["applied_through"] == 2


def test_repeated__of_somebody_else__tells_no_values(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    siti.save(siti.patch("household", household, alamat="Jl. Siti"))
    siti.sync()
    sri.save(sri.patch("household", household, alamat="Jl. Sri"))
    sri.sync()
    budi = phone_of("budi")
    budi.save(budi.patch("household", household, alamat="x"), id=sri.ids[1])
    was = budi.send()["verdicts"][0]["was"]
    assert (was["verdict"], was["fate"], "lost" in was) == ("merged", "merged", False)
