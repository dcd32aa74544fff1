"""Many phones that write at once, a follower that reads along, and what must hold when they are quiet.

Each writer makes doors of her own and keeps writing her own field of one record that all share, so that any lost update
shows: in the end that record holds the last value of every writer.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import text

from models.database import db
from server.app import create_app
from tests.builders import DESA, FAR, NEIGHBOUR
from tests.contract.phone import Phone, new_id
from tests.faults.serving import Serving

PLACES = {"siti": f"{DESA}/D001", "sri": f"{DESA}/D002", "tutik": f"{NEIGHBOUR}/D001", "wati": f"{FAR}/D001"}
OFFICES = {"siti": "budi", "sri": "budi", "tutik": "joko", "wati": None}
LATER = {503, 507}
Until = Callable[[], bool] | dict[int, Callable[[], bool]]
"""When writers stop: all by one answer, or each by her own.  Asked once before each round."""
GIVE_UP_SECONDS = 60


@dataclass
class Writer:
    """One phone that writes; a fault makes her send the same again."""

    name: str
    number: int
    phone: Phone
    shared: str
    random: Random
    acknowledged: set[str] = field(default_factory=set)
    saved: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    broken: int = 0
    count: int = 0
    failure: BaseException | None = None

    def round(self) -> None:
        """Save one to three edits and send until they are acknowledged."""
        phone = self.phone
        for _ in range(self.random.choice((1, 1, 2, 3))):
            if self.random.random() < 0.4:
                door, family = new_id(), new_id()
                edit = phone.save(
                    phone.patch("household", door, dasawisma=PLACES[self.name]),
                    phone.patch("family", family, household=door),
                    phone.patch("member", new_id(), household=door, family=family),
                )
            else:
                self.count += 1
                edit = phone.save(phone.patch("household", self.shared, **{self.field: str(self.count)}))
            self.saved.append(edit["id"])
        self.drain()

    @property
    def field(self) -> str:
        return f"f_{self.number}"

    def drain(self) -> None:
        """Send until nothing waits and every page is here."""
        until = time.monotonic() + GIVE_UP_SECONDS
        more = True
        while self.phone.queue or more:
            assert time.monotonic() < until, "nobody answered"
            more = self._send()

    def _send(self) -> bool:
        sent = list(self.phone.queue)
        try:
            answer = self.phone.post(self.phone.body(sent))
        except ConnectionError:
            self.broken += 1
            time.sleep(0.05)
            return True
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        if answer.status_code in LATER:
            time.sleep(0.1)
            return True
        assert answer.status_code == 200, answer.body
        told = answer.json
        fates = [(one.get("was") or one)["verdict"] for one in told["verdicts"]]
        assert set(fates) <= {"applied", "merged"}, told["verdicts"]
        self.phone.apply(told)
        self.acknowledged |= {edit["id"] for edit in sent}
        return bool(told["more"])


@dataclass
class Crowd:
    """Everybody on one server."""

    serving: Serving
    names: list[str]
    writers: list[Writer] = field(default_factory=list)
    followers: dict[str, Phone] = field(default_factory=dict)
    is_over: threading.Event = field(default_factory=threading.Event)
    polls: int = 0
    follower_failure: BaseException | None = None

    def gather(self, seed: int = 1) -> None:
        """Prepare the database, start the server, make the shared records."""
        offices = ["budi", "joko"]
        cookies = self.serving.prepare([*self.names, *offices])
        self.serving.start()
        shared = {name: new_id() for name in self.names}
        for number, (name, cookie) in enumerate(zip(self.names, cookies, strict=False)):
            phone = self.serving.phone(cookie)
            one = Writer(name, number, phone, shared[name], Random(f"{seed} {number}"))
            if shared[name] not in {other.shared for other in self.writers}:
                edit = phone.save(phone.patch("household", shared[name], dasawisma=PLACES[name]))
                one.saved.append(edit["id"])
            self.writers.append(one)
            one.drain()
        self.followers = {
            name: self.serving.phone(cookie) for name, cookie in zip(offices, cookies[len(self.names) :], strict=True)
        }

    def run(self, until: Until, beside: Callable[[], None] = lambda: None, pause: float = 0) -> None:
        """Everybody writes until this is true; ``beside`` runs meanwhile in the caller's thread.

        ``pause``: seconds a writer rests between her rounds.
        """
        of = (lambda one: until[one.number]) if isinstance(until, dict) else (lambda _one: until)
        threads = [threading.Thread(target=self._write, args=(one, of(one), pause)) for one in self.writers]
        threads.append(threading.Thread(target=self._follow))
        for thread in threads:
            thread.start()
        try:
            beside()
        finally:
            for thread in threads[:-1]:
                thread.join()
            self.is_over.set()
            threads[-1].join()
        for failure in (self.follower_failure, *(one.failure for one in self.writers)):
            if failure:
                raise failure

    def alone(self, rounds: int) -> float:
        """The median of one writer's requests, in milliseconds, while nobody else asks anything."""
        one = self.writers[0]
        for _ in range(rounds):
            one.round()
        seconds = sorted(one.phone.client.seconds[-rounds:])
        for other in self.writers:
            other.phone.client.seconds.clear()
        return round(1000 * seconds[len(seconds) // 2], 1)

    def run_rounds(self, rounds: int, done: dict[int, int]) -> None:
        """Everybody sends this often; ``done`` counts."""
        until = {one.number: self._counter(one.number, rounds, done) for one in self.writers}
        self.run(until)

    @staticmethod
    def _counter(number: int, rounds: int, done: dict[int, int]) -> Callable[[], bool]:
        def is_over() -> bool:
            if done[number] == rounds:
                return True
            done[number] += 1
            return False

        return is_over

    def _write(self, one: Writer, until: Callable[[], bool], pause: float) -> None:
        try:
            while not until():
                one.round()
                time.sleep(pause)
        except BaseException as failure:  # noqa: BLE001 (the caller's thread raises it)
            one.failure = failure

    def _follow(self) -> None:
        try:
            while not self.is_over.is_set():
                for phone in self.followers.values():
                    self._poll(phone)
        except BaseException as failure:  # noqa: BLE001
            self.follower_failure = failure

    def _poll(self, phone: Phone) -> bool:
        """One page; digests are compared where nothing more is to come."""
        try:
            answer = phone.post(phone.body([]))
        except ConnectionError:
            time.sleep(0.05)
            return True
        if answer.status_code in LATER:
            time.sleep(0.05)
            return True
        assert answer.status_code == 200, answer.body
        phone.apply(answer.json)
        self.polls += 1
        if not answer.json["more"]:
            phone.check_digests()
        return bool(answer.json["more"])

    # when everybody is quiet

    def check(self) -> dict[str, Any]:
        """What was acknowledged is stored, once; nobody missed a record; no update was lost.  Returns the numbers."""
        for one in self.writers:
            one.drain()
            one.phone.check_digests()
        for phone in self.followers.values():
            while self._poll(phone):
                pass
        saved = [edit for one in self.writers for edit in one.saved]
        acknowledged = {edit for one in self.writers for edit in one.acknowledged}
        stored = self._stored("SELECT id FROM edit")
        assert acknowledged == set(saved)
        assert sorted(stored) == sorted(saved), "lost or twice"
        self._check_records()
        seconds = sorted(took for one in self.writers for took in one.phone.client.seconds)
        statuses: dict[int, int] = {}
        for one in self.writers:
            for status, number in one.statuses.items():
                statuses[status] = statuses.get(status, 0) + number
        return {
            "edits": len(saved),
            "requests": len(seconds),
            "statuses": statuses,
            "broken": sum(one.broken for one in self.writers),
            "polls": self.polls,
            "p50_ms": round(1000 * seconds[len(seconds) // 2], 1),
            "p99_ms": round(1000 * seconds[int(len(seconds) * 0.99)], 1),
        }

    def _check_records(self) -> None:
        """The follower holds what a reader from zero gets; the shared records hold every writer's last word."""
        for name, follower in self.followers.items():
            fresh = self.serving.phone(follower.client.cookie)
            fresh.sync()
            assert fresh.records == follower.records, name
            assert len({one["version"] for one in fresh.records.values()}) == len(fresh.records)
            for one in self.writers:
                if OFFICES[one.name] == name and one.count:
                    assert fresh.records[one.shared]["fields"][one.field] == str(one.count)

    def _stored(self, query: str) -> list[str]:
        app = create_app(self.serving.config)
        with app.app_context():
            found = [row[0] for row in db.session.execute(text(query))]
            if db.engine.dialect.name == "sqlite":
                assert db.session.execute(text("PRAGMA integrity_check")).all() == [("ok",)]
            db.session.remove()
            db.engine.dispose()
        return found
