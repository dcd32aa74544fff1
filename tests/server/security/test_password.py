import pytest

from models.problems import Problem
from server.security.password import check_password, set_password
from server.transaction import write


@pytest.fixture
def budi(world, clock):
    with write() as session:
        set_password(session, world.person["budi"], "Budi.Kapas", "sandi yang panjang")
    return world.person["budi"]


def attempt(username, password, moment):
    with write() as session:
        found = check_password(session, username, password, moment)
    return found.code if isinstance(found, Problem) else found


def test_password__right__person(budi, clock):
    assert attempt(" budi.KAPAS ", "sandi yang panjang", clock()) == budi


def test_password__wrong_or_unknown__same_words(budi, clock):
    assert attempt("budi.kapas", "x", clock()) == "session.wrong_password"
    assert attempt("tidak.ada", "x", clock()) == "session.wrong_password"


def test_password__five_failures__waits_and_recovers(budi, clock):
    for _ in range(5):
        attempt("budi.kapas", "x", clock())
    assert attempt("budi.kapas", "sandi yang panjang", clock()) == "session.throttled"
    clock.forward(seconds=6)
    assert attempt("budi.kapas", "sandi yang panjang", clock()) == budi
    assert attempt("budi.kapas", "x", clock()) == "session.wrong_password"
