"""What became of an edit, as the wire says it.

    {"n": 118, "id": "0193…", "verdict": "merged", "seq": 4721,
     "lost": [{"record": "0190…", "field": "sumber_air", "kept": "sumur", "conflict": "c-91"}]}

``applied`` and ``merged`` carry ``seq``, ``refused`` a ``code`` (and ``field``), ``quarantined`` a ``ticket``, ``gap``
the number it ``need``s, ``repeated`` what it ``was`` with its present ``fate``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

UNREADABLE = "unreadable"
APPLIED, MERGED, PROPOSED, HELD, QUARANTINED, REFUSED = (
    "applied",
    "merged",
    "proposed",
    "held",
    "quarantined",
    "refused",
)
REPEATED, GAP, FORK = "repeated", "gap", "fork"
STRICTNESS = (APPLIED, MERGED, PROPOSED, HELD, QUARANTINED, REFUSED)
ACCEPTED = (APPLIED, MERGED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One edit's verdict; fields that do not belong to it are None or empty."""

    n: int | None
    id: str | None
    verdict: str
    seq: int | None = None
    lost: tuple[dict[str, Any], ...] = ()
    code: str | None = None
    field: str | None = None
    ticket: str | None = None
    need: int | None = None
    was: dict[str, Any] | None = None

    def wire(self) -> dict[str, Any]:
        """Return the JSON object of the contract."""
        body: dict[str, Any] = {"n": self.n, "id": self.id, "verdict": self.verdict}
        if self.verdict in ACCEPTED:
            body["seq"] = self.seq
        if self.lost:
            body["lost"] = list(self.lost)
        for key in ("code", "field", "ticket", "need", "was"):
            value = getattr(self, key)
            if value is not None:
                body[key] = value
        return body


def strictest(fates: Iterable[str]) -> str:
    """Return the one fate that all patches of an edit share: the strictest; ``applied`` for none."""
    return max(fates, key=STRICTNESS.index, default=APPLIED)
