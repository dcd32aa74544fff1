"""Decides what a visit does to its door: it sends the one before to history, and may confirm the door.

A household keeps ``[day, seen, outcome, visit, is withheld, received]`` for each confirming visit; ``confirmed_on`` is
the latest of those days.  A withheld confirmation gives no freshness until the desa answered its finding.
"""

from datetime import date
from typing import Any

from models.structure import CONFIRMING, SUPERSEDED, TAP
from sync.batch import Batch
from sync.findings import DATED_AHEAD, MANY_TAPS, Found, Tap, burst
from sync.incoming import Incoming
from sync.places import renumber
from sync.rows import Row


def visited(batch: Batch, visit: Row, incoming: Incoming, *, is_new: bool) -> None:
    """Let a visit that was made (or carried here) or changed take effect on its door."""
    if visit.household is None:
        return
    batch.load_visits([visit.household])
    if is_new and visit.is_live:
        _take_over(batch, visit, visit.household)
    household = batch.find(visit.household)
    if household is not None:
        _confirm(batch, household, visit, incoming)


def _take_over(batch: Batch, visit: Row, door: str) -> None:
    """Leave a door one current visit: the one made last; the other goes to history."""
    before = batch.rows.get(batch.visits[door] or "")
    batch.visits[door] = visit.id
    if before is None or before.id == visit.id or not before.is_live:
        return
    newer, older = sorted((before, visit), key=lambda row: row.history().created.version, reverse=True)
    batch.visits[door] = newer.id
    renumber(batch, older, batch.place(older), SUPERSEDED)


def _confirm(batch: Batch, household: Row, visit: Row, incoming: Incoming) -> None:
    """Write, change or take back the visit's line among the door's confirmations."""
    fields = visit.fields(batch.tools.keyring)
    known = next((line for line in household.confirmations if line[3] == visit.id), None)
    line = None
    if fields.get("outcome") in CONFIRMING and (visit.is_live or visit.state == SUPERSEDED):
        received = known[5] if known else incoming.received_at.isoformat()
        withheld = known[4] if known else _is_withheld(batch, visit, fields, incoming)
        day = known[0] if known else _day(fields, incoming)
        seen = fields.get("seen") or 0
        seen = seen if seen <= batch.seq(household.desa) else 0
        line = [day, seen, fields["outcome"], visit.id, withheld, received]
    if line == known:
        return
    lines = [one for one in household.confirmations if one[3] != visit.id]
    _keep(batch, household, [*lines, line] if line else lines)


def _day(fields: dict[str, Any], incoming: Incoming) -> str:
    """Return the earliest of the visit's day, the edit's and the day of receipt."""
    received, visited = incoming.visited_on.isoformat(), fields.get("on")
    return min(received, visited) if isinstance(visited, str) else received


def _is_withheld(batch: Batch, visit: Row, fields: dict[str, Any], incoming: Incoming) -> bool:
    """Whether the desa has to look first: a visit of tomorrow, or one tap of too many."""
    household = visit.household or ""
    visited_on = incoming.edit.visited_on
    is_ahead = visited_on is not None and visited_on > incoming.visited_on.isoformat()
    if is_ahead:
        batch.found.append(Found(DATED_AHEAD, visit.id, household, details={"visited_on": visited_on}))
    taps = burst(batch, incoming, visit) if fields["outcome"] == TAP else []
    for tap in taps:
        batch.found.append(Found(MANY_TAPS, tap.visit, tap.household))
        _withhold(batch, tap)
    return is_ahead or bool(taps)


def _withhold(batch: Batch, tap: Tap) -> None:
    """Take the freshness back that an earlier tap of a burst gave."""
    household = batch.find(tap.household)
    line = next((one for one in household.confirmations if one[3] == tap.visit), None) if household else None
    if household and line and not line[4]:
        index = household.confirmations.index(line)
        household.confirmations[index] = [*line[:4], True, *line[5:]]
        household.is_changed = True
        batch.doors.add(household.id)


def left(batch: Batch, household: str, visit: Row) -> None:
    """Take a visit that was written for the wrong door away from it."""
    door = batch.find(household)
    if batch.visits.get(household) == visit.id:
        batch.visits[household] = None
    if door and any(one[3] == visit.id for one in door.confirmations):
        _keep(batch, door, [one for one in door.confirmations if one[3] != visit.id])


def _keep(batch: Batch, household: Row, lines: list[Any]) -> None:
    """Give a door these confirmations, and a new version."""
    household.confirmations = lines
    household.confirmed_on = date.fromisoformat(max(one[0] for one in lines)) if lines else None
    renumber(batch, household, batch.place(household), household.state)
