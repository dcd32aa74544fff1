"""Decides what a request says, and puts an answer together without opening documents twice.

``parse(body)`` reads bytes (after gunzip) with orjson, and where that fails with the standard library, so that a number
too large, NaN, a raw control character or a broken surrogate costs a field and not the request.  Only an envelope that
cannot be read raises Problem("request.unreadable").
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from models.problems import Problem
from sync.clean import UNSTORABLE, text
from sync.edit import Edit, Unread
from sync.reading import LONGEST_CODE, LONGEST_NAME, identifier, instant, number, read_edit

PROTOCOL = 1
LONG_NUMBER = 18
MOST_AGAIN = 1000
TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)
EDITS = re.compile(rb"\s*:\s*\[")
Short = validate.Length(min=1, max=LONGEST_NAME)


class _Envelope(Schema):
    """The keys around ``edits``; unknown keys are passed over."""

    protocol = fields.Integer(required=True, strict=True, validate=validate.Equal(PROTOCOL))
    app = fields.String(load_default="", validate=validate.Length(max=LONGEST_NAME))
    form = fields.String(load_default="", validate=validate.Length(max=LONGEST_CODE))
    outbox = fields.String(required=True, validate=Short)
    epoch = fields.String(load_default=None, allow_none=True)
    again = fields.List(fields.String(), load_default=list, allow_none=True, validate=validate.Length(max=MOST_AGAIN))


ENVELOPE = _Envelope(unknown=EXCLUDE)
TEXTS = {"app": LONGEST_NAME, "form": LONGEST_CODE, "outbox": LONGEST_NAME, "epoch": 1000}
"""The texts of the envelope as every app sends them, with the longest that needs no second look."""


@dataclass(frozen=True)
class Request:
    """A request as read; ``edits`` in the order they came, ``raws`` their bytes in the same order."""

    app: str
    form: str
    outbox: str
    continues: tuple[str, int] | None
    epoch: str | None
    prev: str | None
    clock: datetime | None
    is_trusted: bool
    edits: tuple[Edit | Unread, ...]
    cursor: str | None
    again: tuple[str, ...]
    body: bytes

    @cached_property
    def raws(self) -> list[bytes]:
        """Each edit's bytes as sent; worked out only when an edit is not applied."""
        found = slices(self.body)
        if len(found) == len(self.edits):
            return found
        return [json.dumps(item, default=repr).encode() for item in loads(self.body)["edits"]]


def parse(body: bytes) -> Request:
    """Read a request; raises Problem("request.unreadable", reason)."""
    given = loads(body)
    if not isinstance(given, dict):
        raise Problem("request.unreadable", reason="json")
    envelope = given if is_usual(given) else _envelope(given)
    edits = given.get("edits", [])
    if not isinstance(edits, list) or identifier(envelope["outbox"]) is None:
        raise Problem("request.unreadable", reason="edits" if identifier(envelope["outbox"]) else "outbox")
    clock = given["clock"] if isinstance(given.get("clock"), dict) else {}
    prev, cursor = given.get("prev"), given.get("cursor")
    return Request(
        app=text(envelope["app"]),
        form=text(envelope["form"]),
        outbox=envelope["outbox"],
        continues=_continues(given.get("continues")),
        epoch=None if envelope["epoch"] is None else identifier(envelope["epoch"]) or "",
        prev=None if prev is None else identifier(prev) or "",
        clock=instant(clock.get("now")),
        is_trusted=clock.get("trust") == "high",
        edits=tuple(read_edit(item, text(envelope["form"])) for item in edits),
        cursor=cursor if isinstance(cursor, str) else None,
        again=tuple(envelope["again"] or ()),
        body=body,
    )


def is_usual(given: dict[str, Any]) -> bool:
    """Whether the keys around ``edits`` are what every app sends; all others are the schema's, ten times dearer."""
    texts = all(isinstance(one := given.get(key), str) and 0 < len(one) <= most for key, most in TEXTS.items())
    return texts and given.get("again") == [] and type(given.get("protocol")) is int and given["protocol"] == PROTOCOL


def _envelope(given: dict[str, Any]) -> dict[str, Any]:
    try:
        return ENVELOPE.load({key: given[key] for key in ENVELOPE.fields if key in given})  # type: ignore[no-any-return]
    except ValidationError as error:
        raise Problem("request.unreadable", reason=",".join(sorted(error.messages_dict))) from error


def _continues(given: Any) -> tuple[str, int] | None:
    if not isinstance(given, dict):
        return None
    outbox, through = identifier(given.get("outbox")), number(given.get("through"))
    return (outbox, through) if outbox and through is not None and through >= 0 else None


def loads(body: bytes) -> Any:
    """Read JSON as kindly as possible; raises Problem("request.unreadable")."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        words = body.decode("utf-8-sig", "replace")
        return json.loads(words, strict=False, parse_constant=_unstorable, parse_int=_int, parse_float=float)
    except (ValueError, RecursionError) as error:
        raise Problem("request.unreadable", reason="json") from error


def _unstorable(_word: str) -> Any:
    return UNSTORABLE


def _int(word: str) -> Any:
    return int(word) if len(word) <= LONG_NUMBER else UNSTORABLE


def slices(body: bytes) -> list[bytes]:
    """Cut the bytes of the elements of ``edits`` out of a request; [] where they are not found."""
    depth, start, found, inside = 0, 0, [], False
    for token in TOKEN.finditer(body):
        mark = token.group()
        if mark in b"[{":
            depth += 1
        elif mark in b"]}":
            depth -= 1
            if inside and depth == 1:
                found.append(body[start : token.start()])
                inside = False
        elif depth == 1 and mark == b'"edits"' and EDITS.match(body, token.end()):
            inside, found, start = True, [], body.index(b"[", token.end()) + 1
        elif mark == b"," and inside and depth == 2:  # noqa: PLR2004 (inside the object's array)
            found.append(body[start : token.start()])
            start = token.end()
    trimmed = [item.strip() for item in found]
    return [] if trimmed == [b""] else trimmed


def record_line(head: dict[str, Any], document: bytes) -> bytes:
    """Put one pulled record together: its head, and its fields as the ready JSON they are kept as."""
    return b'%b,"fields":%b}' % (orjson.dumps(head)[:-1], document)


def assemble(head: dict[str, Any], records: Iterable[bytes]) -> bytes:
    """Put an answer together: everything else, and the records passed through."""
    return b'{"records":[%b],%b' % (b",".join(records), orjson.dumps(head)[1:])
