"""Decides how a kader gets her phone activated: a one-time code to type and a secret to scan.

The code has 8 characters of a 32 letter alphabet without look-alikes (40 bits); the QR's secret 128 bits, in the
address's fragment so that it reaches no log.  Both are kept as keyed hashes and die together at first use.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.account import Invitation, Person, RoleGrant
from models.problems import Problem
from models.sealing import Keyring
from models.territory import Area

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Invited:
    """What is handed to a kader; shown once and kept nowhere."""

    person_id: int
    kader: str
    dasawisma: str
    code: str
    secret: str
    expires_at: datetime


def seal_name(keyring: Keyring, name: str) -> bytes:
    """A person's name as the person table keeps it."""
    return keyring.seal(0, "person", "name", name.encode())


def open_name(keyring: Keyring, sealed: bytes) -> str:
    """A person's name in the clear."""
    return keyring.open(0, "person", "name", sealed).decode()


def add_person(session: Session, keyring: Keyring, name: str, moment: datetime, *, is_demo: bool = False) -> Person:
    """A new person without rights."""
    person = Person(name=seal_name(keyring, name), created_at=moment, is_demo=is_demo)
    session.add(person)
    session.flush()
    return person


def grant(session: Session, person: Person, role: str, area: Area, moment: datetime) -> None:
    """Give a person a role over an area from now on."""
    session.add(RoleGrant(person_id=person.id, role=role, area_id=area.id, starts_at=moment))
    session.flush()


def invite_kader(
    session: Session, keyring: Keyring, dasawisma: Area, moment: datetime, *, created_by: int | None = None
) -> Invited:
    """Make one new kader with full scope over a dasa wisma, and her invitation; takes nothing from others."""
    held = select(func.count()).where(RoleGrant.role == "kader", RoleGrant.area_id == dasawisma.id)
    number = (session.scalar(held) or 0) + 1
    name = f"Kader {dasawisma.name}" + (f" ({number})" if number > 1 else "")
    person = add_person(session, keyring, name, moment, is_demo=dasawisma.is_demo)
    grant(session, person, "kader", dasawisma, moment)
    return invite(session, keyring, person, dasawisma.code, moment, created_by=created_by)


def invite(
    session: Session,
    keyring: Keyring,
    person: Person,
    dasawisma: str,
    moment: datetime,
    *,
    created_by: int | None = None,
) -> Invited:
    """A new invitation for a person who exists."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    secret = secrets.token_urlsafe(16)
    session.add(
        Invitation(
            person_id=person.id,
            code_hash=_hash(keyring, code),
            secret_hash=_hash(keyring, secret),
            created_at=moment,
            created_by=created_by,
            expires_at=moment + LIFETIME,
        )
    )
    session.flush()
    return Invited(person.id, open_name(keyring, person.name), dasawisma, code, secret, moment + LIFETIME)


def redeem(session: Session, keyring: Keyring, given: str, moment: datetime) -> int:
    """Use an invitation up; returns the person's id.  Raises activation.unknown, .used or .expired."""
    typed = given.upper().replace("-", "").replace(" ", "")
    hashes = (_hash(keyring, typed), _hash(keyring, given.strip()))
    found = select(Invitation).where((Invitation.code_hash == hashes[0]) | (Invitation.secret_hash == hashes[1]))
    row = session.scalar(found.with_for_update())
    if row is None:
        raise Problem("activation.unknown")
    if row.used_at:
        raise Problem("activation.used")
    if row.expires_at <= moment:
        raise Problem("activation.expired")
    row.used_at = moment
    return row.person_id


def _hash(keyring: Keyring, text: str) -> bytes:
    return keyring.sign("invitation", text.encode())
