"""Office passwords: argon2id, and growing waits per account kept in the database."""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Credential
from models.problems import Problem

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = HASHER.hash("a password nobody has")
FREE_TRIES = 5
LONGEST_WAIT = 900


def set_password(session: Session, person_id: int, username: str, password: str) -> None:
    """Give a person a user name and password, or change them."""
    row = session.get(Credential, person_id) or Credential(person_id=person_id, failures=0)
    row.username, row.password_hash = username.strip().lower(), HASHER.hash(password)
    row.failures, row.wait_until = 0, None
    session.add(row)


def check_password(session: Session, username: str, password: str, moment: datetime) -> int | Problem:
    """The person's id, or the problem to answer; failures are counted in the row either way."""
    name = username.strip().lower() if username.isprintable() else ""
    row = session.scalar(select(Credential).where(Credential.username == name).with_for_update())
    if row and row.wait_until and row.wait_until > moment:
        return Problem("session.throttled", wait=int((row.wait_until - moment).total_seconds()) + 1)
    try:
        HASHER.verify(row.password_hash if row else NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        if row:
            row.failures += 1
            if row.failures >= FREE_TRIES:
                row.wait_until = moment + timedelta(seconds=min(LONGEST_WAIT, 2 ** (row.failures - FREE_TRIES) * 5))
        return Problem("session.wrong_password")
    if row is None:
        return Problem("session.wrong_password")
    row.failures, row.wait_until = 0, None
    return row.person_id
