"""Decides what coverage says of an area: expected, known, complete, fresh, outcomes, and what they rest on.

    {"area", "name", "level", "as_of", "basis", "missing", "register": {"state", "approved_at"},
     "doors": {"listed", "target", "expected", "unlisted", "excluded": {reason: n}, "pending", "known", "complete",
               "fresh", "fresh_by_tap", "outcomes": {outcome: n}, "percent", "percent_fresh",
               "percent_of_listed", "percent_fresh_by_tap"},
     "families": {"listed", "target", "expected", "known", "complete", "fresh"}, "members": {…, "away"},
     "reference": {"families", "people", "source", "on", "percent_families", "percent_people", "is_low"} or null,
     "open_conflicts", "children": [same, without children of their own]}

``basis`` is "none" ("belum dapat dihitung") where the area, or any desa in it, has neither an approved register nor an
independent total; ``missing`` counts those desa, and no percentage is given.  Doors that an independent total expects
but nobody listed yet are a child of the desa with ``"area": null``.  Percentages are rounded down.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.aggregates.register_view import NONE, REFERENCE, REGISTER, Registered, registered, targets
from models.aggregates.tables import DasawismaSum
from models.aggregates.tally import (
    ALL_OUTCOMES,
    NOT_VISITED,
    REASONS,
    STAGES,
    UNITS,
    Tally,
    add,
    percent,
    reference_part,
    with_target,
)
from models.aggregates.tree import Tree, sums, tree_of
from models.calendar import end_of
from models.history import Conflict
from models.records import Record
from models.territory import LEVELS, Area

REFUSED, FEW = "menolak", 5
LOW_PERCENT = 95
UNLISTED_NAME = "Belum tercatat dalam register"


def coverage_of(
    session: Session,
    area: Area,
    on: date,
    *,
    past: Mapping[int, Tally] | None = None,
    is_public: bool = False,
) -> dict[str, Any]:
    """Coverage of an area on a day.

    Today's numbers come from the counted rows, which must have been refreshed.  For a past day give ``past``, the
    tallies by dasa wisma of that day (``models.aggregates.recount.tallies_on``).  ``is_public`` leaves demonstration
    desa out, stops at the desa, and puts refusals under five into *belum*.
    """
    tree = tree_of(session, area, on if past is not None else None, is_public=is_public)
    return _Coverage(session, tree, on, past, is_public=is_public).answer()


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands beside the numbers of one area."""

    basis: str
    missing: int
    register: Registered | None


def coverage_table(
    session: Session, area: Area, on: date, level: str, *, past: Mapping[int, Tally] | None = None
) -> list[dict[str, Any]]:
    """Coverage of every area of a level within an area, by code, without children."""
    tree = tree_of(session, area, on if past is not None else None)
    return _Coverage(session, tree, on, past, is_public=False).table(level)


class _Coverage:
    """One question, with everything it needs loaded at once."""

    def __init__(
        self, session: Session, tree: Tree, on: date, past: Mapping[int, Tally] | None, *, is_public: bool
    ) -> None:
        self.tree, self.on, self.is_public = tree, on, is_public
        self.desa = _desa_keys(tree)
        self.registers = registered(session, self.desa, on)
        tallies = _live(session, self.desa) if past is None else past
        wanted = targets(session, self.desa if len(self.desa) == 1 else None, on)
        self.leaves = {
            area.id: with_target(tallies.get(area.id, {}), wanted.get(area.id))
            for area in tree.areas.values()
            if area.level == "dasawisma"
        }
        self._add_conflicts(session)
        self.before_reference = sums(tree, self.leaves)
        self.parts = dict(self._reference_parts())
        self.sums = sums(
            tree, {key: add(self.leaves.get(key, {}), self.parts.get(key, {})) for key in {*self.leaves, *self.parts}}
        )
        if is_public:
            self._hide_few_refusals()

    def _add_conflicts(self, session: Session) -> None:
        for place, number in _open_conflicts(session, end_of(self.on)):
            if place in self.leaves:
                self.leaves[place] = add(self.leaves[place], {"conflicts": number})

    def _reference_parts(self) -> Iterable[tuple[int, Tally]]:
        for key, one in self.registers.items():
            if one.basis == REFERENCE and one.reference is not None and key in self.before_reference:
                part = reference_part(self.before_reference[key], one.reference.families, one.reference.people)
                if part is not None:
                    yield key, part

    def _hide_few_refusals(self) -> None:
        """Refusals under five join the doors not surveyed, desa by desa, so that sums still hold."""
        leaves: dict[int, Tally] = {}
        for area in self.tree.areas.values():
            if area.level == "desa" and area.id in self.sums:
                tally = dict(self.sums[area.id])
                if tally.get(f"outcome.{REFUSED}", 0) < FEW:
                    tally = add(tally, {f"outcome.{NOT_VISITED}": tally.pop(f"outcome.{REFUSED}", 0)})
                leaves[area.id] = tally
        above = {key: [one for one in below if _is_published(one)] for key, below in self.tree.children.items()}
        self.tree = Tree(self.tree.root, self.tree.areas, {key: below for key, below in above.items() if below})
        self.sums = sums(self.tree, leaves)

    def answer(self) -> dict[str, Any]:
        root = self.tree.root
        children = [self._node(area) for area in self.tree.children.get(root.id, ())]
        part = self.parts.get(root.id)
        if part is not None and not self.is_public:
            children.append(self._unlisted(part))
        return {**self._node(root), "children": children}

    def table(self, level: str) -> list[dict[str, Any]]:
        found = [area for area in self.tree.below(self.tree.root) if area.level == level]
        return [self._node(area) for area in sorted(found, key=lambda area: area.code)]

    def _node(self, area: Area) -> dict[str, Any]:
        place, tally = self._place(area), self.sums[area.id]
        return {
            "area": area.code,
            "name": area.name,
            "level": area.level,
            "as_of": self.on.isoformat(),
            "basis": place.basis,
            "missing": place.missing,
            "register": _register(place.register),
            "doors": _doors(tally, is_countable=self._is_countable(area, place)),
            "families": _unit(tally, "families"),
            "members": {**_unit(tally, "members"), "away": tally.get("members.away", 0)},
            "reference": self._reference(area),
            "open_conflicts": tally.get("conflicts", 0),
            "children": [],
        }

    def _unlisted(self, part: Tally) -> dict[str, Any]:
        """The child for doors that are expected and nobody listed yet."""
        node = self._node(self.tree.root)
        numbers = {"doors": _doors(part, is_countable=False), "families": _unit(part, "families")}
        members = {**_unit(part, "members"), "away": 0}
        return {
            **node,
            "area": None,
            "name": UNLISTED_NAME,
            "level": None,
            **numbers,
            "members": members,
            "reference": None,
            "open_conflicts": 0,
        }

    def _place(self, area: Area) -> _Place:
        if area.desa_id is not None:
            one = self.registers[area.desa_id]
            return _Place(one.basis, int(one.basis == NONE), one)
        inside = [self.registers[one.id] for one in self.tree.below(area) if one.level == "desa"]
        missing = sum(one.basis == NONE for one in inside)
        bases = {one.basis for one in inside}
        basis = NONE if missing or not bases else REFERENCE if REFERENCE in bases else REGISTER
        return _Place(basis, missing, None)

    def _is_countable(self, area: Area, place: _Place) -> bool:
        """Below a desa without an approved register nobody knows how many doors there should be."""
        if place.basis == REFERENCE:
            return LEVELS.index(area.level) <= LEVELS.index("desa")
        return place.basis == REGISTER

    def _reference(self, area: Area) -> dict[str, Any] | None:
        """Listed KK and people against the independent totals, over the desa that have them."""
        if LEVELS.index(area.level) > LEVELS.index("desa"):
            return None
        inside = [one for one in self.tree.below(area) if one.level == "desa"]
        having = [(one, total) for one in inside if (total := self.registers[one.id].reference) is not None]
        if not having:
            return None
        families, people = sum(total.families for _, total in having), sum(total.people or 0 for _, total in having)
        listed = add(*(self.before_reference[one.id] for one, _ in having))
        shares = {
            "percent_families": percent(listed.get("families.listed", 0), families),
            "percent_people": percent(listed.get("members.listed", 0), people),
        }
        return {
            "families": families,
            "people": people,
            "source": " / ".join(sorted({total.source for _, total in having})),
            "on": min(total.on for _, total in having).isoformat(),
            **shares,
            "is_low": any(share is not None and share < LOW_PERCENT for share in shares.values()),
        }


def _open_conflicts(session: Session, moment: datetime) -> list[tuple[int, int]]:
    """How many conflicts waited for a person at a moment, by the dasa wisma their record lies in."""
    query = (
        select(Record.dasawisma, func.count())
        .join(Conflict, Conflict.record == Record.id)
        .where(Conflict.created_at < moment)
        .where((Conflict.state == "open") | ((Conflict.state == "settled") & (Conflict.settled_at >= moment)))
        .group_by(Record.dasawisma)
    )
    return [(place, number) for place, number in session.execute(query)]


def _is_published(area: Area) -> bool:
    return LEVELS.index(area.level) <= LEVELS.index("desa")


def _desa_keys(tree: Tree) -> set[int]:
    if tree.root.desa_id is not None:
        return {tree.root.desa_id}
    return {area.id for area in tree.areas.values() if area.level == "desa"}


def _live(session: Session, desa: set[int]) -> dict[int, Tally]:
    query = select(DasawismaSum.dasawisma, DasawismaSum.tally)
    if len(desa) == 1:
        query = query.where(DasawismaSum.desa.in_(desa))
    return dict(session.execute(query).all())


def _register(one: Registered | None) -> dict[str, Any] | None:
    if one is None:
        return None
    approved = one.approved_at.isoformat().replace("+00:00", "Z") if one.approved_at else None
    return {"state": one.state, "approved_at": approved}


def _unit(tally: Mapping[str, int], unit: str) -> dict[str, int]:
    return {stage: tally.get(f"{unit}.{stage}", 0) for stage in STAGES}


def _doors(tally: Mapping[str, int], *, is_countable: bool) -> dict[str, Any]:
    numbers = _unit(tally, UNITS[0])
    taps = tally.get("doors.taps", 0)

    def share(part: int, whole: int) -> int | None:
        return percent(part, whole) if is_countable else None

    return {
        **numbers,
        "unlisted": tally.get("doors.unlisted", 0),
        "excluded": {reason: tally.get(f"excluded.{reason}", 0) for reason in REASONS},
        "pending": tally.get("doors.pending", 0),
        "outcomes": {outcome: tally.get(f"outcome.{outcome}", 0) for outcome in ALL_OUTCOMES},
        "fresh_by_tap": taps,
        "percent": share(numbers["complete"], numbers["expected"]),
        "percent_fresh": share(numbers["fresh"], numbers["expected"]),
        "percent_of_listed": share(numbers["complete"], numbers["listed"]),
        "percent_fresh_by_tap": percent(taps, numbers["fresh"]),
    }
