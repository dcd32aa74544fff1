"""Decides which of two different values for one field stays, and whether a person is asked.

The policy of a field comes from the form definition; structural keys have one of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.structure import STRUCTURE
from sync.stamps import HIGH, KADER, OFFICE, PREFILL, SETTLED, Stamp

VERSION = "1"
"""Stored with each decision, so that it can be explained and replayed after a change of these rules."""

OBSERVED, BY_OFFICE, SET, STICKY, STANDS = "observed", "office", "set", "sticky", "structure"
CLOCKS_DIFFER_MS = 10 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Policy:
    """How the fields of one kind merge: ``merges`` by field, ``rows`` of type rows, ``lifetimed`` that expire."""

    kind: str
    merges: Mapping[str, str] = field(default_factory=dict)
    rows: frozenset[str] = frozenset()
    lifetimed: frozenset[str] = frozenset()

    def of(self, key: str) -> str:
        """The merge policy of a field; unknown fields are facts seen at the door."""
        if key in STRUCTURE[self.kind]:
            return STANDS
        return self.merges.get(key, OBSERVED)


@dataclass(frozen=True, slots=True)
class Decision:
    """``rule`` that decided; whether the challenger won; whether a person is asked."""

    rule: str
    is_challenger: bool
    is_open: bool


def decide(merge: str, current: Any, kept: Stamp, new: Stamp) -> Decision:
    """Choose between what stands (``current``, last changed by ``kept``) and a different value of ``new``.

    | rule | applies when | stays | asked |
    |---|---|---|---|
    | settled | a person decided what stands | what stands | yes |
    | structure | a structural key | what stands | yes |
    | sticky | the field is sticky | the value that is set | yes |
    | prefill | an import meets somebody's answer | what stands | office fields |
    | office | an office field, one of them is the office | the office | yes |
    | responsible | one of them is the responsible kader | hers | office fields |
    | visited_on | both visited, on different days | the later visit | office fields |
    | clock | both clocks trusted, over 10 minutes apart | the later | office fields |
    | stands | otherwise | what stands | yes |
    """
    if kept.has(SETTLED):
        return Decision("settled", is_challenger=False, is_open=True)
    if merge == STANDS:
        return Decision("structure", is_challenger=False, is_open=True)
    if merge == STICKY:
        return Decision("sticky", is_challenger=current is None, is_open=True)
    rule, is_challenger = _compare(merge, kept, new)
    return Decision(rule, is_challenger, is_open=merge == BY_OFFICE or rule == "stands")


def _compare(merge: str, kept: Stamp, new: Stamp) -> tuple[str, bool]:
    if new.has(PREFILL) and not kept.has(PREFILL):
        return "prefill", False
    if merge == BY_OFFICE and kept.has(OFFICE) != new.has(OFFICE):
        return "office", new.has(OFFICE)
    if kept.has(KADER) != new.has(KADER):
        return "responsible", new.has(KADER)
    if kept.visited_on and new.visited_on and kept.visited_on != new.visited_on:
        return "visited_on", new.visited_on > kept.visited_on
    if kept.has(HIGH) and new.has(HIGH) and kept.at is not None and new.at is not None:  # noqa: SIM102 (reads as the table)
        if abs(new.at - kept.at) > CLOCKS_DIFFER_MS:
            return "clock", new.at > kept.at
    return "stands", False
