"""A summary stands until its recheck day: nobody's age and no mother's status turns before it."""

import random
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.aggregates.door import summarise
from tests.models.aggregates.doors import FORM, MARITAL, RESIDENCE, House
from tests.models.aggregates.test_door import behind

TODAY = date(2026, 11, 23)
FAR = 400


def random_house(dice):
    house = House()
    for _ in range(dice.randint(1, 3)):
        born = TODAY - timedelta(days=dice.randint(-20, 366 * dice.choice([2, 8, 20, 55, 70])))
        given = {
            RESIDENCE: dice.choice(["menetap", "menetap", "merantau"]),
            MARITAL: dice.choice(["kawin", "belum_kawin"]),
        }
        key = house.member(sex=dice.choice("LPP"), born=born.isoformat(), **given)
        for _ in range(dice.randint(0, 2)):
            on = TODAY - timedelta(days=dice.randint(-10, 320))
            kind = dice.choice(["hamil", "melahirkan", "nifas", "menyusui", "keguguran"])
            more = {FORM.role("event", "breastfed"): dice.choice([True, False])} if kind == "melahirkan" else {}
            house.event(kind, on.isoformat(), key, **more)
    return house.fill(TODAY).visit()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_summary__until_its_recheck_day__stays(seed):
    dice = random.Random(seed)
    one = behind(random_house(dice))
    first = replace(summarise(FORM, one, TODAY), recheck_on=None)
    until = summarise(FORM, one, TODAY).recheck_on or TODAY + timedelta(days=FAR)
    last = min(until, TODAY + timedelta(days=FAR)) - timedelta(days=1)
    days = {last, *(TODAY + timedelta(days=dice.randint(0, max((last - TODAY).days, 0))) for _ in range(4))}
    for day in days:
        if day >= TODAY:
            assert replace(summarise(FORM, one, day), recheck_on=None) == first, day
