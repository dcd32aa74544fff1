# noqa: INP001
"""Made ``models/data/json-2.dict`` once, from invented doors; run it again only to make a dictionary 3 beside it.

What was squeezed with a dictionary needs that very dictionary to be read, for ever.
"""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import orjson
import zstandard

from models.form.definition import load
from tests.builders_form import door_for

DOORS, SEED, SIZE = 600, 9, 8192


def samples() -> Iterator[bytes]:
    """Documents and log payloads of households, families and members, answered as the form asks."""
    form, dice = load("2026.1"), Random(SEED)  # noqa: S311 (invented answers)
    for number in range(DOORS):
        door = door_for(form, dice, date(2026, 11, 20))
        code = f"35.22.{dice.randint(1, 28):02d}.{2000 + dice.randint(1, 20)}/D{dice.randint(1, 40):03d}"
        family = next(iter(door.families))
        records = [
            {"dasawisma": code, **door.household},
            *({"household": door.id, **answers} for answers in door.families.values()),
            *({"household": door.id, "family": family, **answers} for answers in door.members.values()),
        ]
        for fields in records:
            yield orjson.dumps(fields if number % 2 else {"set": fields})


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(zstandard.train_dictionary(SIZE, list(samples())).as_bytes())
