"""Broken transport of POST /api/sync: gzip bombs, encodings that lie, digests that do not match, bodies without a length."""

import base64
import gzip
import hashlib
import io
import json
import zlib

import pytest

from tests.builders import DESA
from tests.contract.phone import new_id
from tests.fuzz.after import check


def digest(body: bytes, name: str = "sha-256") -> str:
    return f"{name}=:{base64.b64encode(hashlib.new(name.replace('-', ''), body).digest()).decode()}:"


@pytest.fixture
def database_kind():
    """What is refused here never comes as far as the database."""
    return "sqlite"


@pytest.fixture
def siti(phone_of):
    phone = phone_of("siti")
    phone.save(phone.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    return phone


def bombs() -> dict[str, bytes]:
    once = gzip.compress(b" " * (20 << 20), 5)
    return {
        "spaces": once,
        "twice": gzip.compress(once),
        "many members": gzip.compress(b" " * 1000) * 2000,
        "empty members": gzip.compress(b"") * 12000,
        "zeros": gzip.compress(b"\0" * (30 << 20), 5),
    }


@pytest.mark.parametrize("name", ["spaces", "twice", "many members", "empty members", "zeros"])
def test_bomb__refused_whole(siti, name, app):
    assert siti.post(bombs()[name], **{"Content-Encoding": "gzip"}).status_code in (400, 413)
    assert sum(check(app).values()) == 0
    siti.sync()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", lambda body: body),
        ("gzip", lambda body: gzip.compress(body)[:-4]),
        ("gzip", lambda body: gzip.compress(body) + b"junk"),
        ("gzip", zlib.compress),
        ("deflate", zlib.compress),
        ("br", lambda body: body),
        ("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
        ("gzip;q=1", gzip.compress),
        ("identity", gzip.compress),
        ("x" * 5000, lambda body: body),
        ("\u00e9", lambda body: body),
    ],
)
def test_encoding__does_not_fit__unreadable_and_sent_again_it_goes_in(siti, encoding, pack):
    body = json.dumps(siti.body()).encode()
    assert siti.post(pack(body), **{"Content-Encoding": encoding}).status_code == 400
    assert siti.sync()["verdicts"][0]["verdict"] == "applied"


@pytest.mark.parametrize(
    "given",
    [
        "sha-256=:AAAA:",
        "sha-256=:" + "A" * 44 + ":",
        "sha-256=::",
        "sha-256=abc",
        "sha-512=:AAAA:",
        "SHA-256=:%%%:",
        "sha-256=:A:, sha-512=:B:",
        "sha-256=:" + "A" * 8000 + ":",
    ],
)
def test_digest__does_not_match__unreadable_and_sent_again_it_goes_in(siti, given):
    assert siti.post(siti.body(), **{"Content-Digest": given}).status_code == 400
    body = json.dumps(siti.body()).encode()
    wrong = f"{digest(body)}, {digest(b'other', 'sha-512')}"
    assert siti.post(body, **{"Content-Digest": wrong}).status_code == 400
    right = f"{digest(body)}, {digest(body, 'sha-512')}, md5=:AAAA:"
    assert siti.post(body, **{"Content-Digest": right}).json["verdicts"][0]["verdict"] == "applied"


@pytest.mark.parametrize("length", ["", "abc", "-1", "0", "1", "999999999999999999999"])
def test_length__lies__never_a_fault(siti, length):
    body = json.dumps(siti.body()).encode()
    given = {"CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(body)}
    answer = siti.client.post("/api/sync", headers={"X-Dawis": "1"}, environ_overrides=given)
    assert answer.status_code in (400, 413)
    assert siti.sync()["verdicts"][0]["verdict"] == "applied"


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "", "\u00e9/\u00e9"]
)
def test_content_type__any__the_bytes_count(siti, kind):
    body = json.dumps(siti.body()).encode()
    answer = siti.client.post("/api/sync", data=body, content_type=kind, headers={"X-Dawis": "1"})
    assert answer.json["verdicts"][0]["verdict"] == "applied"


def test_chunked__without_a_length__goes_in(siti):
    body = json.dumps(siti.body()).encode()
    given = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = siti.client.post("/api/sync", headers={"X-Dawis": "1"}, environ_overrides=given)
    assert answer.json["verdicts"][0]["verdict"] == "applied"
