import pytest

from tests.builders import DESA
from tests.contract.phone import Phone, new_id


@pytest.fixture
def phone_of(world, sign_in):
    """``phone_of("siti")`` -> a new phone of that person."""
    return lambda name: Phone(sign_in(world.person[name]))


@pytest.fixture
def door_of():
    """``door_of(phone, "D001", members=2)`` queues one edit with a whole door; returns its ids."""

    def make(phone, dasawisma="D001", members=1, **visit):
        household, family = new_id(), new_id()
        people = [new_id() for _ in range(members)]
        patches = [
            phone.patch("household", household, dasawisma=dasawisma if "/" in dasawisma else f"{DESA}/{dasawisma}"),
            phone.patch("family", family, household=household),
            *[phone.patch("member", one, household=household, family=family) for one in people],
        ]
        if visit:
            patches.append(phone.patch("visit", new_id(), household=household, on=phone.today, seen=0, **visit))
        phone.save(*patches)
        return household, family, people

    return make
