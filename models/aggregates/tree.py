"""Decides which area lies in which on a day, and adds the tallies of dasa wisma up to their areas.

Levels may be skipped: a dasa wisma may hang on its desa.  On a past day the parents of that day hold.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.aggregates.tally import Tally, add
from models.territory import LEVELS, Area, AreaPlacement


@dataclass(frozen=True)
class Tree:
    """An area and everything below it on a day, without demonstration areas where the reader is the public."""

    root: Area
    areas: Mapping[int, Area]
    children: Mapping[int, Sequence[Area]] = field(repr=False)

    def below(self, area: Area) -> Iterable[Area]:
        """The area and everything in it."""
        waiting = [area]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(self.children.get(one.id, ()))

    def count(self, area: Area, level: str) -> int:
        """How many areas of a level lie in an area; placeholders are none."""
        return sum(one.level == level and not one.is_placeholder for one in self.below(area))


def tree_of(session: Session, root: Area, on: date | None = None, *, is_public: bool = False) -> Tree:
    """The areas at and below ``root``, today (None) or as they lay on a day."""
    found = session.scalars(select(Area).where(Area.path.startswith(root.path))).all()
    closed = _closed(session, on)
    areas = {area.id: area for area in found if not (is_public and area.is_demo) and area.id not in closed}
    parents = {area.id: area.parent_id for area in areas.values()}
    if on is not None:
        parents |= _parents_on(session, root, on)
    children: dict[int, list[Area]] = defaultdict(list)
    for area in sorted(areas.values(), key=lambda one: (LEVELS.index(one.level), one.code)):
        parent = parents[area.id]
        if parent is not None and area.id != root.id:
            children[parent].append(area)
    return Tree(root, areas, children)


def _closed(session: Session, on: date | None) -> set[int]:
    """Desa that were merged into others (by a day): they have a placement, and none in force."""
    last = func.max(func.coalesce(AreaPlacement.valid_to, date.max)).label("last")
    query = select(AreaPlacement.area_id).join(Area, Area.id == AreaPlacement.area_id).where(Area.level == "desa")
    query = query.group_by(AreaPlacement.area_id).having(last <= on if on else last < date.max)
    return set(session.scalars(query))


def _parents_on(session: Session, root: Area, on: date) -> dict[int, int]:
    query = (
        select(AreaPlacement.area_id, AreaPlacement.parent_id)
        .join(Area, Area.id == AreaPlacement.area_id)
        .where(Area.path.startswith(root.path), AreaPlacement.valid_from <= on)
        .where(or_(AreaPlacement.valid_to.is_(None), AreaPlacement.valid_to > on))
        .order_by(AreaPlacement.valid_from)
    )
    return dict(session.execute(query).all())


def sums(tree: Tree, leaves: Mapping[int, Tally]) -> dict[int, Tally]:
    """The tally of every area of the tree; ``leaves`` holds those of dasa wisma and of parts not listed, by area id."""
    found: dict[int, Tally] = {}

    def fill(area: Area) -> Tally:
        parts = [fill(child) for child in tree.children.get(area.id, ())]
        found[area.id] = add(leaves.get(area.id, {}), *parts)
        return found[area.id]

    fill(tree.root)
    return found
