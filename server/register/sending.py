"""Decides how edits of an import reach the records: through the same exchange as a phone's, flagged as prefill.

An import has an outbox of its own, whose name is the import's id, and the office's right over the desa.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson
from sqlalchemy.orm import Session

from models.form.definition import load
from models.sealing import Keyring
from models.territory import Area
from server.register.edits import DoorEdit
from server.register.ids import uuid7_maker
from sync.batch import LockAgainError, Tools
from sync.checking import checked
from sync.edit import Edit
from sync.exchange import IMPORT, Item, Push, Submission, submit
from sync.incoming import Author
from sync.reading import read_edit
from sync.rights import Granted, Rights
from sync.verdict import ACCEPTED


class InTheNameOf(Protocol):
    """In whose name edits are sent."""

    @property
    def keyring(self) -> Keyring:
        """The keys of the installation."""

    @property
    def now(self) -> datetime:
        """The moment of receipt."""

    @property
    def person(self) -> int | None:
        """Who asked for it."""


@dataclass(frozen=True)
class Outcome:
    """What became of one edit; `lost` names the fields where another answer stands."""

    verdict: str
    lost: tuple[dict[str, Any], ...] = ()

    @property
    def is_applied(self) -> bool:
        """Whether the edit is in the records."""
        return self.verdict in ACCEPTED


class Sender:
    """One outbox of an import; `through` and `last_edit` say how far it is."""

    def __init__(
        self, outbox: str, desa: Area, office: InTheNameOf, *, through: int = 0, last_edit: str | None = None
    ) -> None:
        """`through` and `last_edit` go on where an earlier sender of this outbox ended."""
        self.outbox, self.through, self.last_edit = outbox, through, last_edit
        rights = Rights((Granted(desa.path, is_office=True, ended_at=None, desa=desa.id),))
        self._author = Author(office.person, None, desa.id, rights, is_prefill=True)
        self._tools = Tools(office.keyring, office.now, uuid7_maker(office.now))

    def send(self, session: Session, batch: Sequence[DoorEdit]) -> list[Outcome]:
        """Submit these edits on a write session; their outcomes in order."""
        items = tuple(_item(one.edit) for one in batch)
        push = Push(self.outbox, IMPORT, None, self.last_edit, timedelta(0), is_trusted=True, items=items)
        done = submit_until_locked(session, self._author, push, self._tools)
        self.through, self.last_edit = done.applied_through, done.applied_id
        return [Outcome(verdict.verdict, verdict.lost) for verdict in done.verdicts]


def _item(edit: dict[str, Any]) -> Item:
    read = read_edit(edit, load().version)
    assert isinstance(read, Edit), edit["id"]
    return Item(checked(read), _raw(edit))


def _raw(edit: dict[str, Any]) -> Callable[[], bytes]:
    return lambda: orjson.dumps(edit)


def submit_until_locked(session: Session, author: Author, push: Push, tools: Tools) -> Submission:
    """Submit, once more with every desa locked that the edits turn out to touch."""
    lock: frozenset[int] = frozenset()
    while True:
        try:
            return submit(session, author, push, tools, lock)
        except LockAgainError as again:
            if again.desa <= lock:
                raise
            lock = again.desa
