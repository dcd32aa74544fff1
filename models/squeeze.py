"""Decides how JSON is made small before it is sealed: zstd, with a dictionary of common answers.

A dictionary is named by the number in its file's name and never changes once something was written with it.  Log
payloads of the first release were deflated inside their blob, after a byte 1; ``unsqueeze_log`` still reads them.
"""

import threading
import zlib
from functools import cache
from pathlib import Path

import zstandard

FOLDER = Path(__file__).parent / "data"
DEFLATED = b"\x01"
WINDOW = -13
LEVEL = 3
"""2.5 µs, and a third of the bytes is left; the levels above cost more than they save."""
_of_thread = threading.local()


def squeeze(plain: bytes) -> bytes:
    """The bytes to seal."""
    work = getattr(_of_thread, "writer", None)
    if work is None:
        work = _of_thread.writer = zstandard.ZstdCompressor(level=LEVEL, dict_data=_ready(), write_dict_id=False)
    return work.compress(plain)


def unsqueeze(squeezed: bytes) -> bytes:
    """What ``squeeze`` was given; raises zstandard.ZstdError for anything else."""
    work = getattr(_of_thread, "reader", None)
    if work is None:
        work = _of_thread.reader = zstandard.ZstdDecompressor(dict_data=_ready())
    return work.decompress(squeezed)


def unsqueeze_log(payload: bytes) -> bytes:
    """A log payload as JSON, whichever release wrote it."""
    if payload[:1] != DEFLATED:
        return payload
    return zlib.decompressobj(WINDOW, (FOLDER / "log-1.dict").read_bytes()).decompress(payload[1:])


@cache
def _ready() -> zstandard.ZstdCompressionDict:
    found = zstandard.ZstdCompressionDict((FOLDER / "json-2.dict").read_bytes())
    found.precompute_compress(level=LEVEL)
    return found
