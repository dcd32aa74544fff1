"""Decides what a visit does to its door: it sends the one before to history, and may confirm the door.

A household keeps ``[day, seen, outcome, visit, is withheld, received]`` for each confirming visit; ``confirmed_on`` is
the latest of those days.  A withheld confirmation gives no freshness until the desa answered its finding.
"""

from datetime import date
from typing import Any

from models.structure import CONFIRMING, SUPERSEDED, TAP
from sync.batch import Batch
from sync.findings import DATED_AHEAD, MANY_TAPS, Found, has_too_many_taps
from sync.incoming import Incoming
from sync.places import renumber
from sync.rows import Row


def visited(batch: Batch, visit: Row, incoming: Incoming, *, is_new: bool) -> None:
    """Let a visit that was made or changed take effect on its door."""
    if visit.household is None:
        return
    batch.load_visits([visit.household])
    before = batch.visits[visit.household]
    if is_new and visit.is_live:
        if before and before != visit.id and (old := batch.rows.get(before)) and old.is_live:
            renumber(batch, old, batch.place(old), SUPERSEDED)
        batch.visits[visit.household] = visit.id
    household = batch.find(visit.household)
    if household is not None:
        _confirm(batch, household, visit, incoming)


def _confirm(batch: Batch, household: Row, visit: Row, incoming: Incoming) -> None:
    """Write, change or take back the visit's line among the door's confirmations."""
    fields = visit.fields(batch.tools.keyring)
    known = next((line for line in household.confirmations if line[3] == visit.id), None)
    line = None
    if fields.get("outcome") in CONFIRMING and (visit.is_live or visit.state == SUPERSEDED):
        received = known[5] if known else incoming.received_at.isoformat()
        withheld = known[4] if known else _is_withheld(batch, visit, fields, incoming)
        day = known[0] if known else incoming.visited_on.isoformat()
        seen = fields.get("seen") or 0
        seen = seen if seen <= batch.seq(household.desa) else 0
        line = [day, seen, fields["outcome"], visit.id, withheld, received]
    if line == known:
        return
    lines = [one for one in household.confirmations if one[3] != visit.id]
    household.confirmations = [*lines, line] if line else lines
    days = [one[0] for one in household.confirmations]
    household.confirmed_on = date.fromisoformat(max(days)) if days else None
    renumber(batch, household, batch.place(household), household.state)


def _is_withheld(batch: Batch, visit: Row, fields: dict[str, Any], incoming: Incoming) -> bool:
    """Whether the desa has to look first: a visit of tomorrow, or one tap of too many."""
    household = visit.household or ""
    visited_on = incoming.edit.visited_on
    is_ahead = visited_on is not None and visited_on > incoming.visited_on.isoformat()
    if is_ahead:
        batch.found.append(Found(DATED_AHEAD, visit.id, household, details={"visited_on": visited_on}))
    is_burst = fields["outcome"] == TAP and has_too_many_taps(batch, incoming)
    if is_burst:
        batch.found.append(Found(MANY_TAPS, visit.id, household))
    return is_ahead or is_burst
