"""The words of the exchange: an author, an edit on its way in, and what it may become."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from models.calendar import day_of
from sync.edit import Edit, Patch
from sync.outcome import Writer
from sync.rights import Place, Right, Rights
from sync.rows import Row
from sync.stamps import HIGH, KADER, OFFICE, PREFILL, Lineage, Stamp

LATE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Author:
    """Who sends: a person on a device, or an import (no person).  ``desa`` keeps what belongs to no record."""

    person: int | None
    device: str | None
    desa: int
    rights: Rights
    is_prefill: bool = False


@dataclass(frozen=True)
class Incoming:
    """An edit with everything that was known of it on arrival."""

    edit: Edit
    outbox: str
    lineage: Lineage
    author: Author
    received_at: datetime
    corrected_at: datetime | None
    is_trusted: bool

    @cached_property
    def visited_on(self) -> date:
        """The day the edit's answers count from: the visit's, never after the day of receipt."""
        received = day_of(self.received_at)
        return min(date.fromisoformat(self.edit.visited_on), received) if self.edit.visited_on else received

    def was_in_time(self, ended_at: datetime) -> bool:
        """Whether it was made, by a trusted clock, before a right ended, and came within 90 days of that."""
        if not self.is_trusted or self.corrected_at is None:
            return False
        return self.corrected_at < ended_at and self.received_at - ended_at <= LATE

    def writer(self, version: int, right: Right) -> Writer:
        """Return the change as the merge wants it, with the version it will take."""
        flags = HIGH if self.is_trusted else 0
        if self.author.is_prefill:
            flags |= PREFILL
        else:
            flags |= (KADER if right.is_kader else 0) | (OFFICE if right.is_office else 0)
        edit = self.edit
        stamp = Stamp(version, self.outbox, edit.n, self.author.person, edit.visited_on, self._at_ms, flags)
        return Writer(stamp, self.lineage, self._day)

    @cached_property
    def _at_ms(self) -> int | None:
        return int(self.corrected_at.timestamp() * 1000) if self.corrected_at else None

    @cached_property
    def _day(self) -> str:
        return self.visited_on.isoformat()


@dataclass(frozen=True, slots=True)
class Target:
    """A patch and the record it meets (None: it makes one), where that is, and its author's right there."""

    patch: Patch
    row: Row | None
    place: Place
    right: Right
    is_redirected: bool = False


@dataclass(slots=True)
class Judgement:
    """What an edit may become, before it is merged.  ``waits``: records it needs; ``reason``: why it is a proposal."""

    fate: str
    targets: list[Target] = field(default_factory=list)
    code: str | None = None
    about: str | None = None
    reason: str | None = None
    waits: set[str] = field(default_factory=set)
