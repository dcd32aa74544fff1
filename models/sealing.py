"""Decides how personal bytes are kept: AES-256-GCM at rest, HMAC blind indexes for equality.

A sealed blob is ``form (1 byte) || nonce (12) || ciphertext and tag``; the additional data is ``table|row``,
so a blob copied to another row does not open.  Form 1 holds the bytes as they are, form 2 holds them squeezed.
Documents are sealed under a key of their desa.  A log payload is sealed under a key made from the master key and a
random salt kept in the record's row: destroying the salt erases it.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from zstandard import ZstdError

from models.squeeze import squeeze, unsqueeze, unsqueeze_log

PLAIN, SQUEEZED = b"\x01", b"\x02"
SHORT = 64
"""Shorter bytes are sealed as they are."""
BLIND_BYTES = 16
KEY_BYTES = 32


class SealError(Exception):
    """A blob that does not open: another key, another row, or changed bytes."""


class Keyring:
    """The two keys of an installation.  ``random`` gives nonces (a seam for tests)."""

    def __init__(self, master: bytes, blind: bytes, random: Callable[[int], bytes] = os.urandom) -> None:
        if len(master) != KEY_BYTES or len(blind) != KEY_BYTES:
            raise ValueError("keys are 32 bytes")
        self._master, self._blind, self._random = master, blind, random
        self._desa_key = lru_cache(maxsize=1024)(lambda desa: self._derive(b"desa|%d" % desa))
        self._log_key = lru_cache(maxsize=4096)(lambda salt: self._derive(b"log|" + salt))

    def _derive(self, label: bytes) -> AESGCM:
        return AESGCM(hmac.digest(self._master, label, "sha256"))

    def new_salt(self) -> bytes:
        """16 random bytes for a record's row."""
        return self._random(16)

    def seal(self, desa: int, table: str, row: str, plain: bytes) -> bytes:
        """Seal a document of a desa (0: the installation itself)."""
        return self._close(self._desa_key(desa), f"{table}|{row}", plain)

    def open(self, desa: int, table: str, row: str, blob: bytes) -> bytes:
        """Open what ``seal`` made; raises SealError."""
        return self._unclose(self._desa_key(desa), f"{table}|{row}", blob)

    def seal_log(self, salt: bytes, row: str, plain: bytes) -> bytes:
        """Seal a log payload under the salt of its record."""
        return self._close(self._log_key(salt), f"log|{row}", plain)

    def open_log(self, salt: bytes, row: str, blob: bytes) -> bytes:
        """Open what ``seal_log`` made; raises SealError."""
        return unsqueeze_log(self._unclose(self._log_key(salt), f"log|{row}", blob))

    def blind(self, field: str, value: str) -> bytes:
        """Keyed 16 byte index of a number, equal for equal values within one field."""
        return hmac.digest(self._blind, f"{field}|{value}".encode(), "sha256")[:BLIND_BYTES]

    def sign(self, label: str, data: bytes) -> bytes:
        """A 16 byte signature of ours, for cursors and typed codes."""
        return hmac.digest(self._derive_bytes(label), data, "sha256")[:16]

    @property
    def name(self) -> str:
        """Public name of this pair of keys, 16 hex digits: tells two installations apart and gives nothing away."""
        both = (hmac.digest(key, b"name", "sha256")[:4] for key in (self._master, self._blind))
        return b"".join(both).hex()

    def backup_key(self, salt: bytes) -> AESGCM:
        """The key of one backup file, made from the master key and the file's own salt."""
        return self._derive(b"backup|" + salt)

    def _derive_bytes(self, label: str) -> bytes:
        return hashlib.sha256(b"sign|" + label.encode() + b"|" + self._master).digest()

    def _close(self, key: AESGCM, bound: str, plain: bytes) -> bytes:
        nonce = self._random(12)
        if len(plain) <= SHORT:
            return PLAIN + nonce + key.encrypt(nonce, plain, bound.encode())
        return SQUEEZED + nonce + key.encrypt(nonce, squeeze(plain), SQUEEZED + bound.encode())

    def _unclose(self, key: AESGCM, bound: str, blob: bytes) -> bytes:
        form, nonce, sealed = blob[:1], blob[1:13], blob[13:]
        try:
            if form == SQUEEZED:
                return unsqueeze(key.decrypt(nonce, sealed, SQUEEZED + bound.encode()))
            if form == PLAIN:
                return key.decrypt(nonce, sealed, bound.encode())
        except (InvalidTag, ZstdError) as error:
            raise SealError("does not open") from error
        raise SealError("unknown form")
