"""What is done to the server beside requests: by its operators, by the office on its own pages, by an import.

Every function takes the server first and plain values after it, so that a history can be taken again.
"""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select, update

from models.account import Person, RoleGrant
from models.history import Conflict, Proposal
from models.territory import Area, area_by_code
from server.api import body
from server.cli.quarantine import replay_all
from server.counting import read
from server.invitations import grant as give_role
from server.register.edits import DoorEdit
from server.register.sending import Sender
from server.security import identity
from server.transaction import snapshot, write
from sync.epochs import begin_epoch
from tests.simulator.server import Kept, Server
from tests.simulator.stage import OFFICE


def backup(server: Server) -> None:
    """Count what changed, as every night, and keep a copy of the database."""
    read.bring_up_to_date()
    kept = Kept(f"backup{len(server.backups)}", set(server.answered))
    server.stage.keep(kept.name)
    server.backups.append(kept)


def restore(server: Server, index: int, is_announced: bool) -> None:
    """Put a copy back: as an operator does, with a new epoch, or by hand, without one."""
    server.stage.put_back(server.backups[index].name)
    server.answered = set(server.backups[index].answered)
    server.restores += 1
    if is_announced:
        with write() as session:
            begin_epoch(session, server.new_epoch(), server.clock())


def renew(server: Server, person: str) -> None:
    """A phone signs in again."""
    with write() as session:
        person_id = server.stage.world.person[person]
        server.tokens[person] = identity.open_session(session, person_id, None, server.clock())


def revoke(server: Server, person: str, code: str) -> None:
    """End a kader's roles over a dasa wisma."""
    with write() as session:
        area = area_by_code(session, code)
        mine = RoleGrant.person_id == server.stage.world.person[person], RoleGrant.area_id == area.id
        session.execute(update(RoleGrant).where(*mine, RoleGrant.ends_at.is_(None)).values(ends_at=server.clock()))


def assign(server: Server, person: str, code: str) -> None:
    """Give a kader a dasa wisma, from now on."""
    with write() as session:
        area = area_by_code(session, code)
        give_role(session, session.get_one(Person, server.stage.world.person[person]), "kader", area, server.clock())


def oldest_app(server: Server, version: str) -> None:
    """Let apps older than this be told to update."""
    server.app.config["OLDEST_APP"] = version


def grants(server: Server, person: str) -> list[str]:
    """The dasa wisma a kader has now."""
    with server.app.app_context(), write() as session:
        moment = server.clock() + timedelta(0)
        query = select(Area.code).join(RoleGrant, RoleGrant.area_id == Area.id)
        mine = RoleGrant.person_id == server.stage.world.person[person], RoleGrant.starts_at <= moment
        found: Any = session.scalars(query.where(*mine, RoleGrant.ends_at.is_(None)).order_by(Area.code))
        return list(dict.fromkeys(found))


def submit_form(server: Server, person: str, path: str, form: str) -> None:
    """The office decides on its page."""
    server.submit_form(person, path, form)


def waiting(server: Server) -> list[tuple[str, str, list[str]]]:
    """What the office's pages offer: person, path, and the forms that may be sent."""
    with server.app.app_context(), snapshot() as session:
        people = {
            session.scalars(select(Area.id).where(Area.code == code)).one(): (name, code)
            for name, code in OFFICE.items()
        }
        clashes = session.execute(select(Conflict.desa, Conflict.id).where(Conflict.state == "open")).all()
        asked = session.execute(select(Proposal.desa, Proposal.edit).where(Proposal.state == "open")).all()
    rows = [(row.desa, f"konflik/{row.id}", ["side=kept", "side=lost"]) for row in clashes]
    rows += [(row.desa, f"usulan/{row.edit}", ["choice=accept", "choice=reject"]) for row in asked]
    found = [(people[desa], path, forms) for desa, path, forms in rows if desa in people]
    return sorted((name, f"/desa/{code}/{path}", forms) for (name, code), path, forms in found)


def prefill(server: Server, code: str, edits: list[dict[str, Any]]) -> None:
    """An import of a desa: its edits, through the sender that imports use."""
    with write() as session:
        desa = area_by_code(session, code)
        assert desa is not None
        asker = SimpleNamespace(keyring=server.app.config["KEYRING"], now=server.clock(), person=None)
        sender = Sender(f"import-{edits[0]['id']}", desa, asker)
        sender.send(session, [DoorEdit(edit, []) for edit in edits])


def poison(server: Server, edit: str) -> None:
    """A fault of ours waits for this edit."""
    server.poison.add(edit)


def mend(server: Server) -> None:
    """The fault is mended, and what was quarantined for it is taken again."""
    server.poison.clear()
    replay_all("fault")


def limit(server: Server, most: int) -> None:
    """What a request may be on the wire."""
    body.MAX_WIRE = most
