"""One history under way: the phones, their server and network, and what everybody was promised.

``ledger`` is the truth the oracle judges by: which edits were saved, and which of them every phone's storage ought
to hold, kept beside the phones and not read from them.
"""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.simulator.disk import Disk, Row
from tests.simulator.network import Network
from tests.simulator.options import Options
from tests.simulator.phone import Phone
from tests.simulator.report import Report
from tests.simulator.server import Server

ORDER = ("siti", "sri", "budi", "siti", "tutik", "joko")


@dataclass(frozen=True)
class Saved:
    """One edit as it was saved; ``is_good``: nothing about it may be refused or quarantined; ``known``: edits with a verdict."""

    row: Row
    phone: int
    step: int
    is_good: bool
    known: frozenset[str] = frozenset()


@dataclass
class Copy:
    """A phone's storage as a backup app keeps it, and the edits it holds."""

    disk: Disk
    held: dict[str, int | None]


@dataclass
class History:
    """Everything of one run."""

    seed: int
    options: Options
    server: Server
    network: Network
    report: Report
    phones: dict[int, Phone] = field(default_factory=dict)
    saved: dict[str, Saved] = field(default_factory=dict)
    held: dict[int, dict[str, int | None]] = field(default_factory=dict)
    copies: dict[int, Copy] = field(default_factory=dict)
    step: int = -1
    is_good: bool = True
    damaged: set[int] = field(default_factory=set)
    has_silent_restore: bool = False
    synced: dict[int, int] = field(default_factory=dict)
    before_restore: set[int] = field(default_factory=set)
    poisoned: set[str] = field(default_factory=set)
    tainted: set[str] = field(default_factory=set)
    ends: dict[int, str] = field(default_factory=dict)

    @classmethod
    def begin(cls, seed: int, options: Options, kind: str, report: Report) -> "History":
        """The world before the first step."""
        from tests.simulator.opening import disks

        opening = disks(kind)
        server = Server.begin(kind, report.faults, f"{seed}")
        made = cls(seed, options, server, Network(server, options, report.faults), report)
        for index in range(options.phones):
            made.add_phone(index, ORDER[index], opening[ORDER[index]].copy())
        return made

    @property
    def faults(self) -> Counter[str]:
        """How often each fault fired."""
        return self.report.faults

    def add_phone(self, index: int, person: str, disk: Disk) -> Phone:
        """One more installed app."""
        phone = Phone(index, person, self.server.clock, disk)
        phone.saved, phone.settled = self.note_saved, self.note_settled
        self.phones[index], self.held[index] = phone, {}
        return phone

    def note_saved(self, phone: Phone, row: Row) -> None:
        """An edit is in a phone's storage: from now on that may not lose it."""
        if not self.is_good:
            self.tainted |= set(row.touches)
        is_good = self.is_good and not self.tainted & _named(row)
        known = frozenset(name for name, settled_at in self.held[phone.index].items() if settled_at is not None)
        self.saved[row.id] = Saved(row, phone.index, self.step, is_good, known)
        self.held[phone.index][row.id] = None
        self.report.edits += 1
        if any(self._waits_elsewhere(phone, record) for record in row.touches):
            self.faults["F16"] += 1

    def _waits_elsewhere(self, phone: Phone, record: str) -> bool:
        others = (one for one in self.phones.values() if one.index != phone.index)
        return any(row.waiting and record in row.touches for other in others for row in other.disk.outbox.values())

    def note_settled(self, phone: Phone, row: Row) -> None:
        """An edit has its verdict on a phone: it is kept 180 days from now on (by the true time)."""
        self.held[phone.index][row.id] = self.server.clock.ms

    def phone_of(self, slot: int) -> Phone:
        """The phone in a slot; the second half are clones, where there are any."""
        return self.phones.get(slot) or self.phones[slot % self.options.phones]

    def use(self, phone: Phone, dice: Random) -> None:
        """The phone works with this step's dice."""
        phone.dice, phone.crash_in = dice, 0

    def renew(self, phone: Phone) -> None:
        """A phone's session ended: it signs in again."""
        self.server.act("renew", phone.person)

    def scope(self, phone: Phone) -> list[str]:
        """The dasa wisma a phone knows as its own."""
        return sorted(phone.disk.scope)

    def note(self, violation: str) -> None:
        """Something that must not be."""
        self.report.violations.append(violation)


def _named(row: Row) -> set[str]:
    """Every record an edit names."""
    sets = [patch.get("set") or {} for patch in row.body["patches"]]
    return {*row.touches, *(value for one in sets for value in one.values() if isinstance(value, str))}


def seen(disk: Disk) -> dict[str, dict[str, Any]]:
    """What the screens show: the snapshot with everything unconfirmed laid over it (structure only)."""
    all_ = {key: {**record["fields"], **_head(record)} for key, record in disk.records.items()}
    order = {
        outbox.id: place for place, outbox in enumerate((*disk.earlier, *([disk.current] if disk.current else ())))
    }
    rows = sorted(
        (row for row in disk.outbox.values() if row.overlay), key=lambda row: (order.get(row.outbox, 0), row.n)
    )
    for row in rows:
        for patch, base in zip(row.body["patches"], row.bases, strict=True):
            before = all_.get(patch.get("id", ""))
            if before is None and base == 0 and patch.get("kind") in KINDS:
                before = {"kind": patch["kind"], "version": 0, "dasawisma": None, "state": "active"}
            if before is not None and isinstance(patch.get("set") or {}, dict):
                all_[patch["id"]] = before | (patch.get("set") or {})
    for record in all_.values():
        named = record.get("household")
        door = all_.get(named) if isinstance(named, str) else None
        if not isinstance(record["dasawisma"], str):
            record["dasawisma"] = None
        if record["kind"] != "household" and door:
            record["dasawisma"] = door["dasawisma"]
    return all_


KINDS = frozenset({"household", "family", "member", "event", "visit"})


def _head(record: dict[str, Any]) -> dict[str, Any]:
    return {key: record[key] for key in ("kind", "version", "dasawisma", "state")}
