"""Browsers: clients that take pages, signed in or not."""

import pytest

from tests.builders import DESA
from tests.contract.phone import Phone, new_id


@pytest.fixture
def browser(app):
    """A browser nobody signed in with."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


@pytest.fixture
def sign_in(sign_in):
    """``sign_in(person_id)`` -> a browser carrying that person's session."""

    def make(person_id, device_id=None):
        client = sign_in(person_id, device_id)
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        return client

    return make


@pytest.fixture
def phone_of(app, world, sign_in):
    """``phone_of("siti")`` -> a phone of that person, which syncs."""
    return lambda name: Phone(sign_in(world.person[name]))


@pytest.fixture
def house():
    """``house(phone, "D002", name="Siti Aminah")`` -> ids of a synced door with one named member and a visit."""

    def make(phone, dasawisma="D001", name="Siti Aminah", outcome="sebagian"):
        household, family, member = new_id(), new_id(), new_id()
        phone.save(
            phone.patch("household", household, dasawisma=f"{DESA}/{dasawisma}", alamat="Jl. Melati 7"),
            phone.patch("family", family, household=household),
            phone.patch("member", member, household=household, family=family, nama=name, jenis_kelamin="P"),
            phone.patch("visit", new_id(), household=household, on=phone.today, seen=0, outcome=outcome),
        )
        phone.sync()
        return household, family, member

    return make
