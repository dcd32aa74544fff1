import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sealing import PLAIN, SHORT, SQUEEZED, Keyring, SealError

KEYS = Keyring(b"m" * 32, b"b" * 32)


@given(st.binary(max_size=2000), st.integers(0, 2**31), st.text(max_size=40))
def test_seal__opens_only_with_its_own_desa_table_and_row(plain, desa, row):
    blob = KEYS.seal(desa, "record", row, plain)
    assert KEYS.open(desa, "record", row, blob) == plain
    assert len(blob) <= max(len(plain), SHORT) + 29 + 32
    for other in ((desa + 1, "record", row), (desa, "patch", row), (desa, "record", row + "x")):
        with pytest.raises(SealError):
            KEYS.open(*other, blob)


def test_seal__changed_byte_or_unknown_key__does_not_open():
    blob = KEYS.seal(1, "record", "a", b"rahasia" * 20)
    for place in range(len(blob)):
        broken = blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]
        with pytest.raises(SealError):
            KEYS.open(1, "record", "a", broken)


def test_seal__long_bytes__are_squeezed_and_open():
    plain = b'{"nama":"Siti Aminah","jenis_kelamin":"P"}' * 5
    blob = KEYS.seal(1, "record", "a", plain)
    assert blob[:1] == SQUEEZED
    assert len(blob) < len(plain)
    assert KEYS.open(1, "record", "a", blob) == plain
    with pytest.raises(SealError):
        KEYS.open(1, "record", "a", PLAIN + blob[1:])


def test_open__sealed_by_the_first_release__opens():
    plain, nonce = b'{"nama":"Siti Aminah"}' * 10, bytes(12)
    key = KEYS._desa_key(1)
    assert KEYS.open(1, "record", "a", PLAIN + nonce + key.encrypt(nonce, plain, b"record|a")) == plain


def test_seal__same_text_twice__different_bytes():
    assert KEYS.seal(1, "record", "a", b"x") != KEYS.seal(1, "record", "a", b"x")


def test_log__other_salt__does_not_open():
    salt = KEYS.new_salt()
    blob = KEYS.seal_log(salt, "r", b"x")
    assert KEYS.open_log(salt, "r", blob) == b"x"
    with pytest.raises(SealError):
        KEYS.open_log(KEYS.new_salt(), "r", blob)


def test_blind__equal_within_a_field_only_and_keyed():
    assert KEYS.blind("nik", "3522") == KEYS.blind("nik", "3522")
    assert KEYS.blind("nik", "3522") != KEYS.blind("kk", "3522")
    assert KEYS.blind("nik", "3522") != Keyring(b"m" * 32, b"c" * 32).blind("nik", "3522")


def test_keyring__short_key__refused():
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"short", b"b" * 32)
