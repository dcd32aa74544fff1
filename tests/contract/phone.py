"""A phone written from the contract alone, in as few lines as it takes: it knows HTTP and nothing of the server's code."""

import hashlib
import json
import time
import uuid
from typing import Any

MASK = (1 << 64) - 1


def new_id() -> str:
    """A UUIDv7."""
    number = (int(time.time() * 1000) << 80) | (uuid.uuid4().int & ((1 << 80) - 1))
    number = number & ~(0xF << 76) | (7 << 76)
    number = number & ~(0x3 << 62) | (2 << 62)
    return str(uuid.UUID(int=number))


def digest(versions: dict[str, int]) -> str:
    """Sum modulo 2^64 of the first 8 bytes of SHA-256 of ``id:version``."""
    total = sum(int.from_bytes(hashlib.sha256(f"{i}:{v}".encode()).digest()[:8], "big") for i, v in versions.items())
    return f"{total & MASK:016x}"


class Phone:
    """One installed app of one person."""

    def __init__(self, client, today: str = "2026-11-23") -> None:
        self.client, self.today = client, today
        self.outbox, self.n, self.ids = str(uuid.uuid4()), 0, {0: None}
        self.queue: list[dict[str, Any]] = []
        self.records: dict[str, dict[str, Any]] = {}
        self.cursor = self.epoch = self.continues = None
        self.scope: list[dict[str, Any]] = []
        self.inbox: list[dict[str, Any]] = []
        self.verdicts: dict[int, dict[str, Any]] = {}
        self.applied_through = 0

    def base(self, record: str) -> int:
        return self.records.get(record, {}).get("version", 0)

    def patch(self, kind: str, record: str, base: int | None = None, **set_) -> dict[str, Any]:
        return {"kind": kind, "id": record, "base": self.base(record) if base is None else base, "set": set_}

    def save(self, *patches: dict[str, Any], **more) -> dict[str, Any]:
        """Queue one edit."""
        self.n += 1
        edit = {
            "n": self.n,
            "id": more.pop("id", None) or new_id(),
            "at": more.pop("at", f"{self.today}T00:30:00.000Z"),
            "visited_on": more.pop("visited_on", self.today),
            "form": "2026.1",
            "settles": [],
            "patches": list(patches),
            **more,
        }
        self.ids[self.n] = edit["id"]
        self.queue.append(edit)
        return edit

    def body(self, edits=None, **more) -> dict[str, Any]:
        edits = self.queue if edits is None else edits
        first = edits[0]["n"] if edits and isinstance(edits[0].get("n"), int) else 1
        return {
            "protocol": 1,
            "app": "1.0.0",
            "form": "2026.1",
            "outbox": self.outbox,
            "continues": self.continues,
            "epoch": self.epoch,
            "prev": self.ids.get(first - 1),
            "clock": {"now": f"{self.today}T01:00:00.000Z", "trust": "high"},
            "edits": edits,
            "cursor": self.cursor,
            "again": [],
            **more,
        }

    def post(self, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            "/api/sync",
            data=data,
            content_type="application/json",
            headers={"Sec-Fetch-Site": "same-origin", **headers},
        )

    def send(self, edits=None, **more):
        """One request; the answer as JSON (status must be 200)."""
        answer = self.post(self.body(edits, **more))
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.json

    def sync(self, **more):
        """Push everything, pull every page, apply; returns the last answer."""
        while True:
            answer = self.send(self.queue[:200], **more)
            self.apply(answer)
            more = {}
            if not answer["more"]:
                break
        self.check_digests()
        return answer

    def apply(self, answer) -> None:
        self.epoch, self.cursor, self.scope = answer["server"]["epoch"], answer["cursor"], answer["scope"]
        for verdict in answer["verdicts"]:
            self.verdicts[verdict["n"]] = verdict
        for area in answer["scope"]:
            if area["from_zero"] and not getattr(self, "building", None):
                self.records = {i: r for i, r in self.records.items() if r["dasawisma"] != area["dasawisma"]}
        self.building = answer["more"]
        for gone in answer["gone"]:
            held = self.records.get(gone["id"])
            if held and held["version"] < gone["version"]:
                del self.records[gone["id"]]
        for record in answer["records"]:
            held = self.records.get(record["id"])
            assert held is None or held["version"] <= record["version"], "a version went back"
            self.records[record["id"]] = record
        mine = {area["dasawisma"] for area in answer["scope"]}
        self.records = {i: r for i, r in self.records.items() if r["dasawisma"] in mine}
        self.inbox += answer["inbox"]
        self.applied_through = answer["applied_through"]
        if not answer["more"]:
            self.queue = [edit for edit in self.queue if edit["n"] > answer["applied_through"]]

    def check_digests(self) -> None:
        """Every dasa wisma's copy equals the server's."""
        for area in self.scope:
            held = {i: r["version"] for i, r in self.records.items() if r["dasawisma"] == area["dasawisma"]}
            assert area["count"] == len(held), (area, sorted(held))
            assert area["digest"] == digest(held), area
