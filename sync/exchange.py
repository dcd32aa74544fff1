"""Decides what becomes of a push: one function in, verdicts out, on a session it is given and does not commit.

``prepare`` reads and checks before any lock.  ``submit`` takes the locks (outbox, then desa in key order), looks for
fork and gap, then takes the edits one by one: repeated, applied, or kept.  Imports and the office go the same way, by
``submit_own``.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.history import RawEdit
from models.sql import Read, among
from sync import verdict as verdicts
from sync.apply import apply, is_uncontended
from sync.batch import RECORD, Batch, Tools
from sync.checking import checked
from sync.edit import Edit, Unread
from sync.findings import look
from sync.flush import flush
from sync.hold import expire, load_waiting, release
from sync.incoming import Author, Incoming, Judgement
from sync.judge import RESPONSIBILITY, judge, references
from sync.keep import keep, keep_raw, set_aside
from sync.known import Known, known_edits
from sync.outboxes import Queue, close_queue, is_fork, lineage_of, open_queue
from sync.stamps import Lineage
from sync.verdict import Verdict
from sync.wire import Request

DESA_OF = Read(select(RECORD.c.desa).where(among(RECORD.c.id, "ids")).distinct())
PHONE, OFFICE, IMPORT = "phone", "office", "import"
FORM, FAULT = "form", "fault"


@dataclass(frozen=True, slots=True)
class Item:
    """One edit of a push; ``fault`` sends it to quarantine."""

    edit: Edit | Unread
    raw: Callable[[], bytes]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Push:
    """A push, checked and ready for the lock.  ``ahead``: the server's clock minus the phone's."""

    outbox: str
    kind: str
    continues: tuple[str, int] | None
    prev: str | None
    ahead: timedelta | None
    is_trusted: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a push: verdicts in order, how far the outbox is, and the doors to count again."""

    verdicts: tuple[Verdict, ...]
    applied_through: int
    applied_id: str | None
    households: frozenset[str] = field(default_factory=frozenset)


def prepare(request: Request, now: datetime) -> Push:
    """Check the edits of a request in pure Python, before any lock."""
    ahead = now - request.clock if request.clock else None
    items = tuple(_item(edit, request, index) for index, edit in enumerate(request.edits))
    return Push(request.outbox, PHONE, request.continues, request.prev, ahead, request.is_trusted, items)


def _item(edit: Edit | Unread, request: Request, index: int) -> Item:
    def raw() -> bytes:
        return request.raws[index]

    if isinstance(edit, Unread):
        return Item(edit, raw)
    try:
        return Item(checked(edit), raw)
    except KeyError:
        return Item(edit, raw, FORM)


def submit(
    session: Session, author: Author, push: Push, tools: Tools, also_lock: frozenset[int] = frozenset()
) -> Submission:
    """Give every edit of a push its verdict; raises LockAgainError where other desa must be locked as well."""
    through, of = push.continues[1] if push.continues else None, push.continues[0] if push.continues else None
    queue = open_queue(session, Queue(push.outbox, author.person, 0, None, of, through), push.kind, tools.now)
    numbered = _numbered(push, queue.applied_through + 1)
    named = [(n, _name(push, item, n)) for n, item in numbered if n is not None]
    if queue.person != author.person:
        return Submission(tuple(_all(numbered, verdicts.FORK)), 0, None)
    if named and is_fork(session, queue, push.prev, named):
        return Submission(tuple(_all(numbered, verdicts.FORK)), queue.applied_through, queue.applied_id)
    if not named or min(n for n, _ in named) > queue.applied_through + 1:
        need = queue.applied_through + 1
        return Submission(tuple(_all(numbered, verdicts.GAP, need)), queue.applied_through, queue.applied_id)
    work = _Work(session, author, push, tools, lineage_of(session, queue), queue.applied_through, queue.applied_id)
    work.load([item for n, item in numbered if n is not None and n > queue.applied_through], named, also_lock)
    answers = [work.take(n, item) for n, item in numbered]
    work.finish()
    return Submission(tuple(answers), work.through, work.last, frozenset(work.batch.doors))


def _numbered(push: Push, following: int) -> list[tuple[int | None, Item]]:
    """Return each item with its n; one whose n cannot be read stands where its neighbours say, or nowhere."""
    told = [item.edit.n for item in push.items]
    numbers = list(told) if any(told) else [following, *told[1:]]
    for index, n in enumerate(numbers):
        if n is None and index and (before := numbers[index - 1]) is not None:
            numbers[index] = before + 1
    for index in reversed(range(len(numbers) - 1)):
        after = numbers[index + 1]
        if numbers[index] is None and after is not None and after > 1:
            numbers[index] = after - 1
    taken = set(told)
    numbers = [n if of or n not in taken else None for n, of in zip(numbers, told, strict=True)]
    return list(zip(numbers, push.items, strict=True))


def _name(push: Push, item: Item, n: int) -> str:
    """Return an edit's id; one that could not be read gets one of its place."""
    return item.edit.id or "x-" + hashlib.sha256(f"{push.outbox}:{n}".encode()).hexdigest()[:32]


def _all(numbered: Sequence[tuple[int | None, Item]], verdict: str, need: int | None = None) -> list[Verdict]:
    return [Verdict(n, item.edit.id, verdict, need=need) for n, item in numbered]


class _Work:
    """One push under way, after fork and gap were looked for."""

    def __init__(  # noqa: PLR0917 (what a push is)
        self,
        session: Session,
        author: Author,
        push: Push,
        tools: Tools,
        lineage: Lineage,
        through: int,
        last: str | None,
    ) -> None:
        self.author, self.push, self.lineage = author, push, lineage
        self.batch = Batch(session, tools)
        self.through, self.last = through, last
        self.known: dict[str, Known] = {}
        self.unplaced: set[str] = set()

    def load(self, items: list[Item], named: list[tuple[int, str]], also_lock: frozenset[int]) -> None:
        """Lock the desa concerned and read everything the edits name."""
        batch = self.batch
        edits = [item.edit for item in items if isinstance(item.edit, Edit) and item.fault is None]
        ids = list(dict.fromkeys(one for edit in edits for one in _named_records(edit)))
        patches = [patch for edit in edits for patch in edit.patches]
        codes = {code for patch in patches if isinstance(code := patch.set.get("dasawisma"), str)}
        self.known = known_edits(batch.session, batch.tools.keyring, [name for _, name in named])
        batch.load_places((), codes)
        desa = {place.desa for place in batch.codes.values() if place} | {self.author.desa} | also_lock
        batch.lock(desa | _desa_of(batch.session, ids))
        batch.load(ids)
        batch.load([row.household for row in batch.rows.values() if row and row.household])
        batch.load_conflicts(name for edit in edits for name in edit.settles)
        batch.load_places((row.dasawisma for row in batch.rows.values() if row), ())
        doors = [patch.set.get("household") for patch in patches if patch.kind == "visit"]
        batch.load_visits(door for door in doors if isinstance(door, str))
        load_waiting(batch, ids)

    def take(self, n: int | None, item: Item) -> Verdict:
        """Give one edit its verdict."""
        if n is None:
            return self._unplaced(item)
        if n > self.through + 1:
            return Verdict(n, item.edit.id, verdicts.GAP, need=self.through + 1)
        name = _name(self.push, item, n)
        if name in self.known:
            if n == self.through + 1:
                self._repeat(n, name)
            return Verdict(n, item.edit.id, verdicts.REPEATED, was=self._was(name))
        verdict = self._new(n, name, item)
        self._advance(n, name)
        was = {**verdict.wire(), "fate": verdict.verdict}
        self.known[name] = Known(self.author.person, self.push.outbox, was)
        return verdict

    def _repeat(self, n: int, name: str) -> None:
        """Take a number for an edit known from elsewhere; her own is her work from here on, wherever it stands."""
        self.batch.insert("edit_repeat", outbox=self.push.outbox, n=n, edit=name)
        known = self.known[name]
        if known.author == self.author.person:
            self.lineage.repeated[known.outbox, known.was["n"]] = n
        self._advance(n, name)

    def _unplaced(self, item: Item) -> Verdict:
        """Keep the bytes of something that stands at no number of the outbox."""
        raw = item.raw()
        name = "x-" + hashlib.sha256(raw).hexdigest()[:32]
        known = self.batch.session.scalar(select(RawEdit.edit).where(RawEdit.edit == name))
        if known is None and name not in self.unplaced:
            self.unplaced.add(name)
            keep_raw(self.batch, name, self.author.desa, raw)
            incoming = self._incoming(Edit(0, name, None, None, "", ()))
            judged = Judgement(verdicts.REFUSED, code=verdicts.UNREADABLE)
            set_aside(self.batch, incoming, judged, self.batch.tools.new_id())
        return Verdict(None, item.edit.id, verdicts.REFUSED, code=verdicts.UNREADABLE)

    def _advance(self, n: int, name: str) -> None:
        self.through, self.last = n, name

    def _was(self, name: str) -> dict[str, Any]:
        """Return the first verdict; values only to the author."""
        known = self.known[name]
        if known.author == self.author.person:
            return known.was
        return {key: known.was[key] for key in ("n", "id", "verdict", "seq", "fate") if key in known.was}

    def _new(self, n: int, name: str, item: Item) -> Verdict:
        if isinstance(item.edit, Unread):
            incoming = self._incoming(Edit(n, name, None, None, "", ()))
            fate = verdicts.QUARANTINED if item.edit.code == "sealed" else verdicts.REFUSED
            return keep(self.batch, incoming, Judgement(fate, code=item.edit.code), item.raw())
        incoming = self._incoming(item.edit)
        if item.fault:
            return keep(self.batch, incoming, Judgement(verdicts.QUARANTINED, code=item.fault), item.raw())
        judged = judge(self.batch, incoming)
        if judged.fate == verdicts.APPLIED and not is_uncontended(self.batch, incoming, judged.targets):
            judged.fate, judged.reason = verdicts.PROPOSED, RESPONSIBILITY
        if judged.fate != verdicts.APPLIED:
            return keep(self.batch, incoming, judged, item.raw())
        verdict = apply(self.batch, incoming, judged.targets)
        if item.edit.settles or not judged.targets or any(target.patch.lost for target in judged.targets):
            keep_raw(self.batch, name, self.author.desa, item.raw())
        release(self.batch)
        return verdict

    def _incoming(self, edit: Edit) -> Incoming:
        corrected = _corrected(edit.at, self.push.ahead)
        trusted = self.push.is_trusted and corrected is not None
        now = self.batch.tools.now
        return Incoming(edit, self.push.outbox, self.lineage, self.author, now, corrected, trusted)

    def finish(self) -> None:
        """Look for what is wrong with the facts, and write everything."""
        expire(self.batch, self.author.desa)
        look(self.batch, self.author.person, self.last)
        flush(self.batch)
        close_queue(self.batch.session, self.push.outbox, self.through, self.last)


def _corrected(at: datetime | None, ahead: timedelta | None) -> datetime | None:
    """Return the phone's time by the server's clock."""
    try:
        return at + ahead if at is not None and ahead is not None else None
    except OverflowError:
        return None


def _named_records(edit: Edit) -> list[str]:
    found = []
    for patch in edit.patches:
        found.append(patch.id)
        found += references(patch.set)
    return found


def _desa_of(session: Session, ids: list[str]) -> set[int]:
    """Return the desa of known records: what has to be locked before they are read for good."""
    return {desa for (desa,) in DESA_OF.all(session, ids=ids)} if ids else set()
