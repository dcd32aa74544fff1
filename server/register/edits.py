"""Decides how a plan becomes edits: one a door, cut where a door is too large for one; none for untouched doors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.exchange.plan import DoorDraft, Draft

MOST_PATCHES = 60


@dataclass(frozen=True)
class DoorEdit:
    """One edit of an import, as it stands on the wire, and the drafts it carries."""

    edit: dict[str, Any]
    drafts: list[Draft]

    @property
    def id(self) -> str:
        """The edit's id."""
        return str(self.edit["id"])


def door_edits(
    doors: Iterable[DoorDraft], *, first: int, form: str, now: datetime, new_id: Callable[[], str]
) -> Iterator[DoorEdit]:
    """Edits of these doors, numbered from `first`."""
    n = first
    for door in doors:
        wanted = [draft for draft in door.drafts if draft.changes]
        for start in range(0, len(wanted), MOST_PATCHES):
            part = wanted[start : start + MOST_PATCHES]
            yield DoorEdit(wire_edit(n, new_id(), [patch_of(draft) for draft in part], form=form, now=now), part)
            n += 1


def patch_of(draft: Draft) -> dict[str, Any]:
    """The patch of one draft."""
    return {"kind": draft.kind, "id": draft.id, "base": draft.base, "set": draft.changes}


def wire_edit(n: int, identity: str, patches: list[dict[str, Any]], *, form: str, now: datetime) -> dict[str, Any]:
    """An edit in the shape of the sync contract; an import visits nobody."""
    at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"n": n, "id": identity, "at": at, "visited_on": None, "form": form, "settles": [], "patches": patches}
