"""What a restore has to know of the database it takes the place of, as far as that can still be read.

Which epochs it knew, so that no phone is told it shares more than it does; and which edits came in after the backup, by
whom: those are what the phones must bring again.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.account import Person, RoleGrant
from models.history import Edit
from models.sealing import Keyring, SealError
from models.territory import Area
from sync.epochs import Points, current_epoch, epochs_of, points_of

PART = 500
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Missing:
    """Edits of one author that the restored copy does not hold; ``name`` and ``areas`` say whom to ask."""

    author: int | None
    name: str
    areas: tuple[str, ...]
    edits: int


@dataclass(frozen=True)
class Present:
    """What could be read; ``epochs`` is empty where nothing is there or nothing was ever written in it."""

    epochs: frozenset[str] = frozenset()
    points: Points = ()


def look_at(engine: Engine) -> Present:
    """The epochs of the present database, as far as they can be read (its schema may be an older one)."""
    try:
        if not inspect(engine).has_table("server_state"):
            return Present()
        with engine.connect() as connection, Session(connection) as session:
            is_used = session.scalar(select(Edit.id).limit(1)) or session.scalar(select(Person.id).limit(1))
            now = frozenset({current_epoch(session)})
    except (SQLAlchemyError, TypeError) as error:
        log.warning("present database: %s", error)
        return Present()
    try:
        with engine.connect() as connection, Session(connection) as session:
            points, known = points_of(session), now | epochs_of(session)
    except SQLAlchemyError as error:
        log.warning("epochs of the present database: %s", error)
        points, known = (), now
    return Present(known if is_used else frozenset(), points)


def missing(present: Engine, restored: Engine, keyring: Keyring) -> list[Missing]:
    """Who sent what the restored copy does not hold, the most first; empty where the present one cannot be read."""
    try:
        with present.connect() as one, restored.connect() as other, Session(one) as old, Session(other) as new:
            counts: dict[int | None, int] = {}
            for author in _not_in(old, new):
                counts[author] = counts.get(author, 0) + 1
            found = [_missing(old, keyring, author, number) for author, number in counts.items()]
    except SQLAlchemyError as error:
        log.warning("present database: %s", error)
        return []
    return sorted(found, key=lambda one: -one.edits)


def _not_in(old: Session, new: Session) -> Iterator[int | None]:
    query = select(Edit.id, Edit.author).execution_options(yield_per=PART)
    for part in old.execute(query).partitions():
        there = set(new.scalars(select(Edit.id).where(Edit.id.in_([edit for edit, _ in part]))))
        yield from (author for edit, author in part if edit not in there)


def _missing(session: Session, keyring: Keyring, author: int | None, number: int) -> Missing:
    name = session.scalar(select(Person.name).where(Person.id == author))
    areas = select(Area.code).join(RoleGrant, RoleGrant.area_id == Area.id).where(RoleGrant.person_id == author)
    codes: Iterable[str] = session.scalars(areas.distinct().order_by(Area.code)).all()
    try:
        words = keyring.open(0, "person", "name", name).decode() if name else "?"
    except SealError:
        words = "?"
    return Missing(author, words, tuple(codes), number)
