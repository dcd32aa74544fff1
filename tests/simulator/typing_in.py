"""What people save on their phones: doors, answers, visits, moves, states, and edits that are wrong on purpose."""

from random import Random
from typing import Any

from tests.simulator.clock import day_text
from tests.simulator.history import History, seen
from tests.simulator.phone import Phone, QuotaError
from tests.simulator.questions import EVENTS, some_answers, texts
from tests.simulator.stage import PLACES

LENGTH = 36
STRANGE = ("\u0000", "\ud800", 2**70, 1.5e300, [], {"a": {}}, "x" * 600, True, None)


def patch(phone: Phone, kind: str, record: str, **more: Any) -> dict[str, Any]:
    """A patch with the base a page opened now has."""
    return {"kind": kind, "id": record, "base": phone.base_of(record), **more}


def save(history: History, phone: Phone, patches: list[dict[str, Any]], **more: Any) -> None:
    """Save, with the day by the phone's clock."""
    try:
        phone.save(patches, visited_on=more.pop("visited_on", day_text(phone.now())), **more)
    except QuotaError:
        history.faults["F6"] += 1


def doors(phone: Phone, kinds: tuple[str, ...] = ("household",)) -> list[tuple[str, dict[str, Any]]]:
    """Live records of these kinds on the screen, in an order of their own."""
    shown = seen(phone.disk)
    live = {"active", "moved", "died"}
    found = [(key, shown[key]) for key in sorted(shown) if len(key) == LENGTH]
    return [(key, one) for key, one in found if one["kind"] in kinds and one["state"] in live]


def new_door(history: History, phone: Phone, dice: Random) -> None:
    """A door with a family, people and a visit: in one edit, or in two."""
    if not phone.disk.scope:
        return
    house, family, one = phone.new_id(), phone.new_id(), phone.new_id()
    value = f"s{history.step}"
    place = {"set": {"dasawisma": dice.choice(sorted(phone.disk.scope))}}
    answers = some_answers("household", dice, value, is_new=True)
    door = patch(phone, "household", house, set={**answers["set"], **place["set"]})
    behind = [
        patch(phone, "family", family, set={"household": house, texts("family")[0]: value}),
        patch(phone, "member", one, set={"household": house, "family": family, texts("member")[0]: value}),
    ]
    if dice.random() < 0.4:
        visit = {"household": house, "on": day_text(phone.now()), "outcome": "selesai", "seen": 0}
        behind.append(patch(phone, "visit", phone.new_id(), set=visit))
    parts = [[door, *behind]] if dice.random() < 0.7 else [[door], behind]
    for part in parts:
        save(history, phone, part)


def change(history: History, phone: Phone, dice: Random) -> None:
    """Answers of one or two records; sometimes from a page opened a while ago."""
    if phone.disk.drafts and dice.random() < 0.6:
        _from_draft(history, phone, dice)
        return
    found = doors(phone, ("household", "household", "family", "member", "event"))
    if not found:
        return
    chosen = dice.sample(found, min(len(found), dice.choice([1, 1, 1, 2])))
    value = dice.choice([f"s{history.step}", f"s{history.step}", "sama", "SAMA"])
    patches = [
        patch(phone, one["kind"], key, **some_answers(one["kind"], dice, value, is_new=False)) for key, one in chosen
    ]
    save(history, phone, patches)


def _from_draft(history: History, phone: Phone, dice: Random) -> None:
    key = dice.choice(sorted(phone.disk.drafts))
    shown = seen(phone.disk)
    patches = []
    for record, base in sorted(phone.disk.drafts[key].items()):
        if record in shown:
            kind = shown[record]["kind"]
            answers = some_answers(kind, dice, f"s{history.step}", is_new=False)
            if dice.random() < 0.5 and (before := _answered_last(phone, record, kind)):
                answers = {"set": dict.fromkeys(before, f"s{history.step}")}
            patches.append({"kind": kind, "id": record, "base": base, **answers})
    if patches:
        save(history, phone, patches, draft=key)


def _answered_last(phone: Phone, record: str, kind: str) -> list[str]:
    """The questions this phone answered last of a record: what is written is often mended."""
    for row in reversed(phone.disk.outbox.values()):
        for given in row.body["patches"]:
            if given.get("id") == record and isinstance(given.get("set"), dict):
                return [name for name in given["set"] if name in texts(kind)]
    return []


def ahead(history: History, phone: Phone, dice: Random) -> None:
    """An edit that names a door another phone has not sent yet, beside one everybody knows; and then newer work."""
    others = [other for other in history.phones.values() if other is not phone]
    unsent = [given["id"] for other in others for given in _unsent(other) if _is_door_of(phone, given)]
    known = doors(phone)
    if not unsent or not known:
        return
    door, value, field = dice.choice(known)[0], f"s{history.step}", texts("household")[0]
    guest = patch(phone, "member", phone.new_id(), set={"household": dice.choice(unsent), texts("member")[0]: value})
    save(history, phone, [patch(phone, "household", door, set={field: value}), guest])
    if dice.random() < 0.7:
        save(history, phone, [patch(phone, "household", door, set={field: f"{value}b"})])


def _unsent(phone: Phone) -> list[dict[str, Any]]:
    """The patches that make a record the server has not heard of; a door moved later was made where it was first."""
    made: dict[str, tuple[bool, dict[str, Any]]] = {}
    for row in phone.disk.outbox.values():
        for given, base in zip(row.body["patches"], row.bases, strict=True):
            made.setdefault(str(given.get("id")), (row.waiting and base == 0, given))
    return [given for is_unsent, given in made.values() if is_unsent]


def _is_door_of(phone: Phone, given: dict[str, Any]) -> bool:
    sets = given.get("set")
    place = sets.get("dasawisma") if given.get("kind") == "household" and isinstance(sets, dict) else None
    return isinstance(place, str) and place in phone.disk.scope


def open_page(history: History, phone: Phone, dice: Random) -> None:
    """Open a page and leave it: the bases stay as they are now."""
    found = doors(phone, ("household", "member"))
    if found and len(phone.disk.drafts) < 3:
        phone.open_page(f"page {history.step}", [key for key, _ in dice.sample(found, min(2, len(found)))])


def open_and_change(history: History, phone: Phone, dice: Random) -> None:
    """Open a page of a door, and answer something of it elsewhere: the page is older than the phone's own work."""
    if not (found := doors(phone)):
        return
    key, field = dice.choice(found)[0], texts("household")[0]
    phone.open_page(f"page {history.step}", [key])
    save(history, phone, [patch(phone, "household", key, set={field: f"s{history.step}a"})])


def visit(history: History, phone: Phone, dice: Random) -> None:
    """A knock on a door, or an event behind it."""
    found = doors(phone)
    if not found:
        return
    key, door = dice.choice(found)
    today = day_text(phone.now())
    if dice.random() < 0.25:
        event = {"household": key, "type": dice.choice(EVENTS), "on": today}
        save(history, phone, [patch(phone, "event", phone.new_id(), set=event)])
        return
    outcome = dice.choice(["selesai", "tidak_berubah", "tidak_di_rumah", "kosong"])
    place = door["dasawisma"]
    known = phone.disk.scope.get(place) if isinstance(place, str) else None
    made = {"household": key, "on": today, "outcome": outcome, "seen": known["seq"] if known else 0}
    save(history, phone, [patch(phone, "visit", phone.new_id(), set=made)])


def move(history: History, phone: Phone, dice: Random) -> None:
    """A door to another dasa wisma, or a person to another door."""
    houses = doors(phone)
    if not houses:
        return
    people = doors(phone, ("member", "family"))
    if people and dice.random() < 0.4:
        key, one = dice.choice(people)
        save(history, phone, [patch(phone, one["kind"], key, set={"household": dice.choice(houses)[0]})])
        return
    places = PLACES if dice.random() < 0.15 else sorted(phone.disk.scope)
    if places:
        save(
            history, phone, [patch(phone, "household", dice.choice(houses)[0], set={"dasawisma": dice.choice(places)})]
        )


def state(history: History, phone: Phone, dice: Random) -> None:
    """Somebody died or moved, a mistaken entry is deleted, or one record is merged into another."""
    found = doors(phone, ("member", "member", "household", "visit"))
    if not found:
        return
    key, one = dice.choice(found)
    wanted: dict[str, Any] = {
        "state": dice.choice(["died", "moved", "active", "deleted"]),
        "state_reason": "salah catat",
    }
    others = [other for other, what in found if what["kind"] == one["kind"] and other != key]
    if others and dice.random() < 0.35:
        wanted = {"state": "merged", "state_reason": "ganda", "merged_into": dice.choice(others)}
    save(history, phone, [patch(phone, one["kind"], key, set=wanted)])


def wrong(history: History, phone: Phone, dice: Random) -> None:
    """An edit that is wrong on purpose, among good ones."""
    history.is_good = False
    strange = dice.choice(STRANGE)
    house = phone.new_id()
    place = dice.choice([*sorted(phone.disk.scope), PLACES[-1], "35.22.99.9999/D001"])
    kinds = [
        [{"kind": "garden", "id": phone.new_id(), "base": 0, "set": {"a": 1}}],
        [patch(phone, "household", house, set={"dasawisma": place, texts("household")[0]: strange})],
        [patch(phone, "household", house, set={"dasawisma": strange})],
        [patch(phone, "member", phone.new_id(), set={"household": phone.new_id()})],
        [{**patch(phone, "household", phone.new_id(), set={texts("household")[0]: "x"}), "base": 7}],
        [{"kind": "household", "id": "bukan id", "base": 0, "set": {}}],
    ]
    save(history, phone, dice.choice(kinds))
    history.is_good = True


def newer_form(history: History, phone: Phone, dice: Random) -> None:
    """An edit of a form this server does not know yet."""
    history.is_good = False
    if found := doors(phone):
        history.faults["F11"] += 1
        save(
            history,
            phone,
            [patch(phone, "household", dice.choice(found)[0], set={"pertanyaan_baru": 1})],
            form="2027.1",
        )
    history.is_good = True
