"""What the desa decides about a door reaches the kader's phone without an edit."""

from tests.builders import DESA


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
