"""What the desa decides about a door reaches the kader's phone without an edit."""

from tests.builders import DESA
from tests.contract.phone import new_id


def test_accepted_door__phone_is_told_by_a_new_version(phone_of, door_of, sign_in, world):
    siti, budi = phone_of("siti"), sign_in(world.person["budi"])
    household, *_ = door_of(siti, "D001", outcome="selesai")
    siti.sync()
    before = siti.records[household]
    assert before["accepted"] is False
    answer = budi.post(f"/api/register/{DESA}/doors/{household}", json={"action": "accept"})
    assert answer.status_code == 200, answer.text
    siti.sync()
    after = siti.records[household]
    assert after["version"] > before["version"]
    assert after.get("accepted", True) is True
    assert after["fields"] == before["fields"]
    again = budi.post(f"/api/register/{DESA}/doors/{household}", json={"action": "accept"})
    assert again.status_code == 409
    siti.save(siti.patch("household", household, base=before["version"], alamat="Jl. Baru"))
    assert siti.sync()["verdicts"][0]["verdict"] == "applied"


def test_confirmed__visit_made_earlier_than_its_edit_says__counts_from_the_visit(phone_of, door_of):
    siti = phone_of("siti")
    household, *_ = door_of(siti, "D001")
    siti.sync()
    visit = siti.patch("visit", new_id(), household=household, on="2026-11-20", outcome="selesai", seen=0)
    siti.save(visit, visited_on=None)
    siti.sync()
    assert siti.records[household]["confirmed_on"] == "2026-11-20"
