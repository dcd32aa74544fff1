"""Decides the file of a backup: what stands in the clear, and how the rest is packed, sealed and checked.

    DAWIS-BACKUP-1                                                                  a line in the clear
    {"key": "3fa8…", "salt": "…", "made_at": "…", "app": "0.1.0", "schema": "0002"}    a line in the clear
    chunk, chunk, … last chunk                                                      zlib, then AES-256-GCM
    SHA-256 of everything before                                                    checked without any key

A chunk is four bytes of length (the highest bit marks the last one) and its ciphertext.  Its nonce is its number, its
additional data the hash of all that stands in the clear and whether it is the last: no chunk can be changed, moved,
left out, or taken from another file.  The key is made from the master key and a salt of the file: no nonce repeats.
"""

import base64
import binascii
import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag

from models.problems import Problem
from models.sealing import Keyring

MAGIC = b"DAWIS-BACKUP-1\n"
FAMILY = b"DAWIS-BACKUP-"
CHUNK = 256 * 1024
LAST = 1 << 31
TAG, DIGEST, LONGEST_HEAD = 16, 32, 4096
LEVEL = 3
PIECE = 1 << 20


class Writer:
    """Packs and seals what is written into an open file; ``close`` ends it, nothing before is a backup."""

    def __init__(self, file: BinaryIO, keyring: Keyring, about: dict[str, Any]) -> None:
        salt = os.urandom(32)
        head = {"key": keyring.name, "salt": base64.b64encode(salt).decode(), **about}
        self._clear = MAGIC + json.dumps(head).encode() + b"\n"
        self._file, self._hash, self._key = file, hashlib.sha256(), keyring.backup_key(salt)
        self._packer, self._waiting, self._number = zlib.compressobj(LEVEL), bytearray(), 0
        self._put(self._clear)

    def write(self, data: bytes) -> None:
        """Take more bytes."""
        self._waiting += self._packer.compress(data)
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        """Write the last chunk and the checksum."""
        self._waiting += self._packer.flush()
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        self._seal(bytes(self._waiting), is_last=True)
        self._file.write(self._hash.digest())

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        sealed = self._key.encrypt(nonce(self._number), plain, bound(self._clear, is_last=is_last))
        self._put(struct.pack(">I", len(sealed) | (LAST if is_last else 0)) + sealed)
        self._number += 1

    def _put(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)


def nonce(number: int) -> bytes:
    """The nonce of a chunk."""
    return number.to_bytes(12, "big")


def bound(clear: bytes, *, is_last: bool) -> bytes:
    """What a chunk is bound to."""
    return hashlib.sha256(clear).digest() + (b"\1" if is_last else b"\0")


class Reader:
    """Opens a backup: its head, its checksum and its key are checked before anything is read."""

    def __init__(self, path: Path, keyring: Keyring) -> None:
        self.path = path
        try:
            self._file = path.open("rb")
        except FileNotFoundError as error:
            raise Problem("backup.missing", file=str(path)) from error
        except (PermissionError, IsADirectoryError) as error:
            raise Problem("backup.denied", place=str(path)) from error
        self._clear, self.head = self._read_head()
        self._check_whole()
        if self.head["key"] != keyring.name:
            raise Problem("backup.wrong_key", needs=self.head["key"], here=keyring.name)
        self._key = keyring.backup_key(base64.b64decode(self.head["salt"]))
        self._bytes = self._plain()
        self._waiting = bytearray()

    def read(self, size: int) -> bytes:
        """Exactly that many bytes; fewer only at the end."""
        while len(self._waiting) < size:
            piece = next(self._bytes, None)
            if piece is None:
                break
            self._waiting += piece
        found = bytes(self._waiting[:size])
        del self._waiting[:size]
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _problem(self, code: str) -> Problem:
        return Problem(code, file=self.path.name)

    def _read_head(self) -> tuple[bytes, dict[str, Any]]:
        first = self._file.readline(len(MAGIC))
        if first != MAGIC:
            if first.startswith(FAMILY) and first.endswith(b"\n"):
                raise Problem("backup.newer", format=first.decode("ascii", "replace").strip())
            raise self._problem("backup.cut" if first and MAGIC.startswith(first) else "backup.not_one")
        line = self._file.readline(LONGEST_HEAD)
        if not line.endswith(b"\n"):
            raise self._problem("backup.cut")
        try:
            head = json.loads(line)
            base64.b64decode(head["salt"], validate=True)
            return first + line, {**head, "key": str(head["key"])}
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise self._problem("backup.damaged") from error

    def _check_whole(self) -> None:
        """Walk over the chunks, then compare the checksum: a cut file is told from a changed one."""
        end, at = os.fstat(self._file.fileno()).st_size, len(self._clear)
        while True:
            self._file.seek(at)
            length = self._file.read(4)
            if len(length) < 4:  # noqa: PLR2004 (bytes of a length)
                raise self._problem("backup.cut")
            (number,) = struct.unpack(">I", length)
            at += 4 + (number & ~LAST)
            if at > end:
                raise self._problem("backup.cut")
            if number & LAST:
                break
        if end < at + DIGEST:
            raise self._problem("backup.cut")
        if end > at + DIGEST or self._digest(at) != self._file.read(DIGEST):
            raise self._problem("backup.damaged")
        self._file.seek(len(self._clear))

    def _digest(self, end: int) -> bytes:
        self._file.seek(0)
        found = hashlib.sha256()
        while end:
            piece = self._file.read(min(PIECE, end))
            found.update(piece)
            end -= len(piece)
        return found.digest()

    def _plain(self) -> Iterator[bytes]:
        unpacker, number, is_last = zlib.decompressobj(), 0, False
        while not is_last:
            (length,) = struct.unpack(">I", self._file.read(4))
            is_last = bool(length & LAST)
            sealed = self._file.read(length & ~LAST)
            try:
                plain = self._key.decrypt(nonce(number), sealed, bound(self._clear, is_last=is_last))
                yield unpacker.decompress(plain)
            except (InvalidTag, zlib.error) as error:
                raise self._problem("backup.damaged") from error
            number += 1
        yield unpacker.flush()
