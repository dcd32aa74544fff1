"""The server's clock is years off, forwards and back: nothing is lost, nothing is a fault, and versions still only grow.

Before the day a kader's role began she is told that she may not (403) and keeps her outbox; that is all it does.
"""

import pytest

from tests.builders import DESA
from tests.contract.phone import Phone, new_id


@pytest.mark.parametrize("years", [[10, 0], [-10, 0], [-10, 10, -40, 0]])
def test_server_clock__years_off__nothing_lost_and_it_goes_on(world, sign_in, clock, years):
    right, saved, versions = clock.moment, [], []
    phones = [Phone(sign_in(world.person["siti"])) for _ in range(2)]
    for year in [0, *years]:
        clock.moment = right.replace(year=right.year + year)
        for phone in phones:
            phone.client = sign_in(world.person["siti"])
            saved.append(new_id())
            phone.save(phone.patch("household", saved[-1], dasawisma=f"{DESA}/D001"))
            if phone.records:
                phone.save(phone.patch("household", saved[0], **{f"f_{len(saved)}": str(year)}))
            if year < 0:
                assert phone.post(phone.body(phone.queue)).status_code == 403
                continue
            answer = phone.sync()
            assert {one["verdict"] for one in answer["verdicts"]} <= {"applied", "merged"}
            versions.append(max(one["version"] for one in phone.records.values()))
    for phone in phones:
        phone.sync()
        assert (phone.queue, set(phone.records)) == ([], set(saved))
    fields = set(phones[0].records[saved[0]]["fields"])
    assert {f"f_{number}" for number in range(3, len(saved) + 1)} <= fields
    assert versions == sorted(versions)
