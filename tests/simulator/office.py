"""What the office and its operators do while phones are away: roles, decisions, imports, faults of ours and limits."""

from random import Random

from models.form.definition import load
from server.register.edits import wire_edit
from tests.simulator import acts, typing_in
from tests.simulator.history import History
from tests.simulator.phone import Phone
from tests.simulator.questions import texts
from tests.simulator.server import MAX_WIRE
from tests.simulator.stage import KADER, OFFICE, PLACES


def rights(history: History, phone: Phone, dice: Random) -> None:
    """A kader loses a dasa wisma, or is given one."""
    history.faults["F15"] += 1
    person = dice.choice(sorted(KADER))
    held = acts.grants(history.server, person)
    if held and dice.random() < 0.5:
        history.server.act("revoke", person, dice.choice(held))
    else:
        history.server.act("assign", person, dice.choice(PLACES[:5]))


def work(history: History, phone: Phone, dice: Random) -> None:
    """The office settles a conflict it was told of, by an edit of its own phone."""
    told = [
        one
        for _, one in sorted(phone.disk.inbox.items())
        if one["type"] == "conflict" and one["details"].get("conflict")
    ]
    if not told:
        typing_in.change(history, phone, dice)
        return
    item = dice.choice(told)
    shown = phone.disk.records.get(item["record"])
    field = (item["field"] or "").partition("/")[0]
    if shown is None or not field:
        return
    patch = typing_in.patch(phone, shown["kind"], item["record"], set={field: f"s{history.step}"})
    typing_in.save(history, phone, [patch], settles=[item["details"]["conflict"]])


def desk(history: History, phone: Phone, dice: Random) -> None:
    """The office decides a conflict or a proposal on its page."""
    if offered := acts.waiting(history.server):
        person, path, forms = dice.choice(offered)
        history.server.act("submit_form", person, path, dice.choice(forms))


def imports(history: History, phone: Phone, dice: Random) -> None:
    """An import makes a door and prefills one that is there."""
    person = dice.choice(sorted(OFFICE))
    code = OFFICE[person]
    house, family = phone.new_id(), phone.new_id()
    value, moment = f"impor{history.step}", history.server.clock()
    place = dice.choice([one for one in PLACES if one.startswith(code)])
    sets = [
        ("household", house, {"dasawisma": place, texts("household")[0]: value}),
        ("family", family, {"household": house, texts("family")[0]: value}),
    ]
    if found := [key for key, one in typing_in.doors(phone) if (one["dasawisma"] or "").startswith(code)]:
        sets.append(("household", dice.choice(found), {texts("household")[1]: value}))
    patches = [{"kind": kind, "id": key, "base": 0, "set": given} for kind, key, given in sets]
    form = load().version
    edits = [
        wire_edit(n, phone.new_id(), part, form=form, now=moment)
        for n, part in enumerate((patches[:2], patches[2:]), 1)
        if part
    ]
    history.server.act("prefill", code, edits)


def poison(history: History, phone: Phone, dice: Random) -> None:
    """A fault of ours waits for an edit that is on its way; or it is mended."""
    waiting = phone.disk.waiting()
    if history.server.poison and dice.random() < 0.4:
        history.server.act("mend")
    elif waiting:
        row = dice.choice(waiting)
        history.poisoned.add(row.id)
        history.server.act("poison", row.id)


def limit(history: History, phone: Phone, dice: Random) -> None:
    """Somebody's proxy takes only small requests, or large ones again."""
    history.server.act("limit", dice.choice([450, 900, MAX_WIRE, MAX_WIRE]))
