"""Decides which outbox an edit comes from, how far it is, and whether this is the phone that sent the last one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models.history import Edit, EditRepeat, Outbox
from models.sql import Read, Write, insert_rows
from sync.batch import TABLES
from sync.known import ids_at
from sync.stamps import Lineage

OUTBOX, EDIT, REPEAT = (TABLES[table.__tablename__] for table in (Outbox, Edit, EditRepeat))
_ONE = select(*(column for column in OUTBOX.c if column.name not in {"kind", "created_at"})).where(
    OUTBOX.c.id == bindparam("id")
)
FIND, LOCK = Read(_ONE), Read(_ONE.with_for_update())
LATER = Read(
    select(OUTBOX.c.id, OUTBOX.c.continues_through).where(
        OUTBOX.c.continues == bindparam("of"), OUTBOX.c.person == bindparam("author")
    )
)
REPEATED = Read(
    select(EDIT.c.outbox, EDIT.c.n, REPEAT.c.n)
    .join(EDIT, EDIT.c.id == REPEAT.c.edit)
    .where(REPEAT.c.outbox == bindparam("of"), EDIT.c.author == bindparam("author"))
)
CLOSE = Write(
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("outbox"))
    .values(applied_through=bindparam("through"), applied_id=bindparam("edit"))
)


@dataclass(frozen=True, slots=True)
class Queue:
    """A locked outbox; ``applied_id`` is the edit at ``applied_through``."""

    id: str
    person: int | None
    applied_through: int
    applied_id: str | None
    continues: str | None
    continues_through: int | None


def find_queue(session: Session, outbox: str, *, is_locked: bool) -> Queue | None:
    """Return an outbox as it stands, locked until the commit where asked."""
    row = (LOCK if is_locked else FIND).first(session, id=outbox)
    return Queue(*row) if row else None


def open_queue(session: Session, new: Queue, kind: str, now: datetime) -> Queue:
    """Lock an outbox, made on its first edit; what it continues is written once."""
    queue = find_queue(session, new.id, is_locked=True)
    if queue is None:
        values = {
            "id": new.id,
            "person": new.person,
            "kind": kind,
            "applied_through": 0,
            "continues": new.continues,
            "continues_through": new.continues_through,
            "created_at": now,
        }
        insert_rows(session, OUTBOX, [values], is_forgiving=True)
        queue = find_queue(session, new.id, is_locked=True)
    assert queue is not None
    return queue


def close_queue(session: Session, outbox: str, through: int, edit: str | None) -> None:
    """Write how far an outbox is now."""
    CLOSE.run(session, outbox=outbox, through=through, edit=edit)


def is_fork(session: Session, queue: Queue, prev: str | None, edits: Sequence[tuple[int, str]]) -> bool:
    """Whether the request names an edit, at a number already taken, that did not come under it.

    ``edits`` are (n, id) in the order sent.  A missing ``prev`` is only right at n = 1.
    """
    first, through = edits[0][0], queue.applied_through
    if (first > 1) != (prev is not None):
        return True
    wanted = [(first - 1, prev or ""), *edits] if first > 1 else list(edits)
    if any(dict(edits)[number] != edit for number, edit in edits):
        return True
    taken = {number for number, _ in wanted if number < through}
    there = ids_at(session, queue.id, taken) if taken else {}
    if through:
        there[through] = queue.applied_id or ""
    return any(number <= through and there.get(number) != edit for number, edit in wanted)


def lineage_of(session: Session, queue: Queue) -> Lineage:
    """Return which outboxes this one goes on from, and which go on from it, as far as they reach."""
    before: dict[str, int] = {}
    named, through = queue.continues, queue.continues_through
    while named and through is not None and named not in before and named != queue.id:
        older = find_queue(session, named, is_locked=False)
        if older is None or older.person != queue.person:
            break
        before[named] = through
        named, through = older.continues, older.continues_through
    after: dict[str, int] = {}
    _add_later(session, queue, queue.id, None, after)
    repeated = {(outbox, number): n for outbox, number, n in REPEATED.all(session, of=queue.id, author=queue.person)}
    return Lineage(queue.id, before, after, repeated)


def _add_later(session: Session, queue: Queue, of: str, limit: int | None, after: dict[str, int]) -> None:
    for newer, through in LATER.all(session, of=of, author=queue.person):
        if newer not in after and newer != queue.id and through is not None:
            after[newer] = through if limit is None else limit
            _add_later(session, queue, newer, after[newer], after)
