"""Decides which app is too old to read: the installation's setting ``oldest_app``; without it every app reads.

Read at most once a minute by each process, so that a poll costs no statement more; a change holds within a minute.
"""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.sql import Read
from models.territory import Setting

NAME = "oldest_app"
NONE = "0"
AGAIN = timedelta(minutes=1)
VALUE = Read(select(Setting.__table__.c.value).where(Setting.__table__.c.name == NAME))


def is_too_old(session: Session, app: str, now: datetime) -> bool:
    """Whether this app may still push, but is answered 426 and no records."""
    return version(app) < version(_oldest(session, now))


def _oldest(session: Session, now: datetime) -> str:
    if (fixed := current_app.config.get("OLDEST_APP")) is not None:
        return str(fixed)
    read_at, known = current_app.extensions.get(NAME, (None, NONE))
    if read_at is None or not timedelta() <= now - read_at < AGAIN:
        row = VALUE.first(session)
        known = row[0] if row else NONE
        current_app.extensions[NAME] = (now, known)
    return str(known)


def version(text: str) -> tuple[int, ...]:
    """Return the numbers of ``1.4.0-rc1``; what is no number counts as 0."""
    parts = text.split("-", 1)[0].split(".")
    return tuple(int(part) if part.isascii() and part.isdigit() and len(part) < 9 else 0 for part in parts)  # noqa: PLR2004
