"""Writes down every look at personal records, before they are shown."""

from flask import request

from models.account import AccessLog
from models.territory import Area
from server.security import identity
from server.transaction import write


def record_look(area: Area, subject: str) -> None:
    """Note who looked, when, by which page, at which area's code or record's id; no note, no look."""
    caller = identity.current()
    with write() as session:
        session.add(
            AccessLog(
                at=identity.now(),
                person_id=caller.person_id,
                desa=area.desa_id,
                route=(request.endpoint or "")[:80],
                subject=subject[:80],
            )
        )
