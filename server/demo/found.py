"""Doors the register had missed: a kader adds them with everybody behind them; they wait for the desa."""

from datetime import date, datetime
from random import Random

from models.calendar import day_of
from models.exchange.places import PlaceBook
from models.exchange.plan import Planner
from models.form.definition import load
from server.demo.answers import Household
from server.demo.layout import Group, as_table, groups
from server.demo.phone import DemoPhone, Patch
from server.register.ids import uuid7_maker
from server.register.source import as_source


def new_people(random: Random, day: date) -> list[Group]:
    """More invented people, unlike those the register lists; one door of each group is enough."""
    return groups(random, day)


def add_door(phone: DemoPhone, random: Random, group: Group, dasawisma: str, *, at: datetime) -> None:
    """Save one new door of a group into the phone's outbox, visited and answered."""
    day = day_of(at)
    table, lines = as_table(random, [Group(group.name, group.place, group.doors[:1])])
    source = as_source(table, "", day, rtm=lines)
    new_id = uuid7_maker(at, random.randbytes)
    [door] = Planner({}, PlaceBook("", ()), new_id, source.rtm).plan(source.reading.people).doors
    records = {draft.id: (draft.kind, dict(draft.changes)) for draft in door.drafts}
    records[door.household.id][1]["dasawisma"] = dasawisma
    Household(load(), door.household.id, records, random).answer(day)
    patches: list[Patch] = [
        {"kind": kind, "id": one, "base": 0, "set": fields} for one, (kind, fields) in records.items()
    ]
    visit = {"household": door.household.id, "on": day.isoformat(), "outcome": "selesai", "seen": 0}
    phone.save(at, day, [*patches, {"kind": "visit", "id": new_id(), "base": 0, "set": visit}])
