"""What happens to a request and its answer on the way: lost, late, twice, damaged, or met by somebody else's portal."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.simulator.options import Options
from tests.simulator.phone import Phone
from tests.simulator.server import AFTER_COMMIT, BEFORE_COMMIT, Reply, Server, ServerCrash

NOTHING = Reply(0)
PORTAL = Reply(200, b"<html><body>Selamat datang di WiFi</body></html>", is_json=False)
KEPT = 12


@dataclass(frozen=True)
class Parcel:
    """A request as it went out."""

    person: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Network:
    """The way between the phones and their server; ``is_good`` while nothing may go wrong."""

    server: Server
    options: Options
    faults: Counter[str]
    is_good: bool = False
    late: list[Parcel] = field(default_factory=list)
    past: list[Parcel] = field(default_factory=list)
    requests: int = 0

    def post(self, phone: Phone, body: bytes, headers: dict[str, str]) -> Reply:
        """Send a request; the reply as far as it arrives."""
        parcel = Parcel(phone.person, body, headers)
        self.requests += 1
        if self.is_good:
            return self.deliver(parcel)
        if self.late and phone.dice.random() < 0.3:
            self.deliver_late(phone.dice)
        return self._perhaps(parcel, phone.dice)

    def _perhaps(self, parcel: Parcel, dice: Random) -> Reply:
        options, roll = self.options, dice.random()
        for chance, happens in (
            (options.p_portal, self._portal),
            (options.p_drop_request, self._drop_request),
            (options.p_late, self._keep_back),
            (options.p_damage, self._damage),
            (options.p_server_crash, self._crash),
            (options.p_server_full, self._full),
            (options.p_twice, self._twice),
            (options.p_drop_answer, self._drop_answer),
            (options.p_cut_answer, self._cut_answer),
        ):
            if roll < chance:
                return happens(parcel, dice)
            roll -= chance
        return self.deliver(parcel)

    def deliver(self, parcel: Parcel) -> Reply:
        """Let the server have it."""
        self.past = [*self.past[-KEPT:], parcel]
        try:
            return self.server.post(parcel.person, parcel.body, parcel.headers)
        except ServerCrash:
            return NOTHING

    def deliver_late(self, dice: Random) -> None:
        """A request that was held up arrives; nobody waits for its answer any more."""
        self.faults["F3"] += 1
        self.deliver(self.late.pop(dice.randrange(len(self.late))))

    def replay(self, dice: Random) -> None:
        """A proxy sends an old request again."""
        if self.past:
            self.faults["F3"] += 1
            self.deliver(dice.choice(self.past))

    def _portal(self, parcel: Parcel, dice: Random) -> Reply:
        self.faults["F13"] += 1
        return PORTAL

    def _drop_request(self, parcel: Parcel, dice: Random) -> Reply:
        self.faults["F2"] += 1
        return NOTHING

    def _keep_back(self, parcel: Parcel, dice: Random) -> Reply:
        self.late.append(parcel)
        return NOTHING

    def _damage(self, parcel: Parcel, dice: Random) -> Reply:
        self.faults["F4"] += 1
        data = bytearray(parcel.body)
        if dice.random() < 0.5:
            data = data[: dice.randrange(len(data))]
        else:
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        return self.server.post(parcel.person, bytes(data), parcel.headers)

    def _crash(self, parcel: Parcel, dice: Random) -> Reply:
        # Where the server answers in spite of it (it had nothing to commit, or did not wait for it), that is heard.
        self.server.crash_at = dice.choice([BEFORE_COMMIT, AFTER_COMMIT])
        return self.deliver(parcel)

    def _full(self, parcel: Parcel, dice: Random) -> Reply:
        self.server.is_full = True
        return self.deliver(parcel)

    def _twice(self, parcel: Parcel, dice: Random) -> Reply:
        self.faults["F3"] += 1
        replies = [self.deliver(parcel), self.deliver(parcel)]
        return dice.choice(replies)

    def _drop_answer(self, parcel: Parcel, dice: Random) -> Reply:
        self.faults["F2"] += 1
        self.deliver(parcel)
        return NOTHING

    def _cut_answer(self, parcel: Parcel, dice: Random) -> Reply:
        self.faults["F4"] += 1
        reply = self.deliver(parcel)
        return Reply(reply.status, reply.body[: dice.randrange(len(reply.body))] if reply.body else b"", None)
