"""The proof that a phone's copy of one dasawisma equals the server's.

A digest is a sum modulo 2^64, so it can be kept up to date by adding and taking away single records:

    term("0190…", 4720)  -> int          first 8 bytes, big-endian, of SHA-256 of "id:version"
    text(sum of terms)   -> "9f3c61d20a77be01"
"""

from collections.abc import Iterable
from hashlib import sha256

MODULUS = 1 << 64


def term(record: str, version: int) -> int:
    """What one live record adds to the digest of its dasawisma: an unsigned 64-bit number."""
    return int.from_bytes(sha256(f"{record}:{version}".encode()).digest()[:8], "big")


def total(records: Iterable[tuple[str, int]]) -> int:
    """The sum modulo 2^64 over (id, version) pairs of live records, in any order."""
    return sum(term(record, version) for record, version in records) % MODULUS


def text(value: int) -> str:
    """The 16 hex digits sent over the wire. Any integer is taken modulo 2^64."""
    return f"{value % MODULUS:016x}"


def signed(value: int) -> int:
    """The same sum as a signed 64-bit number, the only kind a database column holds."""
    return (value + MODULUS // 2) % MODULUS - MODULUS // 2
