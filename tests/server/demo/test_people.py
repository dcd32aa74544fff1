"""Invented people."""

from datetime import date
from random import Random

from models.form.nik import is_nik
from server.demo.people import FEMALE, FIRST_SERIAL, HEAD, REGION, WIFE, Registry

DAY = date(2026, 2, 1)


def doors(seed: int = 1):
    registry = Registry(Random(seed), DAY)
    return [registry.door() for _ in range(300)]


def test_door__same_seed__same_people():
    assert doors() == doors()
    assert doors() != doors(2)


def test_door__everybody__is_plausible():
    families = [family for door in doors() for family in door]
    people = [person for family in families for person in family.people]
    assert len({person.nik for person in people}) == len(people)
    assert len({family.number for family in families}) == len(families)
    assert all(family.people[0].kinship == HEAD for family in families)
    for person in people:
        assert is_nik(person.nik)
        assert person.born <= DAY
        assert int(person.nik[6:8]) == person.born.day + (40 if person.sex == FEMALE else 0)
        assert person.kinship != WIFE or person.sex == FEMALE


def test_door__nik__has_a_serial_nobody_gets():
    for person in (person for door in doors() for family in door for person in family.people):
        assert person.nik.startswith(REGION)
        assert int(person.nik[-4:]) >= FIRST_SERIAL
