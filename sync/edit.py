"""The words of the sync contract as frozen data: an edit, its patches, and what came damaged.

An edit is one save.  A patch is its part for one record: ``set`` holds what the author changed (None clears),
``adjust`` what was added to and taken from a set.  ``lost`` names fields whose value is impossible, with a code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Value = Any
"""A JSON value: None, bool, int, float, str, list or dict."""


@dataclass(frozen=True, slots=True)
class Adjust:
    """Items (values, or rows with key ``row``) added to a set, and items (values, or row ids) taken away."""

    add: tuple[Value, ...] = ()
    remove: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """The part of an edit that touches one record; ``base`` is the version its author saw, 0 for none."""

    kind: str
    id: str
    base: int
    set: Mapping[str, Value]
    adjust: Mapping[str, Adjust] = field(default_factory=dict)
    lost: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """One save.  ``at`` is the phone's clock, ``visited_on`` an ISO day, ``settles`` ids of conflicts it decides."""

    n: int
    id: str
    at: datetime | None
    visited_on: str | None
    form: str
    patches: tuple[Patch, ...]
    settles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """An edit that cannot be read as one.  ``n`` and ``id`` where they could be; ``code`` unreadable or sealed."""

    n: int | None
    id: str | None
    code: str
