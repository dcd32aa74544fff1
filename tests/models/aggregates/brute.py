"""Counts a desa again in the plainest way, written apart from models/aggregates: loops over rows, nothing kept."""

from datetime import date, timedelta

import orjson
from sqlalchemy import select

from models.form.context import Door as FormDoor
from models.form.context import door_contexts
from models.form.definition import load
from models.form.rules import applies
from models.records import Record
from models.register import Door, RegisterChange, RegisterTarget

FORM = load()
NONE = ("tidak_tahu", "tidak_mau_menjawab")


def six_months_on(confirmed: date, day: date) -> bool:
    """Whether the day six months before ``day`` is not after the confirmation."""
    month = day.year * 12 + day.month - 1 - 6
    last = min(day.day, [31, 29 if month // 12 % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month % 12])
    return confirmed >= date(month // 12, month % 12 + 1, last)


def recount(session, keyring, desa, day):
    """``{"doors": {...}, "families": {...}, "members": {...}}`` by dasa wisma id."""
    rows = {}
    for row in session.scalars(select(Record)):
        fields = orjson.loads(keyring.open(row.desa, "record", row.id, row.document))
        rows.setdefault(row.household, []).append((row, fields))
    found = {}
    for door in session.scalars(select(Door).where(Door.desa == desa)):
        if door.removed_at is None:
            one = count_door(door, rows.get(door.household, []), day)
            found.setdefault(door.dasawisma, []).append(one)
    targets = {row.dasawisma: row for row in session.scalars(select(RegisterTarget)) if row.approved_at}
    return {place: total(doors, targets.get(place)) for place, doors in found.items()}


def total(doors, target):
    """Sums of some doors, their outcomes, and what is expected."""
    sums = {
        "listed": len(doors),
        "outcomes": {},
        "known": 0,
        "complete": 0,
        "fresh": 0,
        "people": 0,
        "complete_people": 0,
    }
    for one in doors:
        sums["people"] += one["people"]
        if one["excluded"]:
            continue
        sums["outcomes"][one["outcome"]] = sums["outcomes"].get(one["outcome"], 0) + 1
        sums["known"] += one["known"]
        sums["complete"] += one["complete"]
        sums["fresh"] += one["fresh"]
        sums["complete_people"] += one["people"] * one["complete"]
    wanted = max(target.doors if target else 0, len(doors))
    missing = wanted - len(doors)
    if missing:
        sums["outcomes"]["belum"] = sums["outcomes"].get("belum", 0) + missing
    sums["expected"] = wanted - sum(one["excluded"] for one in doors)
    return sums


def count_door(door, rows, day):
    """One door."""
    visits = sorted(
        (orjson.loads(row.history)["s"][0][0], fields)
        for row, fields in rows
        if row.kind == "visit" and row.state in ("active", "superseded")
    )
    live = {kind: {row.id: f for row, f in rows if row.kind == kind and row.state in ("active", "moved", "died")}
            for kind in ("household", "family", "member", "event")}  # fmt: skip
    excluded = door.excluded_reason is not None and (door.excluded_until is None or day <= door.excluded_until)
    base = {"excluded": excluded, "outcome": "belum", "known": False, "complete": False, "fresh": False, "people": 0}
    if door.household not in live["household"]:
        return base
    house = live["household"][door.household]
    contexts = door_contexts(FORM, FormDoor(door.household, house, live["family"], live["member"], live["event"]), day)
    people = [key for key, f in live["member"].items() if f.get("state") in (None, "active") and lives_here(f)]
    families = [key for key, f in live["family"].items() if f.get("state") in (None, "active")]
    asked = blank = dodged = 0
    expiry = []
    for kind, keys in (("household", [door.household]), ("family", families), ("member", people)):
        for key in keys:
            answers = live[kind][key]
            for item in FORM.kinds[kind].fields.values():
                if item.required and applies(item.show_if, answers, contexts[key]):
                    asked += 1
                    blank += answers.get(item.id) in (None, "", [])
                    dodged += isinstance(answers.get(item.id), str) and answers.get(item.id) in NONE
                    expiry += lifetime(rows, key, item)
    known = any(f["outcome"] in ("selesai", "sebagian", "tidak_berubah") for _, f in visits)
    pending = door.origin == "kader" and door.accepted_at is None
    complete = known and bool(people) and not blank and dodged * 10 <= asked and not pending
    complete = complete and house.get("state") in (None, "active")
    lines = next(row.confirmations for row, _ in rows if row.id == door.household) or []
    outcome = visits[-1][1]["outcome"] if visits else "belum"
    fresh = complete and is_fresh(lines, expiry, day)
    return base | {"outcome": outcome, "known": known, "complete": complete, "fresh": fresh, "people": len(people)}


def is_fresh(lines, expiry, day):
    """Whether confirmations hold the door fresh: window, taps in a row, answers that expire."""
    days, taps = [], 0
    for line in lines:
        if line[4]:
            continue
        taps = taps + 1 if line[2] == "tidak_berubah" else 0
        if taps < 3:
            days.append((date.fromisoformat(line[0]), line[1]))
    fresh = bool(days) and six_months_on(max(one for one, _ in days), day)
    for asked_on, version, life in expiry:
        last = asked_on
        for confirmed, seen in days:
            if last < confirmed <= last + timedelta(days=life) and version <= seen:
                last = confirmed
        fresh = fresh and day <= last + timedelta(days=life)
    return fresh


def lives_here(answers):
    """Settled here, or meaning to stay six months."""
    residence, stays = answers.get(FORM.role("member", "residence")), answers.get(FORM.role("member", "six_months"))
    if residence == "merantau":
        return False
    return not (residence in ("kontrak_kos", "asrama") and stays is False)


def lifetime(rows, key, item):
    """(day asked, version, days of life) of an answer that expires."""
    if item.valid_days is None:
        return []
    row = next(row for row, _ in rows if row.id == key)
    asked = orjson.loads(row.asked or "{}").get(item.id)
    if asked is None:
        return []
    stamps = orjson.loads(row.history)
    return [(date.fromisoformat(asked), stamps["s"][stamps.get("f", {}).get(item.id, 0)][0], item.valid_days)]


def waiting_changes(session):
    """Changes that may be decided."""
    return session.scalars(select(RegisterChange).where(RegisterChange.state == "proposed")).all()
