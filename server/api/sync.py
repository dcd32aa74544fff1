"""POST /api/sync: edits in, verdicts and changes out, in one round trip (the sync contract).

Order: bound and unpack, read, epoch; push in write transactions of its own; then one read snapshot for everything that
goes out.  Nothing in an edit is ever answered with a fault.
"""

import secrets
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy import bindparam, update
from sqlalchemy.exc import InterfaceError
from sqlalchemy.orm import Session

from models.account import Device
from models.database import Base, db
from models.problems import Problem
from models.sealing import Keyring
from models.sql import Write
from server.api.body import MAX_EDITS, bounded, too_large, unpacked
from server.oldest_app import is_too_old
from server.push import Pusher
from server.security import identity
from server.security.guard import SIGNED_IN, guard
from server.transaction import write
from sync import cursor as cursors
from sync.epochs import begin_epoch, current_epoch, restored_at
from sync.exchange import Submission, prepare
from sync.inbox import read_inbox
from sync.incoming import Author
from sync.outboxes import find_queue
from sync.pull import CursorAheadError, changes, check_not_ahead, start
from sync.rights import Place, Rights, places_of, rights_of
from sync.wire import Request, assemble, parse

routes = Blueprint("sync", __name__)
_turn = Lock()
"""On SQLite one push of a process at a time: threads that compute side by side only slow down the one that writes."""

SEEN_AGAIN = timedelta(hours=1)
LONGEST_VERSION = 20
DEVICE = Base.metadata.tables[Device.__tablename__]
SYNCED = Write(
    update(DEVICE)
    .where(DEVICE.c.id == bindparam("device"))
    .values(last_sync_at=bindparam("now"), app_version=bindparam("version"))
)
UPGRADE_REQUIRED = 426


@routes.post("/api/sync")
@guard(SIGNED_IN)
def sync() -> Any:
    """One round trip; 200, or 426 with the same body where the app is too old to read."""
    asked = parse(unpacked(bounded(request), request.headers.get("Content-Encoding")))
    if len(asked.edits) > MAX_EDITS:
        raise too_large()
    turn = _turn if asked.edits and current_app.config["DAWIS"].gate_path else nullcontext()
    try:
        with turn:
            return _Exchange(asked, identity.current(), identity.now()).answer()
    except InterfaceError as error:
        raise Problem("server.busy") from error


class _Exchange:
    """One request of one person."""

    def __init__(self, asked: Request, caller: identity.Caller, now: datetime) -> None:
        self.asked, self.caller, self.now = asked, caller, now
        self.keyring: Keyring = current_app.config["KEYRING"]
        self.sent_cursor = cursors.load(self.keyring, asked.cursor, caller.person_id)

    def answer(self) -> Response:
        """Check the epoch, push, read, and put the answer together.

        The request's own read session serves both before and after: after a write it is begun anew, so that what goes
        out is one snapshot that holds what was committed.
        """
        rights = self.caller.rights
        places = self._places(db.session(), rights)
        epoch = current_epoch(db.session())
        self._check_epoch(db.session(), epoch, places)
        done = None
        if self.asked.edits or self._is_news():
            db.session.remove()
            done = self._push(rights, places)
            places = self._places(db.session(), rights_of(db.session(), self.caller.person_id, self.now))
            epoch = current_epoch(db.session())
        is_old = is_too_old(db.session(), self.asked.app, self.now)
        body = self._told(db.session(), epoch, done)
        records = self._refused(body) if is_old else self._read(db.session(), body, places)
        status = UPGRADE_REQUIRED if is_old else 200
        response = Response(assemble(body, records), status, mimetype="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response

    def _places(self, session: Session, rights: Rights) -> list[Place]:
        """Return her dasawisma; who never was kader or office of a desa does not sync.

        Somebody whose last role ended still gets rid of what she made before, and of what she may no longer hold.
        """
        if not rights.grants:
            raise Problem("session.forbidden")
        return places_of(session, rights)

    # before anything is processed

    def _check_epoch(self, session: Session, epoch: str, places: list[Place]) -> None:
        if self.asked.epoch is not None and self.asked.epoch != epoch:
            raise Problem("sync.epoch", epoch=epoch, restored_at=restored_at(session, self.asked.epoch, places))
        try:
            check_not_ahead(session, self.sent_cursor, epoch)
        except CursorAheadError:
            pass
        else:
            return
        self._begin_epoch(epoch, places)

    def _begin_epoch(self, epoch: str, places: list[Place]) -> None:
        """Begin a new epoch at once: this database was put back by hand."""
        db.session.remove()
        with write() as session:
            if current_epoch(session) == epoch:
                begin_epoch(session, secrets.token_hex(8), self.now)
        new, points = current_epoch(db.session()), restored_at(db.session(), epoch, places)
        raise Problem("sync.epoch", epoch=new, restored_at=points)

    # push

    def _push(self, rights: Rights, places: list[Place]) -> Submission | None:
        if not self.asked.edits:
            with write() as session:
                self._note_device(session)
            return None
        home = min((place.desa for place in places), default=0) or next(one.desa or 0 for one in rights.grants)
        author = Author(self.caller.person_id, self.caller.device_id, home, rights)
        pusher = Pusher(author, self.keyring, self.now)
        return pusher.push(prepare(self.asked, self.now), beside=self._note_device)

    def _is_news(self) -> bool:
        """Whether the desa's page would be wrong by over an hour about this phone."""
        if self.caller.device_id is None:
            return False
        last, version = self.caller.synced_at, self.caller.app_version
        return last is None or self.now - last > SEEN_AGAIN or version != self.asked.app[:LONGEST_VERSION]

    def _note_device(self, session: Session) -> None:
        if self.caller.device_id:
            SYNCED.run(session, device=self.caller.device_id, now=self.now, version=self.asked.app[:LONGEST_VERSION])

    # read

    def _told(self, session: Session, epoch: str, done: Submission | None) -> dict[str, Any]:
        """Return what is said about the outbox, the server and the verdicts."""
        queue = find_queue(session, self.asked.outbox, is_locked=False)
        mine = queue if queue and queue.person == self.caller.person_id else None
        return {
            "applied_through": mine.applied_through if mine else 0,
            "applied_id": mine.applied_id if mine else None,
            "verdicts": [verdict.wire() for verdict in done.verdicts] if done else [],
            "server": {"now": _instant(self.now), "epoch": epoch},
            "wait": 0,
        }

    def _read(self, session: Session, body: dict[str, Any], places: list[Place]) -> list[bytes]:
        """Add scope, gone, inbox and cursor; return the records."""
        begun = start(self.sent_cursor, body["server"]["epoch"], self.caller.person_id, self.asked.form)
        page = changes(session, self.keyring, places, begun, self.asked.again)
        areas = {place.id for place in places}
        person, form = self.caller.person_id, self.asked.form
        lines, last, more = read_inbox(session, self.keyring, person, begun.inbox, areas, form=form)
        assert page.cursor is not None
        more = more or page.more
        after = replace(page.cursor, inbox=last, building=page.building if more else frozenset())
        body |= {"gone": page.gone, "scope": page.scope, "inbox": lines, "more": more}
        body["cursor"] = cursors.dump(self.keyring, after)
        return page.records

    def _refused(self, body: dict[str, Any]) -> list[bytes]:
        """Leave an app that is too old where it is."""
        body |= {"gone": [], "scope": [], "inbox": [], "more": False, "cursor": self.asked.cursor}
        return []


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
