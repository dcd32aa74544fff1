"""The season of visits."""

from collections import Counter
from datetime import date, timedelta
from random import Random

from models.structure import OUTCOMES
from server.demo.layout import DASAWISMA
from server.demo.season import visits

TODAY = date(2026, 11, 23)


def season():
    return visits(Random(1), [[f"{group}-{door}" for door in range(15)] for group in range(DASAWISMA)], TODAY)


def test_visits__in_order_of_time_and_never_to_come():
    found = season()
    assert found == sorted(found) == season()
    assert max(visit.on for visit in found) <= TODAY
    assert {visit.outcome for visit in found} <= set(OUTCOMES)


def test_visits__about_half_collected_and_some_grown_old():
    last = {visit.household: visit for visit in season()}
    collected = [visit for visit in last.values() if visit.outcome in {"selesai", "tidak_berubah"}]
    assert 0.42 <= len(collected) / (DASAWISMA * 15) <= 0.58
    assert any(visit.on < TODAY - timedelta(days=183) for visit in collected)
    assert Counter(visit.outcome for visit in last.values())["tidak_di_rumah"] > 5


def test_visits__taps__are_far_apart():
    taps = [visit for visit in season() if visit.outcome == "tidak_berubah"]
    assert taps
    assert max(Counter((visit.group, visit.on) for visit in taps).values()) <= 3
