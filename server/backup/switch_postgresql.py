"""Puts a finished schema in the place of the present tables, in one transaction of PostgreSQL.

Every present table is locked first, so that what began before has ended and what begins now waits; then the tables
change places, and those who waited find the new ones by name.  The old tables stay, in a schema of their own.
"""

import time

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from models.database import db
from models.problems import Problem

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = :schema ORDER BY tablename"
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
FIRST = ("login_session", "server_state", "outbox")
"""What requests touch first: locked first, so that new ones wait before they hold anything we need."""
WAIT, TRIES, PAUSE = "5s", 20, 0.3
"""A request under way may still meet us the wrong way round; then one of the two begins again."""


def others() -> int:
    """How many other connections this database has."""
    with db.engine.connect() as connection:
        return int(connection.scalar(text(OTHERS)) or 0)


def change_places(new: str, aside: str) -> None:
    """Move the present tables into ``aside`` and those of ``new`` into their place; raises restore.locked."""
    for turn in range(TRIES):
        try:
            with db.engine.begin() as connection:
                _change(connection, new, aside)
            break
        except OperationalError as error:
            if turn == TRIES - 1:
                raise Problem("restore.locked", reason=str(error.orig).splitlines()[0]) from error
            time.sleep(PAUSE)
        except ProgrammingError as error:
            raise Problem("backup.denied", place=str(error.orig).splitlines()[0]) from error
    db.engine.dispose()


def _change(connection: Connection, new: str, aside: str) -> None:
    here = str(connection.scalar(text("SELECT current_schema()")))
    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT}'"))
    fresh = connection.scalars(text(TABLES), {"schema": new}).all()
    ours = [name for name in connection.scalars(text(TABLES), {"schema": here}).all() if name in fresh]
    if ours:
        order = sorted(ours, key=lambda name: (name not in FIRST, name))
        locked = ", ".join(f'"{here}"."{name}"' for name in order)
        connection.execute(text(f"LOCK TABLE {locked} IN ACCESS EXCLUSIVE MODE"))
    connection.execute(text(f'CREATE SCHEMA "{aside}"'))
    for names, source, target in ((ours, here, aside), (fresh, new, here)):
        for name in names:
            connection.execute(text(f'ALTER TABLE "{source}"."{name}" SET SCHEMA "{target}"'))
    connection.execute(text(f'DROP SCHEMA "{new}"'))
