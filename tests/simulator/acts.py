"""What is done to the server beside requests: by its operators, by the office on its own pages, by an import.

Every function takes the server first and plain values after it, so that a history can be taken again.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from models.account import Person, RoleGrant
from models.territory import area_by_code
from server.invitations import grant as give_role
from server.security import identity
from server.transaction import write
from sync.epochs import begin_epoch
from tests.simulator.server import Kept, Server


def backup(server: Server) -> None:
    """Keep a copy of the database."""
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
    from models.territory import Area

    with server.app.app_context(), write() as session:
        moment = server.clock() + timedelta(0)
        query = select(Area.code).join(RoleGrant, RoleGrant.area_id == Area.id)
        mine = RoleGrant.person_id == server.stage.world.person[person], RoleGrant.starts_at <= moment
        found: Any = session.scalars(query.where(*mine, RoleGrant.ends_at.is_(None)).order_by(Area.code))
        return list(dict.fromkeys(found))
