"""The Python twin still makes the requests of the traces it once wrote, and leaves the same storage."""

import json
from typing import Any

import pytest

from tests.simulator.clock import Clock
from tests.simulator.disk import Disk
from tests.simulator.phone import Phone, PhoneCrash, QuotaError
from tests.simulator.server import Reply
from tests.simulator.syncing import sync
from tests.simulator.traces import FILE
from tests.simulator.tracing import state_of

TRACES = json.loads(FILE.read_text())


class Replayed(Phone):
    """A phone that is told its time, its names and where it ends."""

    told: Any = None

    def now(self) -> int:
        return int(self.told["now"])

    def new_id(self) -> str:
        return str(self.told["ids"].pop(0))

    def point(self, label: str) -> None:
        ends = self.told.get("ends")
        if ends and ends[0] == label:
            ends[1] -= 1
            if not ends[1]:
                raise PhoneCrash(label)


class Replay:
    """One trace done again."""

    def __init__(self) -> None:
        self.phone = Replayed(0, "siti", Clock())
        self.copies: dict[str, Disk] = {}
        self.state = json.loads(json.dumps(state_of(Disk())))

    def run(self, event: dict[str, Any]) -> None:
        self.phone.told = json.loads(json.dumps(event))
        try:
            getattr(self, event["do"])(event)
        except PhoneCrash:
            assert "ends" in event
        self.state |= event["state"]
        assert json.loads(json.dumps(state_of(self.phone.disk))) == self.state

    def save(self, event: dict[str, Any]) -> None:
        self.phone.is_full = event["is_full"]
        more = {key: event[key] for key in ("form", "settles") if key in event}
        try:
            self.phone.save(event["patches"], visited_on=event["visited_on"], draft=event["draft"], **more)
        except QuotaError:
            assert event["is_full"]

    def page(self, event: dict[str, Any]) -> None:
        self.phone.commit("draft", lambda: self.phone.disk.drafts.update({event["key"]: event["base"]}))

    def sync(self, event: dict[str, Any]) -> None:
        left = list(event["requests"])

        def post(phone: Phone, body: bytes, headers: dict[str, str]) -> Reply:
            import gzip

            one = left.pop(0)
            asked = json.loads(gzip.decompress(body) if "Content-Encoding" in headers else body)
            assert asked == one["request"]
            answer = one["answer"]
            text = json.dumps(answer["body"]) if "body" in answer else answer["text"]
            return Reply(answer["status"], text.encode(), answer["retry_after"], answer["is_json"])

        try:
            end, _ = sync(self.phone, post, lambda phone: None, event["rounds"])
            assert end == event["result"]
        finally:
            assert not left

    def copy(self, event: dict[str, Any]) -> None:
        self.copies[event["as"]] = self.phone.disk.copy()

    def put_back(self, event: dict[str, Any]) -> None:
        self.phone.disk = self.copies[event["copy"]].copy()

    def wipe(self, event: dict[str, Any]) -> None:
        self.phone.disk = Disk()


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: f"seed {trace['seed']}")
def test_trace__done_again_by_the_twin__same_requests_same_storage(trace):
    replay = Replay()
    for event in trace["events"]:
        replay.run(event)


def test_traces__together__hold_what_matters():
    events = [event for trace in TRACES for event in trace["events"]]
    asked = [one for event in events for one in event.get("requests", [])]
    assert {"save", "page", "sync", "copy", "put_back", "wipe"} <= {event["do"] for event in events}
    assert {0, 200, 401, 409} <= {one["answer"]["status"] for one in asked}
    assert any(one["request"]["continues"] for one in asked)
    assert any(event.get("ends", ["x"])[0].startswith("answer") for event in events)
    assert any(event["state"].get("offers") for event in events)
    assert any(event["state"].get("building") for event in events)
