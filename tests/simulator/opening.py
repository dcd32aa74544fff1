"""The opening every history shares: a few doors that are there already, and phones that have pulled them.

Made once a process by real phones over the real handlers, then copied.
"""

from collections import Counter
from dataclasses import replace
from functools import cache
from random import Random

from tests.simulator import typing_in
from tests.simulator.disk import Disk
from tests.simulator.history import History
from tests.simulator.network import Network
from tests.simulator.options import Options
from tests.simulator.phone import Phone
from tests.simulator.report import Report
from tests.simulator.server import Server
from tests.simulator.stage import KADER, PEOPLE
from tests.simulator.syncing import sync

DOORS = 2


@cache
def disks(kind: str) -> dict[str, Disk]:
    """The storage of each person's phone after her first pull; the stage's template holds the doors from then on."""
    server = Server.begin(kind, Counter(), "opening")
    history = History(0, Options(), server, Network(server, Options(), Counter(), is_good=True), Report(0, Options()))
    for number, person in enumerate(sorted(KADER)):
        phone = history.add_phone(number, person, Disk())
        phone.dice = Random(f"opening {person}")
        _sync(history, phone)
        for _ in range(DOORS):
            typing_in.new_door(history, phone, phone.dice)
        _sync(history, phone)
    found = {}
    for number, person in enumerate(PEOPLE, 10):
        phone = history.add_phone(number, person, Disk())
        phone.dice = Random(f"opening phone of {person}")
        _sync(history, phone)
        found[person] = replace(phone.disk, current=None)
    server.stage.tokens |= server.tokens
    server.stage.keep("template")
    return found


def _sync(history: History, phone: Phone) -> None:
    end, _ = sync(phone, history.network.post, history.renew)
    assert end == "done", end
