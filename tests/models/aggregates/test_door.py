"""What one door is: known, complete, fresh, its outcome; and who is counted."""

from datetime import date

import pytest

from models.aggregates.door import summarise
from models.aggregates.opened import Asked, Behind, Confirmation, Visit
from tests.models.aggregates.doors import FORM, NAME, RESIDENCE, House

TODAY = date(2026, 11, 23)


def behind(house, origin="import", accepted_at=None):
    visits = [
        Visit(one["id"], number, one["outcome"], date.fromisoformat(one["on"]))
        for number, one in enumerate(house.visits)
    ]
    confirming = [
        Confirmation(date.fromisoformat(one["on"]), one["seen"], one["outcome"], one["id"], one["withheld"])
        for one in house.visits
        if one["outcome"] in ("selesai", "tidak_berubah")
    ]
    return Behind(house.id, origin, accepted_at, house.door(), visits, confirming)


def summary(house, as_of=TODAY, **more):
    return summarise(FORM, behind(house, **more), as_of)


@pytest.fixture
def house():
    house = House()
    house.member()
    return house.fill().visit()


def test_summarise__everything_answered_and_visited__complete_and_fresh(house):
    found = summary(house)
    assert (found.outcome, found.is_known, found.is_complete, found.missing) == ("selesai", True, True, 0)
    assert (found.confirmed_on, found.fresh_until, found.fresh_by_tap) == (date(2026, 11, 20), date(2027, 5, 20), False)
    assert (found.families, found.members) == (1, 1)


def test_summarise__answers_but_no_visit__neither_known_nor_complete(house):
    house.visits.clear()
    found = summary(house)
    assert (found.outcome, found.is_known, found.is_complete) == ("belum", False, False)


def test_summarise__visit_of_an_import__does_not_make_known(house):
    one = behind(house)
    one.visits = [Visit("v", 1, "selesai", TODAY, is_prefill=True)]
    found = summarise(FORM, one, TODAY)
    assert (found.outcome, found.is_known, found.is_complete) == ("belum", False, False)


@pytest.mark.parametrize(
    ("outcome", "is_known"),
    [("sebagian", True), ("tidak_berubah", True), ("menolak", False), ("tidak_di_rumah", False), ("kosong", False)],
)
def test_summarise__outcome__decides_known(house, outcome, is_known):
    house.visits.clear()
    found = summary(house.visit(outcome))
    assert (found.outcome, found.is_known, found.is_complete) == (outcome, is_known, is_known)


def test_summarise__later_refusal__keeps_what_is_known(house):
    found = summary(house.visit("menolak", on="2026-11-21"))
    assert (found.outcome, found.is_known, found.is_complete) == ("menolak", True, True)


def test_summarise__one_answer_missing__known_only(house):
    del next(iter(house.members.values()))[NAME]
    found = summary(house)
    assert (found.is_known, found.is_complete, found.missing) == (True, False, 1)


def test_summarise__nonresponse__up_to_a_tenth(house):
    member = next(iter(house.members.values()))
    asked = [key for key in member if FORM.field("member", key) and FORM.field("member", key).required]
    member[NAME] = "tidak_tahu"
    assert summary(house).is_complete
    for key in asked[:8]:
        member[key] = "tidak_mau_menjawab"
    found = summary(house)
    assert found.nonresponse > 4
    assert not found.is_complete


def test_summarise__nobody_counted__never_complete(house):
    member = next(iter(house.members.values()))
    member[RESIDENCE] = "merantau"
    found = summary(house)
    assert (found.members, found.away, found.is_complete) == (0, 1, False)
    assert found.counts.get("krt") is None


def test_summarise__added_by_kader__waits_for_the_desa(house):
    found = summary(house, origin="kader")
    assert (found.is_pending, found.is_known, found.is_complete) == (True, True, False)
    accepted = summary(house, origin="kader", accepted_at="yes")
    assert (accepted.is_pending, accepted.is_complete) == (False, True)


def test_summarise__moved_member__not_asked_nor_counted(house):
    gone = house.member(kin="anak", born="2000-01-01")
    house.members[gone]["state"] = "moved"
    found = summary(house)
    assert (found.members, found.missing, found.is_complete) == (1, 0, True)


def test_summarise__recheck__when_an_age_turns():
    house = House()
    house.member(born="2021-12-01", sex="L")
    found = summary(house.fill(TODAY).visit())
    assert found.counts["balita_l"] == 1
    assert found.recheck_on == date(2026, 12, 1)
    later = summary(house, as_of=date(2026, 12, 1))
    assert "balita_l" not in later.counts
    assert later.missing > 0


def test_summarise__pregnancy__from_events_only(house):
    member = next(iter(house.members))
    house.event("hamil", "2026-10-01", member)
    found = summary(house)
    assert found.counts["ibu_hamil"] == 1
    assert found.missing == 1, "the sticker is asked"
    assert found.recheck_on == date(2027, 7, 29)
    assert summary(house, as_of=date(2027, 7, 29)).counts.get("ibu_hamil") is None


def test_summarise__expired_core_answer__ends_freshness(house):
    key = next(key for key, item in FORM.kinds["member"].fields.items() if item.required and item.valid_days)
    member, answers = next(iter(house.members.items()))
    answers |= {"status_kawin": "kawin", key: FORM.field("member", key).choices[0].value}
    one = behind(house.fill())
    one.asked[member, key] = Asked(date(2025, 12, 1), 5)
    assert summarise(FORM, one, TODAY).fresh_until == date(2027, 5, 20), "the visit carried it on"
    one.confirmations = [Confirmation(date(2026, 11, 20), 4, "selesai")]
    assert summarise(FORM, one, TODAY).fresh_until == date(2026, 12, 1), "its author had not seen it"
