"""Decides where reading goes on: an opaque, signed text naming the history, the person and how far she is.

    {"e": epoch, "p": person, "f": form, "i": inbox position, "d": {dasawisma id: seq}, "z": [ids built from zero]}

A cursor that is forged, another person's, of another history or another form counts as none.
"""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from models.sealing import Keyring

LABEL = "cursor"
SIGNATURE = 16


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a person's copy is: inbox position, and the sequence number of each dasawisma."""

    epoch: str
    person: int
    form: str
    inbox: int = 0
    seqs: Mapping[int, int] = field(default_factory=dict)
    building: frozenset[int] = frozenset()


def dump(keyring: Keyring, cursor: Cursor) -> str:
    """Return the text a phone keeps."""
    body = {
        "e": cursor.epoch,
        "p": cursor.person,
        "f": cursor.form,
        "i": cursor.inbox,
        "d": {str(area): seq for area, seq in cursor.seqs.items()},
        "z": sorted(cursor.building),
    }
    data = orjson.dumps(body)
    return base64.urlsafe_b64encode(keyring.sign(LABEL, data) + data).decode().rstrip("=")


def load(keyring: Keyring, text: str | None, person: int) -> Cursor | None:
    """Return the cursor a phone sent; None where it is not one of ours for this person."""
    try:
        blob = base64.urlsafe_b64decode((text or "") + "=" * (-len(text or "") % 4))
    except ValueError:
        return None
    signature, data = blob[:SIGNATURE], blob[SIGNATURE:]
    if not data or not hmac.compare_digest(keyring.sign(LABEL, data), signature):
        return None
    body: dict[str, Any] = orjson.loads(data)
    if body["p"] != person:
        return None
    seqs = {int(area): seq for area, seq in body["d"].items()}
    return Cursor(body["e"], body["p"], body["f"], body["i"], seqs, frozenset(body["z"]))
