"""A kader's phone in the demonstration: an outbox that counts up, and edits that go through the real exchange."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.form.definition import load
from models.records import Record, fields_of
from models.sealing import Keyring
from models.territory import DesaSequence
from server.demo.answers import Household
from server.register.ids import uuid7_maker
from server.register.sending import submit_until_locked
from sync.batch import Tools
from sync.checking import checked
from sync.edit import Edit
from sync.exchange import PHONE, Item, Push
from sync.incoming import Author
from sync.reading import read_edit
from sync.rights import rights_of
from sync.verdict import ACCEPTED

Patch = dict[str, Any]


@dataclass
class Draft:
    """One save on the phone: when, on which visit's day, and its patches."""

    at: datetime
    visited_on: date | None
    patches: list[Patch]


@dataclass
class DemoPhone:
    """One person's phone; `outbox` is its name, `n` the last number given."""

    person: int
    device: str
    outbox: str
    n: int = 0
    last: str | None = None
    drafts: list[Draft] = field(default_factory=list)

    def save(self, at: datetime, visited_on: date | None, patches: list[Patch]) -> None:
        """Put one edit into the outbox."""
        self.drafts.append(Draft(at, visited_on, [patch for patch in patches if patch["set"]]))

    def sync(self, session: Session, keyring: Keyring, random: Random, desa: int, now: datetime) -> None:
        """Send what waits, as if it were `now`."""
        drafts, self.drafts = self.drafts, []
        if not drafts:
            return
        new_id = uuid7_maker(now, random.randbytes)
        items = tuple(self._item(draft, new_id()) for draft in drafts)
        push = Push(self.outbox, PHONE, None, self.last, timedelta(0), is_trusted=False, items=items)
        author = Author(self.person, self.device, desa, rights_of(session, self.person, now))
        done = submit_until_locked(session, author, push, Tools(keyring, now, new_id))
        refused = [verdict for verdict in done.verdicts if verdict.verdict not in ACCEPTED]
        assert not refused, refused[0]
        self.n, self.last = done.applied_through, done.applied_id

    def _item(self, draft: Draft, identity: str) -> Item:
        self.n += 1
        edit = {
            "n": self.n,
            "id": identity,
            "at": draft.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "visited_on": draft.visited_on.isoformat() if draft.visited_on else None,
            "form": load().version,
            "settles": [],
            "patches": draft.patches,
        }
        read = read_edit(edit, load().version)
        assert isinstance(read, Edit)
        return Item(checked(read), lambda: orjson.dumps(edit))


@dataclass
class Pulled:
    """A door as a phone holds it: fields and versions by record id, and the sequence it was seen at."""

    asked: Household
    kinds: dict[str, str]
    versions: dict[str, int]
    seen: int

    def patches(self) -> list[Patch]:
        """What was answered, as patches on the versions held."""
        return [
            {"kind": self.kinds[one], "id": one, "base": self.versions[one], "set": given}
            for one, given in self.asked.given.items()
        ]


def pull(session: Session, keyring: Keyring, random: Random, household: str) -> Pulled:
    """Read a door's live records."""
    rows = session.scalars(select(Record).where(Record.household == household, Record.state == "active")).all()
    door = next(row for row in rows if row.id == household)
    seen = session.scalar(select(func.max(DesaSequence.seq)).where(DesaSequence.desa == door.desa)) or 0
    records = {row.id: (row.kind, fields_of(keyring, row)) for row in sorted(rows, key=lambda row: row.id)}
    kinds = {row.id: row.kind for row in rows}
    return Pulled(Household(load(), household, records, random), kinds, {row.id: row.version for row in rows}, seen)
