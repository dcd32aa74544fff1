"""Sync as it is usually built first, as a model with faults: what the contract's rules are measured against.

One mutation a field with an id to be stored once; base is the version seen; where two differ the later clock wins; the
cursor is a bare number; a mutation leaves the phone when the push is answered.  Phones edit offline over a network that
loses requests and answers and repeats old requests; phones and the server may be put back to an older copy.
"""

import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any

FIELDS, RECORDS, PHONES, STEPS, QUIET = "abcde", 40, 6, 700, 40
SKEWS = (0, 0, 0, 5, -50, 400)
LOST, LATE = 0.2, 0.15
COPIED, RESTORED = range(300, 320), range(481, 500)


@dataclass
class Cell:
    """A value, and the number, device and clock of who set it."""

    value: int
    seq: int
    device: str
    clock: int


@dataclass
class Outcome:
    """What one history came to."""

    diverged: int = 0
    stuck: int = 0
    typed: int = 0
    gone: int = 0
    conflicts: int = 0
    against_itself: int = 0


@dataclass
class Server:
    """Last writer wins, field by field."""

    seq: int = 0
    cells: dict[tuple[int, str], Cell] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    kept: set[tuple[int, str, int]] = field(default_factory=set)
    conflicts: int = 0
    against_itself: int = 0

    def push(self, mutations: list[dict[str, Any]]) -> set[int]:
        """Apply what is new; the ids that are done."""
        for one in mutations:
            if one["id"] not in self.seen:
                self.seen.add(one["id"])
                self._apply(one)
        return {one["id"] for one in mutations}

    def _apply(self, one: dict[str, Any]) -> None:
        self.seq += 1
        place = (one["record"], one["field"])
        old = self.cells.get(place)
        if old and old.seq > one["base"] and old.value != one["value"]:
            self.conflicts += 1
            self.against_itself += old.device == one["device"]
            if one["clock"] <= old.clock:
                self.kept.add((*place, one["value"]))
                return
        if old:
            self.kept.add((*place, old.value))
        self.cells[place] = Cell(one["value"], self.seq, one["device"], one["clock"])

    def pull(self, since: int) -> tuple[dict[tuple[int, str], Cell], int]:
        """What changed after a number, and the next one."""
        return {place: cell for place, cell in self.cells.items() if cell.seq > since}, self.seq


@dataclass
class Phone:
    """One phone: its copy, its place in the feed, what it has not sent."""

    name: str
    skew: int
    cells: dict[tuple[int, str], Cell] = field(default_factory=dict)
    cursor: int = 0
    clock: int = 0
    queue: list[dict[str, Any]] = field(default_factory=list)

    def save(self, now: int, record: int, values: dict[str, int], dice: Random) -> None:
        """One mutation a field."""
        base = max((cell.seq for (one, _), cell in self.cells.items() if one == record), default=0)
        self.clock = max(self.clock + 1, now + self.skew)
        told = {"record": record, "base": base, "device": self.name, "clock": self.clock}
        self.queue += [{**told, "id": dice.getrandbits(64), "field": key, "value": one} for key, one in values.items()]

    def settle(self, done: set[int]) -> None:
        """The push was answered."""
        self.queue = [one for one in self.queue if one["id"] not in done]

    def take(self, answer: tuple[dict[tuple[int, str], Cell], int]) -> None:
        """The pull was answered."""
        self.cells.update(answer[0])
        self.cursor = answer[1]


class History:
    """One seeded history."""

    def __init__(self, seed: int, *, phones_restored: bool, server_restored: bool) -> None:
        self.dice = Random(seed)  # noqa: S311 (a simulation)
        self.phones_restored, self.server_restored = phones_restored, server_restored
        self.server = Server()
        self.phones = [Phone(f"p{number}", self.dice.choice(SKEWS)) for number in range(PHONES)]
        self.typed: list[tuple[int, str, int]] = []
        self.late: list[list[dict[str, Any]]] = []
        self.copies: dict[str, Phone] = {}
        self.night: Server | None = None

    def run(self) -> Outcome:
        """Every step, then quiet, then what is left."""
        for now in range(STEPS):
            self._step(now)
        for _ in range(QUIET):
            for phone in self.phones:
                phone.settle(self.server.push(phone.queue))
                phone.take(self.server.pull(phone.cursor))
        known = {(*place, cell.value) for place, cell in self.server.cells.items()} | self.server.kept
        return Outcome(
            diverged=sum(phone.cells != self.server.cells for phone in self.phones),
            stuck=sum(bool(phone.queue) for phone in self.phones),
            typed=len(self.typed),
            gone=sum(one not in known for one in self.typed),
            conflicts=self.server.conflicts,
            against_itself=self.server.against_itself,
        )

    def _step(self, now: int) -> None:
        phone, roll = self.dice.choice(self.phones), self.dice.random()
        for chance, act in (
            (0.35, self._save),
            (0.30, self._push),
            (0.28, self._pull),
            (0.02, self._again),
            (0.015, self._copy),
            (0.007, self._put_back),
            (1.0, self._night),
        ):
            if roll < chance:
                act(phone, now)
                return
            roll -= chance

    def _save(self, phone: Phone, now: int) -> None:
        record = self.dice.randrange(RECORDS)
        values = {key: self.dice.getrandbits(30) for key in self.dice.sample(FIELDS, self.dice.randint(1, 3))}
        self.typed += [(record, key, value) for key, value in values.items()]
        phone.save(now, record, values, self.dice)

    def _push(self, phone: Phone, _now: int) -> None:
        if phone.queue and self.dice.random() < LATE:
            self.late.append(copy.deepcopy(phone.queue))
        if phone.queue and self.dice.random() > LOST:
            done = self.server.push(copy.deepcopy(phone.queue))
            if self.dice.random() > LOST:
                phone.settle(done)

    def _pull(self, phone: Phone, _now: int) -> None:
        if self.dice.random() > LOST:
            phone.take(copy.deepcopy(self.server.pull(phone.cursor)))

    def _again(self, _phone: Phone, _now: int) -> None:
        if self.late:
            self.server.push(self.late.pop(self.dice.randrange(len(self.late))))

    def _copy(self, phone: Phone, _now: int) -> None:
        self.copies[phone.name] = copy.deepcopy(phone)

    def _put_back(self, phone: Phone, _now: int) -> None:
        """A phone without unsent work is put back to its copy."""
        if self.phones_restored and phone.name in self.copies and not phone.queue:
            self.phones[self.phones.index(phone)] = copy.deepcopy(self.copies[phone.name])

    def _night(self, _phone: Phone, now: int) -> None:
        """The server is copied in the first window and put back in the second."""
        if not self.server_restored:
            return
        if now in COPIED and self.night is None:
            self.night = copy.deepcopy(self.server)
        elif now in RESTORED and self.night is not None:
            self.server, self.night = self.night, None
