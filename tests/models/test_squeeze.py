import hashlib
import zlib

import orjson
import pytest
import zstandard

from models.squeeze import FOLDER, WINDOW, squeeze, unsqueeze, unsqueeze_log

FIRST = "745c5436ee57c53111e2d3a798eeaf7173c999c3092a5032c0479a8fb0b5f755"
SECOND = "7f05d6cf671ef238c3e52a815b4f9bc55440e6ecf118534511c361b0441e3056"
PAYLOAD = orjson.dumps({"set": {"household": "0193aaaa-0000-7000-8000-000000000001", "nama": "Siti Aminah"}})


def deflated(plain: bytes) -> bytes:
    """A payload as the first release wrote it."""
    work = zlib.compressobj(1, zlib.DEFLATED, WINDOW, 5, zlib.Z_DEFAULT_STRATEGY, (FOLDER / "log-1.dict").read_bytes())
    return b"\x01" + work.compress(plain) + work.flush()


def test_squeeze__anything__comes_back():
    for plain in (b"", b"{}", PAYLOAD, b"{" + b"x" * 70_000, bytes(range(256)) * 4):
        assert unsqueeze(squeeze(plain)) == plain


def test_squeeze__a_member__is_much_smaller():
    assert len(squeeze(PAYLOAD)) < len(PAYLOAD) * 0.7


def test_unsqueeze__something_else__says_so():
    with pytest.raises(zstandard.ZstdError):
        unsqueeze(b"\x07abc")


def test_unsqueeze_log__payloads_of_older_releases__as_they_were():
    assert unsqueeze_log(PAYLOAD) == PAYLOAD
    assert unsqueeze_log(deflated(PAYLOAD)) == PAYLOAD


def test_dictionaries__are_the_ones_bytes_were_written_with():
    for name, known in (("log-1.dict", FIRST), ("json-2.dict", SECOND)):
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == known
