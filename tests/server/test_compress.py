import gzip
import json


def test_answer__accepted_and_long__gzipped_and_the_same(app):
    plain = app.test_client().get("/api/form", headers={"Accept-Encoding": "identity"})
    packed = app.test_client().get("/api/form", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 3


def test_answer__short_or_refused__as_it_is(app):
    short = app.test_client().get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert json.loads(short.data)["status"] == "ok"
    refused = app.test_client().get("/api/form", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_answer__unchanged__304_without_body(app):
    etag = app.test_client().get("/api/form").headers["ETag"]
    again = app.test_client().get("/api/form", headers={"If-None-Match": etag, "Accept-Encoding": "gzip"})
    assert (again.status_code, again.data) == (304, b"")
