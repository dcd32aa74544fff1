"""What the office and its operators do while phones are away: roles end and begin, conflicts are settled."""

from random import Random

from tests.simulator import acts, typing_in
from tests.simulator.history import History
from tests.simulator.phone import Phone
from tests.simulator.stage import KADER, PLACES


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
