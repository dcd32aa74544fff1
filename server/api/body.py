"""Decides how much of a body is read, and whether it is what was sent: limits, Content-Digest (RFC 9530), gzip.

What is too large is still read to its end (up to a bound) and thrown away, so that the sender gets the answer.
``json_object`` reads the small bodies of every other route.
"""

import base64
import binascii
import hashlib
import re
import zlib
from typing import Any

from flask import Request

from models.problems import Problem

MAX_EDITS = 200
MAX_WIRE = 256 * 1024
MAX_BYTES = 1024 * 1024
MAX_DRAIN = 16 * 1024 * 1024
PART = 64 * 1024
DIGEST = re.compile(r"(sha-256|sha-512)=:([A-Za-z0-9+/=]*):", re.IGNORECASE)
NAMED = re.compile(r"(?:^|,)\s*(sha-256|sha-512)\s*=", re.IGNORECASE)
GZIP = 31


def too_large() -> Problem:
    """Return the problem that tells both limits."""
    return Problem("request.too_large", max_edits=MAX_EDITS, max_bytes=MAX_WIRE)


def bounded(request: Request) -> bytes:
    """Read the bytes as sent; raises request.too_large, request.digest."""
    body = _read(request)
    named = len(NAMED.findall(request.headers.get("Content-Digest", "")))
    given = DIGEST.findall(request.headers.get("Content-Digest", ""))
    if named != len(given):
        raise Problem("request.digest")
    for name, value in given:
        if hashlib.new(name.lower().replace("-", ""), body).digest() != _decoded(value):
            raise Problem("request.digest")
    return body


def _read(request: Request) -> bytes:
    if (request.content_length or 0) > MAX_DRAIN:
        raise too_large()
    parts, size = [], 0
    while part := request.stream.read(PART):
        size += len(part)
        if size <= MAX_WIRE:
            parts.append(part)
        elif size > MAX_DRAIN:
            break
    if size > MAX_WIRE:
        raise too_large()
    return b"".join(parts)


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        return b""


def unpacked(body: bytes, encoding: str | None) -> bytes:
    """Unpack a gzipped body up to the limit; raises request.too_large, request.unreadable."""
    name = (encoding or "identity").strip().lower()
    if name in {"identity", ""}:
        return body
    if name not in {"gzip", "x-gzip"}:
        raise Problem("request.unreadable", reason="encoding")
    out = b""
    while body:
        one = zlib.decompressobj(GZIP)
        try:
            out += one.decompress(body, MAX_BYTES + 1 - len(out))
        except zlib.error as error:
            raise Problem("request.unreadable", reason="gzip") from error
        if len(out) > MAX_BYTES:
            raise too_large()
        if not one.eof:
            raise Problem("request.unreadable", reason="gzip")
        body = one.unused_data
    return out


def json_object(request: Request) -> dict[str, Any]:
    """Read an object, its text without what no database takes; raises request.unreadable."""
    try:
        body = request.get_json(force=True, silent=True)
        if isinstance(body, dict):
            return {key: _storable(value) for key, value in body.items()}
    except RecursionError:
        pass
    raise Problem("request.unreadable", reason="json")


def _storable(value: Any) -> Any:
    """Text without NUL and halves of characters, also inside of objects and lists."""
    if isinstance(value, dict):
        return {key: _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value.replace("\0", "").encode("utf-8", "replace").decode() if isinstance(value, str) else value
