import hashlib

import orjson
import pytest

from models.squeeze import FOLDER, squeeze, unsqueeze

FIRST = "745c5436ee57c53111e2d3a798eeaf7173c999c3092a5032c0479a8fb0b5f755"
PAYLOAD = orjson.dumps({"set": {"household": "0193aaaa-0000-7000-8000-000000000001", "nama": "Siti Aminah"}})


def test_squeeze__anything__comes_back():
    for plain in (b"{}", PAYLOAD, b"{" + b"x" * 70_000, bytes(range(256)) * 4):
        assert unsqueeze(squeeze(plain)) == plain


def test_squeeze__a_member__is_much_smaller():
    assert len(squeeze(PAYLOAD)) < len(PAYLOAD) * 0.7


def test_unsqueeze__payload_of_an_older_release__as_it_is():
    assert unsqueeze(PAYLOAD) == PAYLOAD


def test_unsqueeze__unknown_form__says_so():
    with pytest.raises(ValueError, match="form"):
        unsqueeze(b"\x07abc")


def test_dictionary__is_the_one_payloads_were_written_with():
    assert hashlib.sha256((FOLDER / "log-1.dict").read_bytes()).hexdigest() == FIRST
