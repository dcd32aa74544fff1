"""The phone says of a door what the coverage says: the same random doors, decided by both.

The phone's `doorStatus` is bundled as it is and run by Node; the server's side is `models.aggregates.door.summarise`.
"""

import json
import os
import random
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from models.aggregates.door import summarise
from models.aggregates.opened import Asked, Behind, Confirmation, Visit
from models.form.context import Door
from models.form.definition import load
from tests.source import ROOT

PWA = ROOT / "pwa"
ENV = os.environ | {"PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
TODAY = date(2026, 11, 23)
VERSION = 5
RUNNER = """
import { readFileSync } from 'node:fs'
import { doorStatus } from './complete.mjs'
const { form, doors, today } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const said = doors.map((records) => {
  const one = doorStatus(records, form, today)
  return { outcome: one.outcome, known: one.known, complete: one.complete, fresh: one.fresh, missing: one.missing.length,
    nonresponse: Math.round(one.nonresponse * one.required), members: one.countPeople, confirmed_on: one.confirmedOn }
})
console.log(JSON.stringify(said))
"""


def _days(rnd, most):
    return TODAY - timedelta(days=rnd.randint(0, most))


def _value(rnd, field, gaps, silence):
    if rnd.random() < gaps:
        return None
    if rnd.random() < silence:
        return rnd.choice(["tidak_tahu", "tidak_mau_menjawab"])
    of_type = {
        "boolean": lambda: rnd.random() < 0.5,
        "choice": lambda: rnd.choice(sorted(field.values)),
        "choices": lambda: [rnd.choice([choice.value for choice in field.choices])],
        "integer": lambda: rnd.randint(1, 9),
        "number": lambda: 2.5,
        "date": lambda: str(_days(rnd, rnd.choice([300, 2000, 9000, 25000]))),
        "rows": lambda: [{"row": "r"}],
        "nik": lambda: "3522145708820001",
        "kk": lambda: "3522141708820001",
    }
    return of_type.get(field.type, lambda: "Bojonegoro")()


def _answers(rnd, kind, gaps, silence):
    found = {field.id: _value(rnd, field, gaps, silence) for field in load().kinds[kind].fields.values()}
    return {key: value for key, value in found.items() if value is not None}


def _events(rnd, members):
    types = ["hamil", "melahirkan", "nifas", "lahir", "keguguran"]
    count = rnd.choice([0, 0, 1, 2]) if members else 0
    return {
        f"e{at}": {"type": rnd.choice(types), "on": str(_days(rnd, 320)), "member": rnd.choice(sorted(members))}
        for at in range(count)
    }


def _door(rnd):
    """One random door with everything behind it, as the server's counting reads it."""
    gaps, silence = rnd.choice([0, 0, 0, 0.02, 0.2]), rnd.choice([0, 0, 0.05, 0.12])
    families = {f"f{at}": _answers(rnd, "family", gaps, silence) for at in range(rnd.choice([1, 1, 2]))}
    members = {
        f"m{at}": _answers(rnd, "member", gaps, silence)
        | {"family": rnd.choice(sorted(families)), "state": rnd.choice(["active"] * 9 + ["moved"])}
        for at in range(rnd.randint(0, 4))
    }
    door = Door("h", _answers(rnd, "household", gaps, silence), families, members, _events(rnd, members))
    outcomes = ["selesai", "tidak_berubah", "tidak_berubah"]
    confirmations = [
        Confirmation(_days(rnd, 900), rnd.randint(0, 20), rnd.choice(outcomes), f"v{at}", rnd.random() < 0.1)
        for at in range(rnd.choice([0, 0, 1, 2, 3, 4]))
    ]
    visits = [Visit(one.visit, at, one.outcome, one.day) for at, one in enumerate(confirmations)]
    last = rnd.choice([None, None, "tidak_di_rumah", "sebagian", "menolak"])
    visits += [Visit("last", 99, last, TODAY)] if last else []
    lives = [field.id for field in load().kinds["member"].fields.values() if field.valid_days]
    asked = {(key, one): Asked(_days(rnd, 800), VERSION) for key in members for one in lives if one in members[key]}
    origin = rnd.choice(["import", "import", "kader"])
    accepted = None if origin == "kader" and rnd.random() < 0.5 else datetime.now(UTC)
    return Behind("h", origin, accepted, door, visits, confirmations, asked)


def _record(kind, key, fields, **more):
    return {"kind": kind, "id": key, "version": VERSION, "dasawisma": "d", "state": fields.get("state", "active"),
            "confirmed_on": None, "fields": fields, "pending": False, **more}  # fmt: skip


def _as_on_a_phone(behind):
    """The same door as the phone's records: what a pull carries."""
    door, confirmations = behind.door, behind.confirmations
    told = [[str(one.day), one.seen, one.outcome, one.visit, one.is_withheld] for one in confirmations]
    latest = max((str(one.day) for one in confirmations), default=None)
    waits = behind.origin == "kader" and behind.accepted_at is None
    yield _record("household", "h", door.household, confirmed_on=latest, confirmations=told, accepted=not waits)
    for kind, records in (("family", door.families), ("event", door.events)):
        yield from (_record(kind, key, fields) for key, fields in records.items())
    for key, fields in door.members.items():
        asked = {field: str(when.day) for (member, field), when in behind.asked.items() if member == key}
        yield _record("member", key, fields, asked_on=asked)
    if behind.visits:
        visit = behind.visits[-1]
        yield _record("visit", visit.id, {"on": str(visit.on), "outcome": visit.outcome, "seen": 3})


def _server_says(behind):
    found = summarise(load(), behind, TODAY)
    fresh = found.is_complete and found.fresh_until is not None and found.fresh_until >= TODAY
    return {
        "outcome": found.outcome, "known": found.is_known, "complete": found.is_complete, "fresh": fresh,
        "missing": found.missing, "nonresponse": found.nonresponse, "members": found.members,
        "confirmed_on": str(found.confirmed_on) if found.confirmed_on else None,
    }  # fmt: skip


@pytest.fixture(scope="module")
def phone(tmp_path_factory):
    """A function: doors in, what the phone says of each out."""
    folder: Path = tmp_path_factory.mktemp("twin")
    bundle = ["node_modules/.bin/rolldown", "src/form/complete.ts", "-f", "esm", "-o", str(folder / "complete.mjs")]
    subprocess.run(bundle, cwd=PWA, env=ENV, check=True, capture_output=True)
    (folder / "run.mjs").write_text(RUNNER)

    def say(doors):
        given = {"form": load().public(), "today": str(TODAY), "doors": [list(_as_on_a_phone(one)) for one in doors]}
        (folder / "doors.json").write_text(json.dumps(given))
        node = ["node", "run.mjs", "doors.json"]
        ran = subprocess.run(node, cwd=folder, env=ENV, check=True, capture_output=True, text=True)
        return json.loads(ran.stdout)

    return say


def test_door__random_doors__the_phone_says_what_the_coverage_says(phone):
    rnd = random.Random(20261123)
    doors = [_door(rnd) for _ in range(400)]
    said, counted = phone(doors), [_server_says(one) for one in doors]
    assert {one["complete"] for one in counted} == {one["fresh"] for one in counted} == {True, False}
    for place, (here, there) in enumerate(zip(said, counted, strict=True)):
        assert here == there, place
