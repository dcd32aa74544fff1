"""Decides what undoing a merge gives back: all that the merge moved to the survivor and nobody moved since.

Who last touched a reference tells: where that is the merging edit itself, the child goes back, with its own version.
Each of the two doors then has the visit made last there as its current one.
"""

from dataclasses import replace

from sqlalchemy import select

from models.history import Alias, Edit
from models.structure import SUPERSEDED
from sync.batch import Batch
from sync.incoming import Incoming, Target
from sync.places import renumber
from sync.rights import Right
from sync.rows import Row


def give_back(batch: Batch, row: Row, incoming: Incoming) -> list[Target]:
    """Let a revived record's id mean itself again; return patches that let hang on it what hung there before."""
    survivor, made_by = batch.find(row.id), _merging_edit(batch, row)
    batch.aliases.pop(row.id, None)
    pending = [item for item in batch.inserts.pop("alias", []) if item["record"] != row.id]
    if pending:
        batch.inserts["alias"] = pending
    batch.insert("-alias", record=row.id)
    if survivor is None or made_by is None:
        return []
    doors = [door for door in dict.fromkeys((row.household or row.id, survivor.household or survivor.id)) if door]
    batch.load_doors(doors)
    batch.reopened.update(doors)
    children = [child for door in doors for child in batch.hanging(door)]
    found = []
    for child in sorted(children, key=lambda one: (one.version, one.id)):
        if child.fields(batch.tools.keyring).get(row.kind) != survivor.id:
            continue
        stamp = child.history().fields.get(row.kind)
        if stamp and (stamp.outbox, stamp.n) == made_by:
            patch = replace(incoming.edit.patches[0], kind=child.kind, id=child.id, base=child.version, lost=())
            patch = replace(patch, set={row.kind: row.id}, adjust={})
            found.append(Target(patch, child, batch.place(child), Right(is_office=True)))
    return found


def _merging_edit(batch: Batch, row: Row) -> tuple[str, int] | None:
    """Return outbox and n of the edit that merged this record away, in this transaction or before."""
    name = next((one["edit"] for one in reversed(batch.inserts.get("alias", [])) if one["record"] == row.id), None)
    name = name or batch.session.scalar(select(Alias.edit).where(Alias.record == row.id))
    fresh = next((one for one in batch.inserts.get("edit", []) if one["id"] == name), None)
    if fresh:
        return fresh["outbox"], fresh["n"]
    found = batch.session.get(Edit, name) if name else None
    return (found.outbox, found.n) if found else None


def reopen_doors(batch: Batch) -> None:
    """Leave each door of an undone merge one current visit: the one made last there."""
    for door in sorted(batch.reopened):
        visits = [
            one for one in batch.hanging(door) if one.kind == "visit" and (one.is_live or one.state == SUPERSEDED)
        ]
        visits.sort(key=lambda one: one.history().created.version)
        for visit in visits[:-1]:
            if visit.is_live:
                renumber(batch, visit, batch.place(visit), SUPERSEDED)
        if visits and not visits[-1].is_live:
            renumber(batch, visits[-1], batch.place(visits[-1]), "active")
        batch.visits[door] = visits[-1].id if visits else None
        batch.doors.add(door)
    batch.reopened.clear()
