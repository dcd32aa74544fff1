"""Whatever people do: sets stay nested, children sum, cache and recount and brute force agree, past days stay."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.aggregates.recount import differences
from models.calendar import day_of
from models.register import Door, RegisterState
from models.territory import Area
from server.transaction import snapshot, write
from tests.builders import DESA
from tests.models.aggregates.brute import recount
from tests.models.aggregates.doors import BORN, FORM, MARITAL, NAME, RESIDENCE, House
from tests.models.aggregates.phone import Phone, patches_of, visit_of
from tests.models.aggregates.test_coverage import check

OUTCOMES = [choice.value for choice in FORM.field("visit", "outcome").choices]
KNOWING = ["selesai", "selesai", "sebagian", "tidak_berubah", "tidak_berubah"]


class Village:
    """People doing things at random, over HTTP."""

    def __init__(self, world, sign_in, clock):
        self.world, self.sign_in, self.clock = world, sign_in, clock
        self.phone = Phone(None, clock)
        self.houses, self.past = [], {}

    def client(self, name):
        return self.sign_in(self.world.person[name])

    def save(self, patches):
        self.phone.client = self.client("siti")
        return self.phone.save(patches, self.today())

    def today(self):
        return day_of(self.clock()).isoformat()

    def act(self, dice):
        action = dice.choice(
            ["survey", "survey", "visit", "visit", "answer", "state", "accept", "register", "time", "event"]
        )
        if self.houses or action in ("survey", "time"):
            getattr(self, action)(dice)

    def survey(self, dice):
        house = House(dasawisma=f"{DESA}/{dice.choice(['D001', 'D002'])}")
        for _ in range(dice.randint(0, 3)):
            born = f"{dice.randint(1940, 2026)}-{dice.randint(1, 12):02}-15"
            residence = dice.choice(["menetap", "menetap", "merantau", "kontrak_kos"])
            house.member(
                sex=dice.choice("LP"),
                born=born,
                **{RESIDENCE: residence, MARITAL: dice.choice(["kawin", "belum_kawin"])},
            )
        house.fill(day_of(self.clock()))
        extra = [visit_of(house.id, dice.choice(OUTCOMES + KNOWING), self.today())] if dice.random() < 0.8 else []
        self.save([*patches_of(house), *extra])
        self.houses.append(house)

    def visit(self, dice):
        house, back = dice.choice(self.houses), timedelta(days=dice.choice([0, 0, 3, 40, -2]))
        on = (day_of(self.clock()) - back).isoformat()
        self.save([visit_of(house.id, dice.choice(OUTCOMES + KNOWING), on, self.phone.seq)])

    def answer(self, dice):
        house = dice.choice(self.houses)
        if not house.members:
            return
        key = dice.choice(list(house.members))
        field, value = dice.choice(
            [(NAME, None), (NAME, "Siti"), (BORN, "2021-12-01"), (NAME, "tidak_tahu"), (RESIDENCE, "merantau")]
        )
        self.save([{"kind": "member", "id": key, "base": self.phone.seq, "set": {field: value}}])

    def state(self, dice):
        house = dice.choice(self.houses)
        kind, keys = dice.choice(
            [("member", list(house.members)), ("household", [house.id]), ("family", list(house.families))]
        )
        if keys:
            given = {"state": dice.choice(["moved", "died", "deleted", "active"]), "state_reason": "x"}
            self.save([{"kind": kind, "id": dice.choice(keys), "base": self.phone.seq, "set": given}])

    def event(self, dice):
        house = dice.choice(self.houses)
        if not house.members:
            return
        fields = {"household": house.id, "member": dice.choice(list(house.members)), "on": self.today()}
        fields["type"] = dice.choice(["hamil", "melahirkan", "meninggal"])
        self.save([{"kind": "event", "id": House().id, "base": 0, "set": fields}])

    def accept(self, dice):
        house = dice.choice(self.houses)
        self.client("budi").post(
            f"/api/register/{DESA}/doors/{house.id}", json={"action": dice.choice(["accept", "restore"])}
        )

    def register(self, dice):
        budi, rahayu, url = self.client("budi"), self.client("rahayu"), f"/api/register/{DESA}"
        kind = dice.choice(["exclude", "merge", "target", "approve"])
        if kind == "target":
            budi.post(f"{url}/targets", json={"dasawisma": f"{DESA}/D001", "doors": dice.randint(0, 9)})
        elif kind == "approve":
            assert rahayu.post(f"{url}/approve").status_code == 200
        else:
            body = {"household": dice.choice(self.houses).id, "other": dice.choice(self.houses).id, "kind": kind}
            budi.post(f"{url}/changes", json=body | {"reason": dice.choice(["kosong", "ganda", "dibongkar"])})
        for one in budi.get(url).json["changes"]:
            rahayu.post(f"{url}/changes/{one['id']}", json={"approve": dice.random() < 0.8})

    def time(self, dice):
        self.past[self.today()] = self.coverage()
        self.clock.forward(days=dice.choice([1, 5, 30, 200]))

    def coverage(self, **query):
        return self.client("budi").get(f"/api/coverage/{DESA}", query_string=query).json


@pytest.fixture
def village(app, world, sign_in, clock):
    with write() as session:
        session.add(
            RegisterState(desa=world.area[DESA], state="approved", version=1, approved_at=clock(), approved_by=1)
        )
    return Village(world, sign_in, clock)


def compare(village, keyring):
    found = village.coverage()
    check(found)
    with snapshot() as session:
        desa, day = village.world.area[DESA], day_of(village.clock())
        assert list(differences(session, keyring, FORM, desa, day)) == []
        for place, wanted in recount(session, keyring, desa, day).items():
            code = session.get_one(Area, place).code
            shown = village.client("budi").get(f"/api/coverage/{code}").json
            doors, people = shown["doors"], shown["members"]
            outcomes = {key: number for key, number in doors["outcomes"].items() if number}
            got = {key: doors[key] for key in ("listed", "expected", "known", "complete", "fresh")}
            got |= {"outcomes": outcomes, "people": people["listed"], "complete_people": people["complete"]}
            assert got == wanted
        assert found["doors"]["listed"] == session.query(Door).where(Door.removed_at.is_(None)).count()


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 2**32))
def test_counting__random_deeds__everything_agrees(village, keyring, seed):
    dice = random.Random(seed)
    for _ in range(10):
        village.act(dice)
    compare(village, keyring)
    for day, shown in village.past.items():
        assert village.coverage(as_of=day) == shown, day


def test_expected__never_falls_without_a_ledger_line(village, keyring):
    from models.register import Ledger

    dice = random.Random(7)
    for _ in range(60):
        before = village.coverage()["doors"]
        with snapshot() as session:
            lines = session.query(Ledger).count()
        village.act(dice)
        after = village.coverage()["doors"]
        with snapshot() as session:
            written = session.query(Ledger).count() > lines
        assert after["expected"] >= before["expected"] or written
