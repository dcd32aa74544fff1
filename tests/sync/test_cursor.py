"""Cursors: opaque, signed, one person's."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from models.sealing import Keyring
from sync.cursor import Cursor, dump, load

KEYS = Keyring(b"m" * 32, b"b" * 32)
CURSOR = Cursor("b1c2", 7, "2026.1", 31, {12: 4711, 13: 0}, frozenset({13}))


def test_cursor__own__reads_back():
    assert load(KEYS, dump(KEYS, CURSOR), 7) == CURSOR


def test_cursor__another_person_or_another_server__counts_as_none():
    assert load(KEYS, dump(KEYS, CURSOR), 8) is None
    assert load(Keyring(b"x" * 32, b"b" * 32), dump(KEYS, CURSOR), 7) is None


def test_cursor__any_byte_changed__counts_as_none():
    text = dump(KEYS, CURSOR)
    blob = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    for index in range(len(blob)):
        changed = bytearray(blob)
        changed[index] ^= 1
        assert load(KEYS, base64.urlsafe_b64encode(bytes(changed)).decode(), 7) is None


@given(st.none() | st.text(max_size=60))
def test_cursor__any_text__counts_as_none(text):
    assert load(KEYS, text, 7) is None
