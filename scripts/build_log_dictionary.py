# noqa: INP001
"""Made ``models/data/log-1.dict`` once, from invented doors; run it again only to make a dictionary 2 beside it.

What was squeezed with a dictionary needs that very dictionary to be read, for ever.
"""

import sys
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import orjson

from models.form.definition import load
from tests.builders_form import door_for

DOORS, SEED, SIZE, SHORT = 60, 9, 8192, 25


def samples() -> tuple[list[bytes], list[bytes]]:
    """Log payloads of new households and of new members, answered as the form asks."""
    form, dice = load("2026.1"), Random(SEED)  # noqa: S311 (invented answers)
    houses, people = [], []
    for _ in range(DOORS):
        door = door_for(form, dice, date(2026, 11, 20))
        houses.append(orjson.dumps({"set": {"dasawisma": "35.22.14.2011/D001", **door.household}}))
        for member in door.members.values():
            places = {"household": door.id, "family": next(iter(door.families))}
            people.append(orjson.dumps({"set": {**places, **member}}))
    return houses, people


def dictionary() -> bytes:
    """Common answers, the commonest last, then whole records: deflate looks back from the end."""
    houses, people = samples()
    seen: Counter[str] = Counter()
    for payload in (*houses, *people):
        for key, value in orjson.loads(payload)["set"].items():
            if isinstance(value, str | bool | int) and len(str(value)) < SHORT:
                seen[f'"{key}":{orjson.dumps(value).decode()},'] += 1
            seen[f'"{key}":'] += 0
    answers = "".join(key for key, _ in sorted(seen.items(), key=lambda item: (item[1], item[0]))).encode()
    return (answers + b"".join([*people[:4], *houses[:2]]))[-SIZE:]


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(dictionary())
