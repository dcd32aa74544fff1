"""The words of a merge: what goes in (a stored record, a writer), and what comes out (an outcome, its clashes).

``Lost.code``: ``superseded`` (own newer work stands), ``joined`` (a set took both sides' changes), or why the value is
impossible; None where another value won, which is then in ``clash``.
"""

from dataclasses import dataclass, field
from typing import Any

from sync.stamps import History, Lineage, Stamp


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it stands.  ``asked``: the day (ISO) each question that expires was last asked."""

    id: str
    version: int
    fields: dict[str, Any]
    history: History
    asked: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Writer:
    """The change being merged: its stamp (with the version it will take) and the day its answers count from."""

    stamp: Stamp
    lineage: Lineage
    day: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Two different values for one field; ``kept`` stays, ``lost`` is remembered with its author."""

    field: str
    rule: str
    is_open: bool
    kept: Any
    lost: Any
    kept_by: Stamp
    lost_by: Stamp


@dataclass(frozen=True, slots=True)
class Lost:
    """A field of the patch that did not go in as asked, and what stands there now."""

    field: str
    kept: Any
    code: str | None = None
    clash: Clash | None = None


@dataclass(slots=True)
class Outcome:
    """What became of the record, and of each field of the patch; ``before`` are the values the patch met."""

    fields: dict[str, Any]
    history: History
    asked: dict[str, str]
    is_changed: bool = False
    is_soft: bool = False
    lost: list[Lost] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
