"""Coverage and register from outside: sentences of the counting rules, each as a checker would try it over HTTP."""

import pytest

from tests.builders import DESA
from tests.contract.outsider import House, core, everything, questions

DW1, DW2, DW3 = (f"{DESA}/D00{number}" for number in (1, 2, 3))
STAGES = ("fresh", "complete", "known", "expected")


class Desk:
    """What the desa and the kecamatan do over HTTP."""

    def __init__(self, world, sign_in):
        self.world, self.sign_in = world, sign_in
        self.url = f"/api/register/{DESA}"
        self.open()

    def open(self, *phones):
        """Sessions end after a while: everybody signs in again."""
        self.budi, self.rahayu, self.kominfo = (
            self.sign_in(self.world.person[name]) for name in ("budi", "rahayu", "kominfo")
        )
        for phone in phones:
            phone.client = self.sign_in(self.world.person["siti"])

    def doors(self, code=DESA, **query):
        return self.cover(code, **query)["doors"]

    def cover(self, code=DESA, **query):
        answer = self.kominfo.get(f"/api/coverage/{code}", query_string=query)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        check(answer.json)
        return answer.json

    def accept(self, *houses):
        for one in houses:
            assert self.budi.post(f"{self.url}/doors/{one.id}", json={"action": "accept"}).status_code == 200

    def approve_register(self):
        assert self.rahayu.post(f"{self.url}/approve", json={}).status_code == 200

    def propose(self, house, reason="dibongkar", **more):
        return self.budi.post(f"{self.url}/changes", json={"household": house.id, "reason": reason, **more})

    def approve(self, proposed):
        return self.rahayu.post(f"{self.url}/changes/{proposed.json['id']}", json={"approve": True})

    def exclude(self, house, reason="dibongkar", **more):
        proposed = self.propose(house, reason, **more)
        assert proposed.status_code == 201, proposed.json
        assert self.approve(proposed).status_code == 200

    def target(self, dasawisma, doors):
        made = self.budi.post(f"{self.url}/targets", json={"dasawisma": dasawisma, "doors": doors})
        assert made.status_code == 201, made.json
        assert self.rahayu.post(f"{self.url}/targets/{made.json['id']}", json={"approve": True}).status_code == 200

    def ledger(self):
        return sum(line["doors"] for line in self.budi.get("/api/ledger/35.22").json)


def numbers(node, path=""):
    """Every count of a node by its path; shares and children left out."""
    for key, value in node.items():
        if key.startswith("percent") or key in ("children", "reference", "missing"):
            continue
        if isinstance(value, dict):
            yield from numbers(value, f"{path}/{key}")
        elif isinstance(value, int) and not isinstance(value, bool):
            yield f"{path}/{key}", value


def check(node):
    """Nested sets, outcomes, percentages and sums of a node."""
    doors = node["doors"]
    sizes = [doors[stage] for stage in STAGES]
    assert sizes == sorted(sizes), doors
    assert sum(doors["outcomes"].values()) == doors["expected"], doors
    if not node["children"]:
        assert doors["expected"] == max(doors["target"], doors["listed"]) - sum(doors["excluded"].values())
    assert doors["percent"] is None or doors["percent"] == doors["complete"] * 100 // doors["expected"]
    for unit in ("families", "members"):
        sizes = [node[unit][stage] for stage in STAGES]
        assert sizes == sorted(sizes), (unit, node[unit])
    if node["children"]:
        sums = {}
        for child in node["children"]:
            for path, value in numbers(child):
                sums[path] = sums.get(path, 0) + value
        assert sums == dict(numbers(node))


@pytest.fixture
def desk(world, sign_in):
    return Desk(world, sign_in)


@pytest.fixture
def form(desk):
    return desk.budi.get("/api/form").json


@pytest.fixture
def siti(phone_of):
    return phone_of("siti")


@pytest.fixture
def house(siti, form):
    """``house(DW1, people=2)`` -> a door that is not yet saved."""
    return lambda dasawisma=DW1, **more: House(siti, form, dasawisma, **more)


@pytest.fixture
def full(siti, form, desk, house):
    """Three complete doors and one nobody visited, in an approved register; 75 %."""
    doors = [house().save(), house().save(), house(DW2).save(), house(DW2).save(outcome=None)]
    siti.sync()
    desk.accept(*doors)
    desk.approve_register()
    assert desk.doors()["percent"] == 75
    return doors


@pytest.mark.parametrize("fill", [core, everything])
def test_complete__from_the_public_form_alone__is_reached(desk, house, siti, fill):
    one = house(people=4, fill=fill).save()
    siti.sync()
    assert [verdict["verdict"] for verdict in siti.verdicts.values()] == ["applied"]
    waiting = desk.doors()
    assert (waiting["expected"], waiting["pending"], waiting["known"], waiting["complete"]) == (1, 1, 1, 0)
    desk.accept(one)
    found = desk.cover()
    doors = found["doors"]
    assert (doors["complete"], doors["fresh"], doors["outcomes"]["selesai"], doors["pending"]) == (1, 1, 1, 0)
    assert (found["families"]["complete"], found["members"]["complete"]) == (1, 4)


def test_complete__any_unconditional_core_answer_missing__is_not_reached(desk, house, siti, form):
    doors, gaps = [], []
    for kind in ("household", "family", "member"):
        for item in questions(form, kind):
            if item["required"] and item["show_if"] is None:
                one = house()
                key = next(key for key, is_kind in one.kinds.items() if is_kind == kind)
                del one.answers[key][item["id"]]
                doors.append(one.save())
                gaps.append(item["id"])
    siti.sync()
    desk.accept(*doors)
    found = desk.doors()
    assert len(gaps) > 15
    assert (found["known"], found["complete"], found["fresh"]) == (len(doors), 0, 0)


def test_complete__nonresponse__up_to_a_tenth(desk, house, siti, form):
    """Marks on questions nothing hangs on; the number of questions asked is counted from the answers that matter."""
    plain = [item["id"] for item in questions(form, "household") if item["required"] and item["show_if"] is None]
    every, few, cleared = house(), house(), house()
    for key in plain:
        every.answers[every.id][key] = "tidak_tahu"
    few.answers[few.id]["alamat"] = "tidak_mau_menjawab"
    cleared.answers[cleared.id]["alamat"] = None
    for one in (every, few, cleared):
        one.save()
    siti.sync()
    assert {verdict["verdict"] for verdict in siti.verdicts.values()} == {"applied"}
    desk.accept(every, few, cleared)
    assert (desk.doors()["known"], desk.doors()["complete"]) == (3, 1)


def test_complete__nobody_lives_there__is_not_reached(desk, house, siti, form):
    empty, away, moved = house(people=0), house(), house()
    away.answers[away.people[0]]["status_tinggal"] = "merantau"
    moved.answers[moved.people[0]]["state"] = "moved"
    for one in (empty, away, moved):
        one.save()
    siti.sync()
    desk.accept(empty, away, moved)
    found = desk.cover()
    assert (found["doors"]["known"], found["doors"]["complete"], found["members"]["listed"]) == (3, 0, 0)


@pytest.mark.parametrize("outcome", ["tidak_di_rumah", "menolak", "kosong", "pindah", "dibongkar", "bukan_rumah_tinggal", "ganda", "bukan_dasawisma_ini"])  # fmt: skip
def test_known__only_three_outcomes_make_it(desk, house, siti, outcome):
    one, both = house().save(outcome), house().save("selesai")
    siti.sync()
    desk.accept(one, both)
    both.knock(outcome)
    siti.sync()
    found = desk.doors()
    assert (found["expected"], found["known"], found["complete"]) == (2, 1, 1)
    assert found["outcomes"][outcome] == 2, "the last knock says which outcome a door is in"


@pytest.mark.parametrize("outcome", ["sebagian", "tidak_berubah"])
def test_known__partial_and_unchanged_too(desk, house, siti, outcome):
    one = house()
    del one.answers[one.id]["alamat"]
    one.save(outcome)
    siti.sync()
    found = desk.doors()
    assert (found["known"], found["complete"], found["fresh"], found["outcomes"][outcome]) == (1, 0, 0, 1)


@pytest.mark.parametrize(("on", "fresh"), [("2026-05-23", 1), ("2026-05-22", 0), ("2026-11-23", 1)])
def test_fresh__window_edge__six_months_to_the_day(desk, house, siti, on, fresh):
    one = house().save(on=on)
    siti.sync()
    desk.accept(one)
    assert (desk.doors()["complete"], desk.doors()["fresh"]) == (1, fresh)


def test_fresh__future_visit__day_of_receipt_and_nothing_until_answered(desk, house, siti):
    one = house().save(on="2027-03-01")
    siti.sync()
    desk.accept(one)
    assert (desk.doors()["complete"], desk.doors()["fresh"]) == (1, 0)


def test_fresh__jakarta_midnight__is_the_border(desk, house, siti, clock):
    """00:30 in Jakarta is still yesterday in UTC."""
    clock.forward(hours=16, minutes=30)
    one = house().save(on=None)
    siti.today = "2026-11-24"
    siti.sync()
    desk.accept(one)
    assert desk.cover()["as_of"] == "2026-11-24"
    assert desk.doors(as_of="2026-11-23")["listed"] == 0, "received after midnight in Jakarta"


def test_pending__added_by_a_kader__in_expected_at_once(full, desk, house, siti):
    house().save()
    siti.sync()
    found = desk.doors()
    assert (found["expected"], found["complete"], found["percent"], found["pending"]) == (5, 3, 60, 1)


def test_exclusion__two_people_reason_and_ledger(full, desk, siti):
    empty = full[3]
    assert desk.propose(empty, "kosong").json["code"] == "register.too_early"
    empty.knock("kosong", "2026-11-10")
    empty.knock("kosong", "2026-11-16")
    siti.sync()
    assert desk.propose(empty, "kosong").json["code"] == "register.too_early"
    empty.knock("kosong", "2026-11-17")
    siti.sync()
    proposed = desk.propose(empty, "kosong")
    assert proposed.status_code == 201
    assert desk.doors()["expected"] == 4
    assert desk.budi.post(f"{desk.url}/changes/{proposed.json['id']}", json={"approve": True}).status_code == 403
    assert desk.approve(proposed).status_code == 200
    found = desk.doors()
    assert (found["listed"], found["expected"], found["excluded"]["kosong"], found["percent"]) == (4, 3, 1, 100)
    assert found["percent_of_listed"] == 75
    assert desk.ledger() == 1


def test_exclusion__closed_house__expected_again_after_six_months(full, desk, siti, clock):
    for day in ("2026-11-10", "2026-11-17"):
        full[3].knock("kosong", day)
    siti.sync()
    desk.exclude(full[3], "kosong")
    clock.forward(days=179)
    desk.open()
    assert desk.cover()["as_of"] == "2027-05-21"
    assert desk.doors()["expected"] == 3
    clock.forward(days=5)
    desk.open()
    assert desk.doors()["expected"] == 4
    assert desk.doors(as_of="2027-05-21")["expected"] == 3, "what it was stays"


def test_kosong__somebody_met_since__or_lapsed__asks_for_two_new_visits(full, desk, siti, clock):
    for day in ("2026-11-01", "2026-11-09"):
        full[2].knock("kosong", day)
        full[3].knock("kosong", day)
    full[2].knock("sebagian", "2026-11-20")
    siti.sync()
    assert desk.propose(full[2], "kosong").json["code"] == "register.too_early"
    desk.exclude(full[3], "kosong")
    clock.forward(days=200)
    desk.open(siti)
    assert desk.propose(full[3], "kosong").json["code"] == "register.too_early"


def test_kosong__two_visits_of_days_the_server_has_not_seen__do_not_count(full, desk, siti):
    """A kader cannot put two knocks a week apart into one afternoon by naming a day to come."""
    full[3].knock("kosong")
    full[3].knock("kosong", "2026-12-05")
    siti.sync()
    assert desk.propose(full[3], "kosong").json.get("code") == "register.too_early"


def test_basis__none__shows_at_every_level_how_many_desa_are_missing(full, desk):
    assert desk.cover()["basis"] == "register"
    for code, missing in (("35.22.14", 1), ("35.22", 2)):
        found = desk.cover(code)
        assert (found["basis"], found["missing"], found["doors"]["percent"]) == ("none", missing, None)
        assert found["doors"]["percent_fresh"] is None


def test_percent__floored(desk, house, siti):
    doors = [house().save() for _ in range(199)] + [house(DW2).save(outcome=None)]
    for start in range(0, 200, 20):
        siti.send(siti.queue[start : start + 20])
    desk.accept(*doors)
    desk.approve_register()
    assert (desk.doors()["complete"], desk.doors()["expected"], desk.doors()["percent"]) == (199, 200, 99)


def test_deleted_or_merged_household__stays_expected(full, desk, siti, phone_of):
    """A kader deletes, the office joins records: neither takes a door from the list."""
    siti.save(siti.patch("household", full[3].id, state="deleted", state_reason="salah"))
    siti.sync()
    assert (desk.doors()["expected"], desk.doors()["percent"]) == (4, 75)
    office = phone_of("budi")
    office.sync()
    office.save(office.patch("household", full[1].id, state="merged", merged_into=full[0].id))
    office.sync()
    found = desk.doors()
    assert (found["listed"], found["expected"]) == (4, 4)
    assert found["percent"] <= 75


def test_transfer__between_dasawisma__sums_hold_and_desa_stays(full, desk, siti):
    siti.save(siti.patch("household", full[0].id, dasawisma=DW2))
    siti.sync()
    assert (desk.doors()["expected"], desk.doors(DW1)["expected"], desk.doors(DW2)["expected"]) == (4, 1, 3)


def test_transfer__into_places_typed_but_not_listed__does_not_lower_expected(full, desk, siti):
    """Doors moved to where some are still missing would otherwise swallow the missing ones without a ledger line."""
    desk.target(DW1, 2)
    desk.target(DW2, 5)
    before = desk.doors()
    assert (before["expected"], before["unlisted"]) == (7, 3)
    siti.save(siti.patch("household", full[0].id, dasawisma=DW2))
    siti.sync()
    one = desk.doors()
    siti.save(siti.patch("household", full[1].id, dasawisma=DW2))
    siti.sync()
    after = desk.doors()
    fell = 7 - min(one["expected"], after["expected"])
    assert fell <= desk.ledger(), (before["expected"], one["expected"], after["expected"])


def test_transfer__of_more_than_the_target__does_not_lower_expected(full, desk, siti):
    desk.target(DW1, 1)
    desk.target(DW2, 5)
    before = desk.doors()
    assert before["expected"] == 7
    siti.save(siti.patch("household", full[0].id, dasawisma=DW2))
    siti.sync()
    assert before["expected"] - desk.doors()["expected"] <= desk.ledger()


def test_as_of__late_work__does_not_change_a_past_percentage(full, desk, siti, clock):
    past = desk.cover(as_of="2026-11-23")
    clock.forward(days=3)
    siti.today = "2026-11-26"
    full[3].knock("selesai", "2026-11-20")
    siti.save(
        siti.patch("household", full[0].id, alamat=None),
        siti.patch("member", full[1].people[0], state="deleted", state_reason="x"),
    )
    siti.sync()
    desk.exclude(full[2], "ganda")
    desk.target(DW1, 9)
    assert desk.cover(as_of="2026-11-23") == past
    assert desk.doors()["complete"] == 1, "the fourth alone"


def test_taps__third_in_a_row__does_not_refresh(full, desk, siti, clock):
    for days, fresh in ((100, 3), (100, 3), (160, 3), (30, 0)):
        clock.forward(days=days)
        desk.open(siti)
        siti.today = clock.moment.date().isoformat()
        seq = max(area["seq"] for area in siti.scope)
        for one in full[:3]:
            one.knock("tidak_berubah", seen=seq)
        siti.sync()
        found = desk.doors()
        assert (found["complete"], found["fresh"]) == (3, fresh), days
