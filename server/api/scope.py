"""Decides which dasawisma the signed-in person may read records of."""

from sqlalchemy.orm import Session

from server.security import identity
from sync.rights import Place, places_of, rights_of


def places_now(session: Session) -> list[Place]:
    """Return the caller's dasawisma of today."""
    return places_of(session, rights_of(session, identity.current().person_id, identity.now()))
