"""The server's clock is years off, forwards and back: nothing it stores is lost, and numbers still only grow."""

import pytest

from tests.builders import DESA
from tests.contract.phone import Phone, new_id


@pytest.mark.parametrize("years", [[10, 0], [-10, 0], [-10, 10, -40, 0]])
def test_server_clock__years_off__pushes_and_pulls_go_on(world, sign_in, clock, years):
    right, saved, versions = clock.moment, [], []
    phones = [Phone(sign_in(world.person["siti"])) for _ in range(2)]
    for year in [0, *years]:
        clock.moment = right.replace(year=right.year + year)
        for phone in phones:
            client = sign_in(world.person["siti"])
            phone.client = client
            door = new_id()
            phone.save(phone.patch("household", door, dasawisma=f"{DESA}/D001", f_satu=str(year)))
            if saved:
                phone.save(phone.patch("household", saved[0], **{f"f_{len(saved)}": str(year)}))
            answer = phone.sync()
            assert {one["verdict"] for one in answer["verdicts"]} <= {"applied", "merged"}
            saved.append(door)
            versions.append(max(one["version"] for one in phone.records.values()))
    for phone in phones:
        phone.sync()
        assert set(phone.records) == set(saved)
        first = phone.records[saved[0]]["fields"]
        assert {f"f_{number}" for number in range(1, len(saved))} <= set(first)
    assert versions == sorted(versions)
