"""Screenshots small enough to keep: a browser's PNG, packed as tightly as its own format allows."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def packed(png: bytes) -> bytes:
    """The same picture with its pixels deflated at the highest level and without what is not needed to show it."""
    chunks = list(_chunks(png))
    pixels = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    head = next(body for kind, body in chunks if kind == b"IHDR")
    kept = [(b"IHDR", head), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return SIGNATURE + b"".join(_chunk(kind, body) for kind, body in kept)


def _chunks(png: bytes):
    place = len(SIGNATURE)
    while place < len(png):
        (size,) = struct.unpack(">I", png[place : place + 4])
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        place += size + 12


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
