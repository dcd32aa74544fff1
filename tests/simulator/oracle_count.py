"""What must hold of the counts: coverage equals a recount, ours and the server's own, from the records."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from models.aggregates.coverage import coverage_table
from models.aggregates.recount import differences
from models.form.definition import load
from models.structure import KNOWING, LIVE, SUPERSEDED
from models.territory import Area
from server.counting import read
from server.transaction import snapshot
from tests.builders import DESA, NEIGHBOUR
from tests.simulator.history import History
from tests.simulator.state import State

LISTED, KNOWN, FAMILIES, PEOPLE = "doors listed", "doors known", "families", "people"


def recounted(history: History, state: State) -> None:
    """Statement 10: coverage by dasa wisma is what the records say, counted here and by ``dawis recount``."""
    wanted = by_hand(state)
    with history.server.app.app_context():
        for code in (DESA, NEIGHBOUR):
            with snapshot() as session:
                area = session.scalars(select(Area).where(Area.code == code)).one()
            with read.counted(area) as session:
                here = session.get_one(Area, area.id)
                nodes = coverage_table(session, here, read.today(), "dasawisma")
                found = list(differences(session, read.keyring(), load(), area.id, read.today()))
            for one in found:
                history.note(f"statement 10: the recount differs: {one}")
            for node in nodes:
                _compare(history, node, wanted.get(node["area"], Counter()))


def _compare(history: History, node: dict[str, Any], wanted: Counter[str]) -> None:
    doors, people = node["doors"], node["members"]
    told = {
        LISTED: doors["listed"],
        KNOWN: doors["known"],
        FAMILIES: node["families"]["listed"],
        PEOPLE: people["listed"] + people["away"],
    }
    if told != {key: wanted[key] for key in told}:
        history.note(f"statement 10: {node['area']} counts {told} instead of {dict(wanted)}")


def by_hand(state: State) -> dict[str, Counter[str]]:
    """The same numbers from the records alone: a door stays in its list whatever becomes of it."""
    doors = {key: one for key, one in state.records.items() if one.kind == "household"}
    visits = {
        one.fields.get("household")
        for one in state.records.values()
        if one.kind == "visit" and one.state in {*LIVE, SUPERSEDED} and one.fields.get("outcome") in KNOWING
    }
    found: dict[str, Counter[str]] = {}
    for key, door in doors.items():
        here = found.setdefault(door.dasawisma, Counter())
        here[LISTED] += 1
        here[KNOWN] += door.is_live and key in visits
    for one in state.records.values():
        behind = doors.get(one.fields.get("household", ""))
        if behind and behind.is_live and one.kind in {"family", "member"} and one.state == "active":
            found[behind.dasawisma][FAMILIES if one.kind == "family" else PEOPLE] += 1
    return found
