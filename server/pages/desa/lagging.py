"""Which dasa wisma of an area lack the most doors: where help is needed first."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.aggregates.tables import DasawismaSum
from models.territory import Area

SHOWN = 8


class Lagging(NamedTuple):
    """A dasa wisma with its listed doors that are not excluded, and how many of them lack something."""

    area: Area
    doors: int
    lacking: int


def lagging_in(session: Session, area: Area) -> list[Lagging]:
    """The dasa wisma with most doors not complete, from counted rows; none where nothing lacks."""
    query = (
        select(Area, DasawismaSum.tally)
        .join(DasawismaSum, DasawismaSum.dasawisma == Area.id)
        .where(Area.path.startswith(area.path))
    )
    found = []
    for place, tally in session.execute(query):
        doors = tally.get("doors.listed", 0) - tally.get("doors.excluded", 0)
        lacking = doors - tally.get("doors.complete", 0)
        if lacking > 0:
            found.append(Lagging(place, doors, lacking))
    return sorted(found, key=lambda one: (-one.lacking, one.area.code))[:SHOWN]
