"""Decides how a push is committed: in one transaction, and where that fails, halved down to the edit that cannot be.

A bad edit that is alone is quarantined with its bytes and a ticket, so that no content is ever answered with a fault.
A full disk, a lock that does not come and a lost database are nobody's edit's fault: they pass through, nothing is
acknowledged, and the phone sends again.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from models.problems import Problem
from models.sealing import Keyring
from server.security import identity
from server.transaction import write
from sync.batch import LockAgainError, Tools
from sync.edit import Edit
from sync.exchange import FAULT, Push, Submission, submit
from sync.incoming import Author

log = logging.getLogger(__name__)
NOT_ITS_FAULT = (Problem, OperationalError, InterfaceError, MemoryError)
BINDING = "binding"
"""What SQLite's library says of a value no column can hold: that comes from the edit."""


def tools() -> Tools:
    """What the shell below is given: this installation's keys, the moment, and new ids."""
    return Tools(current_app.config["KEYRING"], identity.now(), lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Pusher:
    """Commits pushes of one author.  ``beside`` runs in the first transaction (what else a sync writes)."""

    author: Author
    keyring: Keyring
    now: datetime
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    def push(self, push: Push, beside: Callable[[Session], None] | None = None) -> Submission:
        """Commit every edit of a push or quarantine it; returns the verdicts of all, in order."""
        try:
            return self._once(push, beside)
        except Exception as error:
            if _is_from_outside(error):
                raise
            log.exception("push of %d edits failed", len(push.items))
        if len(push.items) == 1:
            return self._alone(push)
        half = len(push.items) // 2
        first = self.push(replace(push, items=push.items[:half]))
        last = push.items[half - 1].edit.id
        second = self.push(replace(push, items=push.items[half:], prev=last or first.applied_id))
        return replace(
            second,
            verdicts=first.verdicts + second.verdicts,
            households=first.households | second.households,
        )

    def _alone(self, push: Push) -> Submission:
        """Try a lone edit once more (it may have met a race), then quarantine it.

        Its times go into quarantine with it, so that a replay can trust its clock as on the day it came.
        """
        try:
            return self._once(push)
        except Exception as error:
            if _is_from_outside(error):
                raise
            log.exception("edit is quarantined")
        item = push.items[0]
        if not isinstance(edit := item.edit, Edit):
            return self._once(replace(push, items=(replace(item, fault=FAULT),)))
        empty = replace(edit, patches=(), settles=())
        try:
            return self._once(replace(push, items=(replace(item, edit=empty, fault=FAULT),)))
        except Exception as error:
            if _is_from_outside(error):
                raise
            log.exception("edit is quarantined without its times")
        empty = replace(empty, at=None, visited_on=None, form="")
        return self._once(replace(push, items=(replace(item, edit=empty, fault=FAULT),)))

    def _once(self, push: Push, beside: Callable[[Session], None] | None = None) -> Submission:
        lock: frozenset[int] = frozenset()
        while True:
            try:
                with write() as session:
                    if beside:
                        beside(session)
                    return submit(session, self.author, push, Tools(self.keyring, self.now, self.new_id), lock)
            except LockAgainError as again:
                if again.desa <= lock:
                    raise
                lock = again.desa


def _is_from_outside(error: Exception) -> bool:
    """Whether no edit can be blamed."""
    is_value = isinstance(error, InterfaceError) and BINDING in str(error.orig)
    return isinstance(error, NOT_ITS_FAULT) and not is_value
