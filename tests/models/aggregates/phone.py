"""A small phone for counting tests: it saves edits through POST /api/sync, so that counting meets what the sync writes."""

import uuid
from dataclasses import dataclass, field

from tests.models.aggregates.doors import House


@dataclass
class Phone:
    """One outbox of one signed-in person."""

    client: object
    clock: object
    outbox: str = field(default_factory=lambda: str(uuid.uuid4()))
    n: int = 0
    last: str | None = None
    seq: int = 0

    def save(self, patches, visited_on=None, form="2026.1"):
        """Send one edit; returns its verdict."""
        self.n += 1
        moment = self.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        edit = {"n": self.n, "id": str(uuid.uuid4()), "at": moment, "visited_on": visited_on, "form": form}
        edit |= {"settles": [], "patches": patches}
        body = {"protocol": 1, "app": "1.0.0", "form": form, "outbox": self.outbox, "continues": None, "epoch": None}
        body |= {
            "prev": self.last,
            "clock": {"now": moment, "trust": "high"},
            "edits": [edit],
            "cursor": None,
            "again": [],
        }
        answer = self.client.post("/api/sync", json=body)
        assert answer.status_code == 200, answer.text
        self.last = edit["id"]
        self.seq = max([self.seq, *(one["seq"] for one in answer.json["scope"])])
        return answer.json["verdicts"][0]


def patches_of(house: House, base=0):
    """Patches that make a whole house."""
    household = {"dasawisma": house.dasawisma, **house.household}
    made = [{"kind": "household", "id": house.id, "base": base, "set": household}]
    for kind, records in (("family", house.families), ("member", house.members), ("event", house.events)):
        made += [{"kind": kind, "id": key, "base": base, "set": fields} for key, fields in records.items()]
    return made


def visit_of(household, outcome, on, seen=0):
    """A patch that makes a visit."""
    fields = {"household": household, "on": on, "outcome": outcome, "seen": seen}
    return {"kind": "visit", "id": str(uuid.uuid4()), "base": 0, "set": fields}
