"""The outboxes of a phone: what is sent next, what a fork and a restore of the server do to the queue.

A Python twin of ``pwa/src/store/outbox.ts``.
"""

from dataclasses import dataclass, replace
from typing import Any

from tests.simulator.clock import ms_of
from tests.simulator.disk import ContactClock, Disk, Floor, Outbox, Row, common_seq
from tests.simulator.phone import JUMP_MS, Phone

WEEK_MS = 7 * 86_400_000
KEEP_SETTLED_MS = 180 * 86_400_000


@dataclass(frozen=True)
class Queue:
    """What goes into the next request, before it is cut to size."""

    outbox: Outbox
    rows: tuple[Row, ...]
    prev: str | None
    is_offer: bool
    epoch: str | None
    cursor: str | None
    again: tuple[str, ...]
    trust: str


def trust_of(clock: ContactClock | None, now: int) -> str:
    """high = no backward jump seen while edits waited, and the last server time is under 7 days old."""
    if clock is None or clock.jumped or now < clock.latest - JUMP_MS:
        return "low"
    return "high" if now - clock.contact_local < WEEK_MS else "low"


def next_queue(phone: Phone) -> Queue:
    """The next queue: after a restore the oldest outbox first, otherwise the current one."""
    outbox, rows, is_offer = _pick(phone)
    disk = phone.disk
    prev = _prev_of(disk, outbox, rows[0]) if rows else None
    trust = trust_of(disk.clock, phone.now())
    return Queue(outbox, tuple(rows), prev, is_offer, disk.epoch, disk.cursor, disk.again, trust)


def _pick(phone: Phone) -> tuple[Outbox, list[Row], bool]:
    current, disk = phone.outbox(), phone.disk
    waiting = disk.waiting()
    for outbox in (*disk.earlier, current):
        if outbox.id in disk.offers:
            return outbox, [], True
        rows = [row for row in waiting if row.outbox == outbox.id]
        if rows:
            return outbox, rows, False
    return current, [], False


def _prev_of(disk: Disk, outbox: Outbox, first: Row) -> str | None:
    if first.n == 1:
        return None
    before = disk.outbox.get((outbox.id, first.n - 1))
    if before:
        return before.id
    return outbox.settled[1] if outbox.settled and outbox.settled[0] == first.n - 1 else None


def mark_raw(phone: Phone, row: Row) -> None:
    """Let an edit go as raw bytes, because alone it was answered 400 or 413."""
    stored = phone.disk.outbox.get((row.outbox, row.n))
    if stored:
        phone.disk.put(replace(stored, raw=True))


def _clear_copy(disk: Disk) -> None:
    disk.cursor, disk.again, disk.building = None, (), ()
    disk.staged.clear()


def fork(phone: Phone, queue: Queue, through: int) -> None:
    """Take a new outbox that continues the old one; every waiting edit moves into it under its own id.

    ``through``: how far the server holds the outbox that was asked about.  Where that is not above what had a verdict
    here, the server lost that history and somebody else's edits stand in it: all edits are offered again, in the new one.
    """
    disk, old = phone.disk, phone.outbox()
    known = old.settled[0] if old.settled else 0
    is_lost = queue.is_offer or through <= (queue.outbox.settled[0] if queue.outbox.settled else 0)
    if is_lost:
        _wait_again(disk, disk.of(queue.outbox.id))
        known = min(known, max(0, through - 1)) if queue.outbox.id == old.id else known
    elif last := disk.outbox.get((queue.outbox.id, queue.outbox.settled[0] if queue.outbox.settled else 0)):
        # Sent once more: where the server does not know it, it lost history without saying so.
        disk.put(replace(last, waiting=True, is_probe=True))
    fresh = phone.new_id()
    n = _renumber(disk, [*disk.earlier, old], fresh)
    disk.earlier = (*disk.earlier, old)
    disk.current = Outbox(fresh, {"outbox": old.id, "through": known}, None, n)
    disk.offers = tuple(one for one in disk.offers if one != queue.outbox.id)
    _clear_copy(disk)


def _wait_again(disk: Disk, rows: list[Row]) -> None:
    for row in rows:
        disk.put(replace(row, waiting=True, overlay=True, settled_at=None, verdict=None, noted=False))


def _renumber(disk: Disk, order: list[Outbox], into: str) -> int:
    waiting, n = disk.waiting(), 1
    for outbox in order:
        for row in (one for one in waiting if one.outbox == outbox.id):
            del disk.outbox[row.outbox, row.n]
            disk.put(replace(row, outbox=into, n=n))
            n += 1
    return n


def recover(phone: Phone, restored: dict[str, Any]) -> None:
    """The server was restored: lower the bases, offer every outbox again, pull from zero."""
    disk, seqs = phone.disk, restored["restored_at"]
    for row in list(disk.outbox.values()):
        limit = common_seq(seqs, row.dasawisma)
        disk.put(replace(row, bases=tuple(min(base, limit) for base in row.bases)))
    for key, bases in disk.drafts.items():
        disk.drafts[key] = {one: min(base, _limit(disk, seqs, one)) for one, base in bases.items()}
    current = phone.outbox()
    disk.offers = (*(one.id for one in disk.earlier), current.id)
    disk.epoch = restored["epoch"]
    disk.floor = Floor(seqs, is_open=True)
    _clear_copy(disk)


def _limit(disk: Disk, seqs: dict[str, int], record: str) -> int:
    stored = disk.records.get(record)
    return common_seq(seqs, stored["dasawisma"] if stored else None)


def offer_again(disk: Disk, outbox: Outbox, through: int) -> bool:
    """Let edits above what the server holds wait again; False where one of them is no longer held."""
    rows = [row for row in disk.of(outbox.id) if row.n > through]
    _wait_again(disk, rows)
    is_held = all(row.n == through + 1 + place for place, row in enumerate(rows))
    return is_held and (outbox.settled is None or outbox.settled[0] <= through + len(rows))


def ask_what_became(disk: Disk, outbox: Outbox, through: int) -> None:
    """Let edits of the lost part wait that the server holds all the same: a clone brought them back, ``repeated`` tells how."""
    if disk.floor is None:
        return
    rows, seqs = disk.of(outbox.id), disk.floor.seqs
    shared = [place for place, row in enumerate(rows) if 0 < seq_of(row) <= common_seq(seqs, row.dasawisma)]
    for row in rows[shared[-1] + 1 if shared else 0 :]:
        # The edit before the first one sent has to be known by name.
        is_named = row.n == 1 or row.n > rows[0].n
        if is_named and row.settled_at is not None and row.n <= through:
            disk.put(replace(row, waiting=True))


def seq_of(row: Row) -> int:
    """The number an edit's verdict gave it, 0 where it gave none."""
    verdict = row.verdict or {}
    return (verdict.get("was") or verdict if verdict.get("verdict") == "repeated" else verdict).get("seq") or 0


def drop_old(phone: Phone) -> None:
    """Remove edits whose verdict is older than 180 days by the server's clock; number and id of the last one stay."""
    disk = phone.disk
    if disk.clock is None:
        return
    limit = ms_of(disk.clock.contact_server) - KEEP_SETTLED_MS
    for key, row in list(disk.outbox.items()):
        if row.settled_at is not None and row.settled_at <= limit and not row.overlay and not row.waiting:
            del disk.outbox[key]
