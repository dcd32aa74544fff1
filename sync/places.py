"""Decides what a change of place or state costs: a number of its own for every record, and a departure behind it.

A record that crosses into another desa first takes a number in the one it leaves (for its departure); the receiving
desa's sequence is raised to that before it gives the record its version, so versions only ever grow.
"""

from dataclasses import replace

from models.structure import LIVE, SUPERSEDED
from sync.batch import Batch
from sync.incoming import Incoming, Target
from sync.rights import Place, Right
from sync.rows import Row

WHY = {"deleted": "deleted", "merged": "merged", SUPERSEDED: SUPERSEDED}


def renumber(batch: Batch, row: Row, place: Place, state: str, survivor: str | None = None) -> int:
    """Give a record its new version at a place and in a state, with a departure where it left; return the version."""
    was_live, was_at, was_desa = row.is_live and row.version > 0, row.dasawisma, row.desa
    left = row.version
    if row.version and place.desa != row.desa:
        left = batch.take(row.desa)
        batch.raise_to(place.desa, left)
        batch.numbered.pop(row.id, None)
    if row.id not in batch.numbered:
        batch.numbered[row.id] = batch.take(place.desa)
    row.version, row.desa, row.dasawisma, row.state = batch.numbered[row.id], place.desa, place.id, state
    row.is_changed = True
    if was_live and (place.id != was_at or not row.is_live):
        number = left if place.desa != was_desa else row.version
        why = WHY.get(state, "moved")
        to = {"moved": place.code, "merged": survivor}.get(why)
        batch.insert(
            "departure",
            dasawisma=was_at,
            version=number,
            desa=was_desa,
            record=row.id,
            why=why,
            to=to,
            at=batch.tools.now,
        )
    return row.version


def move_door(batch: Batch, household: Row, place: Place) -> None:
    """Move everything that hangs on a door to where the door now is, each with its own version."""
    batch.load_doors([household.id])
    for row in sorted(batch.hanging(household.id), key=lambda one: (one.version, one.id)):
        renumber(batch, row, place, row.state)


def merged_children(batch: Batch, row: Row, survivor: str, incoming: Incoming) -> list[Target]:
    """Return patches that let what hung on a merged record hang on the survivor."""
    door = row.household or row.id
    batch.load_doors([door])
    found = []
    for child in sorted(batch.hanging(door), key=lambda one: (one.version, one.id)):
        fields = child.fields(batch.tools.keyring)
        if child.id != row.id and fields.get(row.kind) == row.id:
            patch = replace(incoming.edit.patches[0], kind=child.kind, id=child.id, base=child.version, lost=())
            patch = replace(patch, set={row.kind: survivor}, adjust={})
            found.append(Target(patch, child, batch.place(child), Right(is_office=True)))
    return found


def state_of(row: Row, fields: dict[str, object]) -> str:
    """Return a record's state; a visit in history stays there unless it is deleted."""
    state = str(fields.get("state") or "active")
    return SUPERSEDED if row.state == SUPERSEDED and state in LIVE else state
