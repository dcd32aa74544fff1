"""Record ids."""

import uuid
from datetime import UTC, datetime

from server.register.ids import uuid7_maker

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_uuid7_maker__many_of_one_moment__are_unique_and_in_order():
    make = uuid7_maker(NOW)
    made = [make() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {uuid.UUID(one).version for one in made} == {7}
    assert {uuid.UUID(one).variant for one in made} == {uuid.RFC_4122}


def test_uuid7_maker__moment__is_its_first_48_bits():
    assert uuid.UUID(uuid7_maker(NOW)()).int >> 80 == int(NOW.timestamp() * 1000)
