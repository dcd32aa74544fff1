"""Where the pages get coverage from: one call, at the clock of the server."""

from typing import Any

from models.database import db
from models.territory import Area
from server.security.identity import now


def coverage(area: Area) -> dict[str, Any]:
    """Coverage of an area now, with its children."""
    from models.aggregates.coverage import coverage_of

    return coverage_of(db.session(), area, now())


def public_coverage(area: Area) -> dict[str, Any]:
    """Coverage for everybody: demonstration areas are not in it."""
    from models.aggregates.coverage import coverage_of

    return coverage_of(db.session(), area, now())
