"""One installed app of one person: saving, its clock, its crash points; what it does with answers is in ``answering``.

A Python twin of ``pwa/src/store/save.ts``, held to the same traces.  A crash point raises PhoneCrash: what was
committed to the disk stays, everything else is gone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from tests.simulator.clock import Clock, iso
from tests.simulator.disk import ContactClock, Disk, Outbox, Row, common_seq

JUMP_MS = 60_000
Patch = dict[str, Any]


class PhoneCrash(Exception):
    """The app ends here: killed, out of battery, reloaded."""


class QuotaError(Exception):
    """The phone's storage is full: nothing of the transaction was written."""


@dataclass
class Phone:
    """One phone.  ``dice`` is the present step's; ``crash_in`` counts down crash points."""

    index: int
    person: str
    clock: Clock
    disk: Disk = field(default_factory=Disk)
    off_ms: int = 0
    app: str = "1.0.0"
    form: str = "2026.1"
    dice: Random = field(default_factory=lambda: Random(0))
    crash_in: int = 0
    is_full: bool = False
    passed: set[str] = field(default_factory=set)
    repaired: list[str] = field(default_factory=list)
    saved: Callable[["Phone", Row], None] = lambda phone, row: None
    settled: Callable[["Phone", Row], None] = lambda phone, row: None

    def now(self) -> int:
        """Milliseconds by this phone's clock."""
        return self.clock.ms + self.off_ms

    def new_id(self) -> str:
        """A UUIDv7 of this step."""
        number = (self.clock.ms << 80) | self.dice.getrandbits(80)
        number = number & ~(0xF << 76) | (7 << 76)
        number = number & ~(0x3 << 62) | (2 << 62)
        text = f"{number:032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def point(self, label: str) -> None:
        """A labelled place where the app may end."""
        self.passed.add(label)
        if self.crash_in:
            self.crash_in -= 1
            if not self.crash_in:
                raise PhoneCrash(label)

    def commit(self, label: str, work: Callable[[], Any]) -> Any:
        """One strict transaction: all of it, or (a crash before) nothing."""
        self.point(f"{label}: before commit")
        done = work()
        self.point(f"{label}: after commit")
        return done

    # pages and saving

    def open_page(self, key: str, records: Iterable[str]) -> None:
        """Open a page: its draft keeps the versions that were shown."""
        base = {one: self.disk.records[one]["version"] if one in self.disk.records else 0 for one in records}
        self.commit("draft", lambda: self.disk.drafts.update({key: base}))

    def base_of(self, record: str) -> int:
        """The version a page opened now shows."""
        stored = self.disk.records.get(record)
        return stored["version"] if stored else 0

    def save(self, patches: list[Patch], *, visited_on: str | None, draft: str | None = None, **more: Any) -> Row:
        """Save one edit with its number and take its draft away, in one transaction; raises QuotaError."""
        bodies = [{key: value for key, value in patch.items() if key != "base"} for patch in patches]
        body = {"visited_on": visited_on, "form": self.form, "settles": [], **more, "patches": bodies}
        name = self.new_id()
        return self.commit("save", lambda: self._put(name, patches, body, draft))

    def _put(self, name: str, patches: list[Patch], body: dict[str, Any], draft: str | None) -> Row:
        disk = self.disk
        if self.is_full:
            raise QuotaError
        self._watch_clock()
        outbox = self.outbox()
        stored = [disk.records.get(patch["id"]) for patch in patches]
        row = Row(
            outbox=outbox.id,
            n=outbox.next,
            id=name,
            at=iso(self.now()),
            touches=tuple(patch["id"] for patch in patches),
            bases=tuple(self._trusted(patch["base"], one) for patch, one in zip(patches, stored, strict=True)),
            dasawisma=self._place_of(patches, stored),
            body=body,
        )
        disk.put(row)
        disk.current = replace(outbox, next=outbox.next + 1)
        if draft:
            disk.drafts.pop(draft, None)
        self.saved(self, row)
        return row

    def outbox(self) -> Outbox:
        """The current outbox, made at first use."""
        if self.disk.current is None:
            self.disk.current = Outbox(self.new_id())
        return self.disk.current

    def _trusted(self, base: int, stored: dict[str, Any] | None) -> int:
        """A base read before a restore of the server may name a number of the lost history."""
        floor = self.disk.floor
        if not floor or base == 0 or (not floor.is_open and stored and base <= stored["version"]):
            return base
        return min(base, common_seq(floor.seqs, stored["dasawisma"] if stored else None))

    def _place_of(self, patches: list[Patch], stored: list[dict[str, Any] | None]) -> str | None:
        sets = [patch.get("set") or {} for patch in patches]
        named = next((one["dasawisma"] for one in sets if isinstance(one.get("dasawisma"), str)), None)
        named = named or next((one["dasawisma"] for one in stored if one), None)
        door = next((one["household"] for one in sets if isinstance(one.get("household"), str)), None)
        if named is not None or door is None:
            return named
        return self.disk.records[door]["dasawisma"] if door in self.disk.records else None

    def _watch_clock(self) -> None:
        clock = self.disk.clock
        if clock is None:
            return
        jumped = clock.jumped or self.now() < clock.latest - JUMP_MS
        self.disk.clock = replace(clock, latest=max(self.now(), clock.latest), jumped=jumped)

    # storage

    def wipe(self) -> None:
        """The browser evicted everything."""
        self.disk = Disk()

    def heard(self, contact: ContactClock) -> None:
        """Remember when the server was last heard."""
        self.disk.clock = contact
