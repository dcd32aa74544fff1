"""One phone's part of a history as a trace: what happened to it, what it sent, and what lay on it after each event.

``events`` is a list of ``{"do", "now", "ids", …, "ends", "state"}``.  ``do`` is ``save``, ``page``, ``sync``, ``copy`` (keep the
storage as ``as``), ``put_back`` (of ``copy``) or ``wipe``; ``ids`` are the names made on the way; ``ends`` is the crash point
that ended the app and its how-manieth passing; ``state`` names only what changed.  A sync lists its ``requests``
with the answers it met.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from models.structure import REFERENCES
from tests.simulator.disk import Disk, Outbox
from tests.simulator.phone import Phone, PhoneCrash
from tests.simulator.server import Reply
from tests.simulator.syncing import digest

SHOWN = 40


def state_of(disk: Disk) -> dict[str, Any]:
    """What two twins must agree on."""
    rows = [disk.outbox[key] for key in sorted(disk.outbox)]
    clock, floor = disk.clock, disk.floor
    return {
        "current": _outbox(disk.current) if disk.current else None,
        "earlier": [_outbox(one)[1:] for one in disk.earlier],
        "rows": [
            [row.outbox, row.n, row.id, list(row.bases), "w" * row.waiting + "o" * row.overlay + "r" * row.raw]
            for row in rows
            if row.waiting or row.overlay
        ],
        "kept": len(rows),
        "noted": sum(row.noted for row in rows),
        "records": digest({key: one["version"] for key, one in disk.records.items()}),
        "staged": digest({key: one["version"] for key, one in disk.staged.items()}),
        "scope": {code: line["seq"] for code, line in sorted(disk.scope.items())},
        "drafts": {key: disk.drafts[key] for key in sorted(disk.drafts)},
        "inbox": len(disk.inbox),
        "cursor": disk.cursor,
        "epoch": disk.epoch,
        "again": list(disk.again),
        "building": sorted(disk.building),
        "offers": list(disk.offers),
        "floor": [floor.seqs, floor.is_open] if floor else None,
        "clock": [clock.contact_local, clock.contact_server, clock.latest, clock.jumped] if clock else None,
    }


def _outbox(one: Outbox) -> list[Any]:
    return [one.next, one.id, one.continues, list(one.settled) if one.settled else None]


class Tracer:
    """Writes down what one phone does."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.points: Counter[str] = Counter()
        self.names: dict[int, tuple[str, Disk]] = {}
        self.outboxes: set[str] = set()
        self.cursors: dict[str, str] = {}
        self.last = state_of(Disk())
        self.kept = 0

    @contextmanager
    def event(self, phone: "Traced", do: str, **told: Any) -> Iterator[dict[str, Any]]:
        """One event: how it ended and what it left."""
        self.points.clear()
        made: dict[str, Any] = {"do": do, "now": phone.now(), "ids": [], **told}
        self.events.append(made)
        try:
            yield made
        except PhoneCrash as crash:
            made["ends"] = [str(crash), self.points[str(crash)]]
            raise
        finally:
            made["state"] = self.changed(phone.disk)

    def changed(self, disk: Disk) -> dict[str, Any]:
        """What is other than after the event before."""
        state = state_of(disk)
        self.outboxes |= {one.id for one in (*disk.earlier, *([disk.current] if disk.current else ()))}
        found = {key: value for key, value in state.items() if value != self.last[key]}
        self.last = state
        return found

    def name(self, disk: Disk) -> str | None:
        """The name under which a storage was kept."""
        found = self.names.get(id(disk))
        return found[0] if found else None

    def keep(self, disk: Disk, name: str | None = None) -> str:
        """Name a storage."""
        self.kept += name is None
        made = name or f"copy {self.kept}"
        self.names[id(disk)] = made, disk
        return made

    def reply(self, reply: Reply) -> dict[str, Any]:
        """An answer without what no store looks at."""
        told: dict[str, Any] = {"status": reply.status, "retry_after": reply.retry_after, "is_json": reply.is_json}
        try:
            body = json.loads(reply.body)
        except ValueError:
            return told | {"text": reply.body.decode(errors="replace")[:SHOWN]}
        for record in body.get("records", []):
            record["fields"] = {key: value for key, value in record["fields"].items() if key in REFERENCES}
        for item in body.get("inbox", []):
            item["details"] = {}
        return told | {"body": body}

    def text(self) -> str:
        """The whole trace as JSON lines of one list; short names for cursors, outbox ids as this app makes them."""
        for event in self.events:
            event["state"] = {key: self._short(key, value) for key, value in event["state"].items()}
            for asked in event.get("requests", []):
                asked["request"]["cursor"] = self._short("cursor", asked["request"]["cursor"])
                body = asked["answer"].get("body")
                if isinstance(body, dict) and "cursor" in body:
                    body["cursor"] = self._short("cursor", body["cursor"])
        text = ",\n".join(json.dumps(event, separators=(",", ":")) for event in self.events)
        for name in sorted(self.outboxes):
            text = text.replace(name, f"{name[:14]}4{name[15:]}")
        return f"[\n{text}\n]"

    def _short(self, key: str, value: Any) -> Any:
        if key != "cursor" or value is None:
            return value
        return self.cursors.setdefault(value, f"cursor {len(self.cursors)}")


class Traced(Phone):
    """A phone that writes its trace."""

    tracer: Tracer

    @property
    def disk(self) -> Disk:
        """What lies on it now."""
        found: Disk = self.__dict__["disk"]
        return found

    @disk.setter
    def disk(self, other: Disk) -> None:
        tracer, old = self.tracer, self.disk
        if other is old:
            return
        if tracer.name(old) is None:
            with tracer.event(self, "copy", **{"as": tracer.keep(old)}):
                pass
        name = tracer.name(other)
        # From now on it changes: what it is when it is left gets a name of its own.
        tracer.names.pop(id(other), None)
        self.__dict__["disk"] = other
        with tracer.event(self, *(("put_back",) if name else ("wipe",)), **({"copy": name} if name else {})):
            pass

    def new_id(self) -> str:
        """A name by this phone's own clock, as the app makes it."""
        number = (self.now() << 80) | self.dice.getrandbits(80)
        number = number & ~(0xF << 76) | (7 << 76)
        number = number & ~(0x3 << 62) | (2 << 62)
        text = f"{number:032x}"
        made = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
        if self.tracer.events:
            self.tracer.events[-1]["ids"].append(made)
        return made

    def point(self, label: str) -> None:
        """Count it, then perhaps end."""
        self.tracer.points[label] += 1
        super().point(label)

    def open_page(self, key: str, records: Any) -> None:
        """Open a page."""
        base = {one: self.base_of(one) for one in records}
        with self.tracer.event(self, "page", key=key, base=base):
            super().open_page(key, records)

    def save(
        self, patches: list[dict[str, Any]], *, visited_on: str | None, draft: str | None = None, **more: Any
    ) -> Any:
        """Save an edit."""
        told = {"patches": patches, "visited_on": visited_on, "draft": draft, "is_full": self.is_full, **more}
        with self.tracer.event(self, "save", **told):
            return super().save(patches, visited_on=visited_on, draft=draft, **more)
