"""Visits: one current visit a door, confirmations with their day, taps that come too fast."""

import pytest
from sqlalchemy import select

from models.history import Finding
from models.records import Record
from server.transaction import snapshot
from tests.contract.phone import new_id


def visit(phone, household, outcome="tidak_berubah", **more):
    on = more.pop("on", "2026-11-23")
    seen = phone.scope[0]["seq"] if phone.scope else 0
    name = new_id()
    phone.save(
        phone.patch("visit", name, household=household, on=on, outcome=outcome, seen=seen), visited_on=on, **more
    )
    return name


def confirmations(household):
    with snapshot() as session:
        return session.get(Record, household).confirmations or []


@pytest.mark.parametrize(
    ("outcome", "on", "confirmed_on"),
    [
        ("selesai", "2026-11-20", "2026-11-20"),
        ("tidak_berubah", "2026-11-23", "2026-11-23"),
        ("selesai", "2027-01-01", "2026-11-23"),
        ("sebagian", "2026-11-20", None),
        ("tidak_di_rumah", "2026-11-20", None),
        ("menolak", "2026-11-20", None),
    ],
)
def test_outcome__confirms_on_the_earlier_day_or_not_at_all(phone_of, door_of, outcome, on, confirmed_on):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    visit(siti, household, outcome, on=on)
    assert siti.sync()["verdicts"][0]["verdict"] == "applied"
    assert siti.records[household]["confirmed_on"] == confirmed_on


def test_older_visit_arriving_later__is_current_but_the_door_was_confirmed_later(phone_of, door_of):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    visit(siti, household, "selesai", on="2026-11-22")
    older = visit(siti, household, "selesai", on="2026-11-10")
    siti.sync()
    assert [i for i, record in siti.records.items() if record["kind"] == "visit"] == [older]
    assert siti.records[household]["confirmed_on"] == "2026-11-22"


def test_visit_corrected__its_confirmation_goes(phone_of, door_of):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    name = visit(siti, household, "selesai")
    siti.sync()
    siti.save(siti.patch("visit", name, outcome="tidak_di_rumah"))
    siti.sync()
    assert siti.records[household]["confirmed_on"] is None
    siti.save(siti.patch("visit", name, outcome="selesai"))
    siti.save(siti.patch("visit", name, state="deleted", state_reason="salah pintu"))
    siti.sync()
    assert siti.records[household]["confirmed_on"] is None
    assert confirmations(household) == []


def test_visit_carried_to_another_door__takes_its_confirmation_along(phone_of, door_of):
    siti = phone_of("siti")
    wrong, *_ = door_of(siti)
    right, *_ = door_of(siti)
    siti.sync()
    name = visit(siti, wrong, "selesai")
    siti.sync()
    siti.save(siti.patch("visit", name, household=right))
    siti.sync()
    assert (siti.records[wrong]["confirmed_on"], siti.records[right]["confirmed_on"]) == (None, "2026-11-23")


def test_seen_above_the_sequence__counts_as_nothing_seen(phone_of, door_of):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    siti.save(siti.patch("visit", new_id(), household=household, on="2026-11-23", outcome="tidak_berubah", seen=10**9))
    siti.sync()
    assert confirmations(household)[0][1] == 0


@pytest.mark.parametrize("count", [10, 11])
def test_taps__more_than_ten_in_half_an_hour__all_wait_for_the_desa(phone_of, door_of, count):
    siti = phone_of("siti")
    doors = [door_of(siti)[0] for _ in range(count)]
    siti.sync()
    for index, household in enumerate(doors):
        if index == 6:
            siti.sync()
        visit(siti, household, at=f"2026-11-23T00:{index:02d}:00.000Z")
    siti.sync()
    withheld = [confirmations(household)[0][4] for household in doors]
    assert withheld == [count > 10] * count
    with snapshot() as session:
        codes = session.scalars(select(Finding.code).where(Finding.code == "many_taps")).all()
    assert len(codes) == (count if count > 10 else 0)


def test_taps__spread_over_the_day__are_fine(phone_of, door_of):
    siti = phone_of("siti")
    doors = [door_of(siti)[0] for _ in range(12)]
    siti.sync()
    for index, household in enumerate(doors):
        visit(siti, household, at=f"2026-11-22T{index:02d}:00:00.000Z")
    siti.sync()
    assert not any(confirmations(household)[0][4] for household in doors)


def test_visit_of_tomorrow__kept_and_waits_for_the_desa(phone_of, door_of):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    visit(siti, household, "selesai", on="2026-11-24")
    siti.sync()
    assert confirmations(household)[0][4] is True
    assert [item["code"] for item in siti.inbox] == ["dated_ahead"]


def test_merged_doors__one_current_visit_the_one_made_last(phone_of, door_of):
    siti, budi = phone_of("siti"), phone_of("budi")
    loser, *_ = door_of(siti)
    survivor, *_ = door_of(siti)
    siti.sync()
    first, second = visit(siti, survivor, "selesai"), visit(siti, loser, "selesai", on="2026-11-22")
    siti.sync()
    budi.sync()
    budi.save(budi.patch("household", loser, state="merged", merged_into=survivor))
    assert budi.sync()["verdicts"][0]["verdict"] == "applied"
    assert [i for i, record in budi.records.items() if record["kind"] == "visit"] == [second]
    assert {line[3] for line in confirmations(survivor)} == {first, second}
