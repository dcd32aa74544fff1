"""Real phones on a server that is backed up and restored by the real commands."""

import json

import pytest

from models.database import db
from tests.builders import DESA
from tests.contract.keeper import Keeper
from tests.contract.phone import new_id
from tests.server.cli.conftest import dawis

__all__ = ["dawis"]


@pytest.fixture
def phone_of(world, sign_in):
    """``phone_of("siti")`` -> a new phone of that person that keeps what it sent."""
    return lambda name: Keeper(sign_in(world.person[name]))


@pytest.fixture
def work():
    """``work(phone, doors, dasawisma="D001")`` queues edits, each a new door with a family and a member; the doors' ids."""

    def make(phone, doors=1, dasawisma="D001"):
        made = []
        for number in range(doors):
            household, family = new_id(), new_id()
            phone.save(
                phone.patch("household", household, dasawisma=f"{DESA}/{dasawisma}", catatan=f"rumah {number}"),
                phone.patch("family", family, household=household),
                phone.patch("member", new_id(), household=household, family=family, nama="Siti Rahasia"),
            )
            made.append(household)
        return made

    return make


@pytest.fixture
def backup(dawis):
    """``backup()`` -> the path of a new backup."""

    def make(*arguments: str) -> str:
        result = dawis("backup", "--json", *arguments)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)["file"]

    return make


@pytest.fixture
def restore(dawis):
    """``restore(file)`` -> what the command says; the server lives on, as behind gunicorn."""

    def put_back(file: str, *arguments: str) -> dict:
        db.session.remove()
        result = dawis("restore", file, "--force", "--json", *arguments)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout.splitlines()[-1])

    return put_back


@pytest.fixture
def verify(dawis):
    """``verify()`` or ``verify(file)`` -> whether the command says YA, and its parts."""

    def look(*arguments: str) -> tuple[bool, dict]:
        result = dawis("verify", "--json", *arguments)
        told = json.loads(result.stdout.splitlines()[-1])
        assert result.exit_code == (0 if told["ok"] else 1), result.output
        return told["ok"], told["parts"]

    return look
