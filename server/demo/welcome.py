"""Decides what is printed when the server is ready: how to sign in, and one unused activation code with its QR."""

import io

import segno
from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.account import Credential, Invitation, Person, RoleGrant
from models.territory import Area
from server.config import Config
from server.demo.accounts import OFFICES, password
from server.invitations import Invited, add_person, grant, invite
from server.security.identity import now
from server.transaction import write

TRIAL = "Kader percobaan"
GROUP = "35.22.14.2011/D004"


def table(config: Config) -> str:
    """The text; without the demonstration only where to begin."""
    with write() as session:
        found = session.scalar(select(Area).where(Area.code == GROUP, Area.is_demo))
        invited = _trial(session, found) if found else None
        offices = session.scalars(select(Credential.username).order_by(Credential.username)).all() if found else []
    if invited is None:
        return "Tanpa desa contoh."
    lines = ["", "Desa contoh Kapas (35.22.14.2011): semua orang dan angkanya rekaan.", ""]
    lines.append(f"{'nama pengguna':18}{'kata sandi':16}peran")
    words = password(config.data_dir)
    lines += [f"{username:18}{words:16}{name}" for username, name, *_ in OFFICES if username in offices]
    address = f"http://{config.host}:{config.port}/app/#aktivasi={invited.secret}"
    lines += ["", f"Kode aktivasi kader ({invited.dasawisma}): {invited.code}", f"atau buka {address}", _qr(address)]
    return "\n".join(lines)


def _trial(session: Session, dasawisma: Area) -> Invited:
    """A fresh invitation of the kader who is there to be tried out; her older unused ones end."""
    keyring = current_app.config["KEYRING"]
    query = (
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.area_id == dasawisma.id, RoleGrant.role == "kader", Person.is_demo)
        .order_by(Person.id.desc())
    )
    person = next((one for one in session.scalars(query) if _is_trial(one)), None)
    if person is None:
        person = add_person(session, keyring, TRIAL, now(), is_demo=True)
        grant(session, person, "kader", dasawisma, now())
    session.execute(delete(Invitation).where(Invitation.person_id == person.id, Invitation.used_at.is_(None)))
    return invite(session, keyring, person, dasawisma.code, now())


def _is_trial(person: Person) -> bool:
    from server.invitations import open_name

    return open_name(current_app.config["KEYRING"], person.name) == TRIAL


def _qr(address: str) -> str:
    out = io.StringIO()
    segno.make(address, error="l").terminal(out, border=1, compact=True)
    return out.getvalue()
