"""Decides what is remembered of who last touched each field, and which outboxes are one author's line of work.

The history of a record is JSON text without values; equal stamps are written once:

    {"s": [[version, outbox, n, person, visited_on, at, flags], …],   stamp 0 is the creation
     "f": {"sumber_air": 1, "usaha/0193…": 2},                       fields (and rows) changed after creation
     "e": {"sumber_air": [["0192…", 7]]}}                            who set the same value again since
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

HIGH, KADER, OFFICE, SETTLED, PREFILL = 1, 2, 4, 8, 16


@dataclass(frozen=True, slots=True)
class Stamp:
    """The change that last touched a field.

    ``at`` is the corrected time in ms; ``flags``: HIGH clock trusted, KADER responsible for the record on arrival,
    OFFICE of its desa, SETTLED decided a conflict, PREFILL from an import.
    """

    version: int
    outbox: str
    n: int
    person: int | None = None
    visited_on: str | None = None
    at: int | None = None
    flags: int = 0

    def has(self, flag: int) -> bool:
        """Whether one of the flags above is set."""
        return bool(self.flags & flag)


@dataclass(frozen=True, slots=True)
class Lineage:
    """One author's line of work seen from an outbox.

    ``before``: outboxes it continues, with the last n that counts; ``after``: outboxes that continue it, with the last
    of our n they go on from.  Both already transitive.  ``repeated``: edits of two clones' common past that the other
    one sent first, as (its outbox, its n), with the n they were repeated under here.
    """

    outbox: str
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)
    repeated: dict[tuple[str, int], int] = field(default_factory=dict)

    def is_earlier(self, outbox: str, number: int, n: int) -> bool:
        """Whether change ``number`` of ``outbox`` is own work done before (or in) our edit ``n``."""
        if outbox == self.outbox:
            return number <= n
        return number <= self.before.get(outbox, -1) or self.repeated.get((outbox, number), n + 1) <= n

    def is_later(self, outbox: str, number: int, n: int) -> bool:
        """Whether that change is own work done after our edit ``n``."""
        if outbox == self.outbox:
            return number > n
        return n <= self.after.get(outbox, -1)


@dataclass(slots=True)
class History:
    """Which change last touched each field of one record."""

    created: Stamp
    fields: dict[str, Stamp] = field(default_factory=dict)
    echoes: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def copy(self) -> "History":
        """A history that can be changed without changing this one."""
        return History(self.created, dict(self.fields), {key: list(value) for key, value in self.echoes.items()})

    def of(self, key: str, *, is_present: bool) -> Stamp | None:
        """The last change of a field; the creation's where it is present and was not touched since."""
        return self.fields.get(key) or (self.created if is_present else None)

    def touch(self, key: str, stamp: Stamp) -> None:
        """The field's value changed."""
        self.fields[key] = stamp
        self.echoes.pop(key, None)

    def echo(self, key: str, stamp: Stamp) -> None:
        """The field was set to the value it had: no change, but its author's newest word on it."""
        mine = [pair for pair in self.echoes.get(key, []) if pair[0] != stamp.outbox]
        self.echoes[key] = [*mine, (stamp.outbox, stamp.n)]


def dump(history: History) -> str:
    """The JSON text kept with a record."""
    stamps: dict[Stamp, int] = {history.created: 0}
    fields = {key: stamps.setdefault(stamp, len(stamps)) for key, stamp in history.fields.items()}
    body: dict[str, Any] = {"s": [_row(stamp) for stamp in stamps]}
    if fields:
        body["f"] = fields
    if history.echoes:
        body["e"] = history.echoes
    return orjson.dumps(body).decode()


def load(text: str) -> History:
    """The history a record was kept with."""
    body = orjson.loads(text)
    stamps = [Stamp(*row) for row in body["s"]]
    return History(
        stamps[0],
        {key: stamps[index] for key, index in body.get("f", {}).items()},
        {key: [(pair[0], pair[1]) for pair in pairs] for key, pairs in body.get("e", {}).items()},
    )


def _row(stamp: Stamp) -> list[Any]:
    return [stamp.version, stamp.outbox, stamp.n, stamp.person, stamp.visited_on, stamp.at, stamp.flags]
