"""Makes record ids: UUIDv7, so that ids made one after the other sort so; clock and randomness are given."""

import os
import uuid
from collections.abc import Callable
from datetime import datetime


def uuid7_maker(now: datetime, random: Callable[[int], bytes] = os.urandom) -> Callable[[], str]:
    """A maker of ids of one moment; the 12 bits after the version count up, so order is kept within it."""
    start = int(now.timestamp() * 1000)
    made = 0

    def make() -> str:
        nonlocal made
        moment, counter = start + made // 4096, made % 4096
        made += 1
        tail = int.from_bytes(random(8)) & ((1 << 62) - 1)
        return str(uuid.UUID(int=(moment << 80) | (7 << 76) | (counter << 64) | (2 << 62) | tail))

    return make
