"""What lies on a phone: the same stores as ``pwa/src/store``, as plain dicts that can be copied.

Rows are never changed in place: a copy of the dicts is a copy of the disk.
"""

from dataclasses import dataclass, field, replace
from typing import Any

LIVE = frozenset({"active", "moved", "died"})
HUGE = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """One edit in the outbox store; ``body`` is frozen when it is saved, n and the bases may change."""

    outbox: str
    n: int
    id: str
    at: str
    touches: tuple[str, ...]
    bases: tuple[int, ...]
    dasawisma: str | None
    body: dict[str, Any]
    waiting: bool = True
    overlay: bool = True
    raw: bool = False
    noted: bool = False
    is_probe: bool = False
    settled_at: int | None = None
    verdict: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Outbox:
    """Where an outbox stands; ``settled`` is (n, id) of the last edit with a verdict, kept for ever."""

    id: str
    continues: dict[str, Any] | None = None
    settled: tuple[int, str] | None = None
    next: int = 1


@dataclass(frozen=True, slots=True)
class ContactClock:
    """Phone time of the last answer, the server's time in it, the latest phone time seen, and whether it jumped back."""

    contact_local: int
    contact_server: str
    latest: int
    jumped: bool


@dataclass(frozen=True, slots=True)
class Floor:
    """What of the lost history may still be trusted; open until the new copies stand."""

    seqs: dict[str, int]
    is_open: bool


@dataclass
class Disk:
    """Everything one installed app keeps of one person."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    staged: dict[str, dict[str, Any]] = field(default_factory=dict)
    outbox: dict[tuple[str, int], Row] = field(default_factory=dict)
    drafts: dict[str, dict[str, int]] = field(default_factory=dict)
    inbox: dict[str, dict[str, Any]] = field(default_factory=dict)
    scope: dict[str, dict[str, Any]] = field(default_factory=dict)
    current: Outbox | None = None
    earlier: tuple[Outbox, ...] = ()
    epoch: str | None = None
    cursor: str | None = None
    again: tuple[str, ...] = ()
    building: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    floor: Floor | None = None
    clock: ContactClock | None = None

    def copy(self) -> "Disk":
        """The same, independent."""
        stores = ("records", "staged", "outbox", "drafts", "inbox", "scope")
        return replace(self, **{name: dict(getattr(self, name)) for name in stores})

    def put(self, row: Row) -> None:
        """Write an edit."""
        self.outbox[row.outbox, row.n] = row

    def of(self, outbox: str) -> list[Row]:
        """The edits of one outbox by number."""
        return sorted((row for row in self.outbox.values() if row.outbox == outbox), key=lambda row: row.n)

    def waiting(self) -> list[Row]:
        """Edits without a verdict, in the order of the store."""
        return [self.outbox[key] for key in sorted(self.outbox) if self.outbox[key].waiting]

    def put_outbox(self, state: Outbox) -> None:
        """Write back where an outbox stands, current or earlier."""
        if self.current and self.current.id == state.id:
            self.current = replace(self.current, settled=state.settled)
            return
        self.earlier = tuple(replace(one, settled=state.settled) if one.id == state.id else one for one in self.earlier)


def common_seq(seqs: dict[str, int], dasawisma: str | None) -> int:
    """The sequence up to which a lost and the present history agree."""
    known = None if dasawisma is None else seqs.get(dasawisma)
    return min([*seqs.values(), HUGE]) if known is None else known
