"""Decides what an edit that may be applied changes: merges its patches, lets effects follow, tells who is concerned.

Effects: a moved door takes along all that hangs on it; a new visit sends the last one to history and may confirm its
door; a merged record hands over what hung on it; a settlement makes a value stand; a new door enters the register.
"""

from dataclasses import replace
from typing import Any

from sync.batch import Batch
from sync.checking import policy_of
from sync.doors import enter_door, indexes, move_register
from sync.edit import Patch
from sync.findings import REDIRECTED, Found, suspect
from sync.forms import shown_value, today
from sync.incoming import Incoming, Target
from sync.log import Met, next_place, write_conflict, write_edit, write_patch
from sync.merge import merge
from sync.outcome import Lost, Outcome
from sync.places import merged_children, move_door, renumber, state_of
from sync.rights import Place
from sync.rows import Row
from sync.stamps import SETTLED
from sync.unmerge import give_back, reopen_doors
from sync.verdict import APPLIED, MERGED, Verdict
from sync.visits import left, visited


def is_uncontended(batch: Batch, incoming: Incoming, targets: list[Target]) -> bool:
    """Whether the patches of somebody no longer responsible meet nobody else's values; changes nothing."""
    late = [(target, target.row) for target in targets if target.row and not target.right.is_now]
    return not any(_merged(batch, incoming, target, batch.next_version(row, row.desa)).clashes for target, row in late)


def apply(batch: Batch, incoming: Incoming, targets: list[Target], *, is_logged: bool = False) -> Verdict:
    """Merge the targets and return the verdict, applied or merged; ``is_logged``: the edit's own row exists already."""
    batch.numbered.clear()
    done: list[Met] = []
    waiting = list(targets)
    while waiting:
        target = waiting.pop(0)
        done.append(_apply_one(batch, incoming, target, waiting))
    reopen_doors(batch)
    settle(batch, incoming, done)
    asked = done[: len(targets)]
    verdict = MERGED if any(met.out and met.out.lost for met in asked) else APPLIED
    lost: list[dict[str, Any]] = []
    for met in done:
        lost += _remember(batch, incoming, met, verdict)
    versions = [*batch.numbered.values()] or [met.row.version for met in done if met.row]
    result = Verdict(incoming.edit.n, incoming.edit.id, verdict, max(versions, default=None), tuple(lost))
    if not is_logged:
        write_edit(batch, incoming, done[0].row.desa if done and done[0].row else incoming.author.desa, result)
    return result


def _merged(batch: Batch, incoming: Incoming, target: Target, version: int) -> Outcome:
    stored = target.row.stored(batch.tools.keyring) if target.row else None
    policy = policy_of(today(), target.patch.kind)
    return merge(stored, target.patch, incoming.writer(version, target.right), policy)


def _apply_one(batch: Batch, incoming: Incoming, target: Target, waiting: list[Target]) -> Met:
    """Merge one patch into its record, give it its number, and let the effects follow."""
    row, place = target.row, batch.place(target.row) if target.row else target.place
    out = _merged(batch, incoming, target, batch.next_version(row, place.desa))
    there = _place(batch, target.patch, out.fields, place)
    if row and there.desa != place.desa:
        crossing = max(batch.seq(there.desa), batch.seq(place.desa) + 1) + 1
        out = _merged(batch, incoming, target, crossing)
        there = _place(batch, target.patch, out.fields, place)
    is_new, was_household, was_state = row is None, row.household if row else None, row.state if row else ""
    row = row or _new_row(batch, incoming, target.patch, there)
    row.put(out.fields, out.history, out.asked)
    row.is_soft = row.is_soft or out.is_soft
    row.household = row.id if row.kind == "household" else out.fields.get("household")
    row.family = out.fields.get("family") if row.kind == "member" else None
    indexes(batch, row, target.patch, today())
    batch.doors.update(door for door in (was_household, row.household) if door)
    suspect(batch, row, (*target.patch.set, *target.patch.adjust), is_new=is_new)
    if was_household and was_household != row.household:
        batch.suspects.add(was_household)
    if target.is_redirected:
        about = Found(REDIRECTED, row.id, row.household or "", incoming.edit.id, {"record": target.patch.id})
        batch.found.append(about)
    is_carried = row.kind == "visit" and was_household is not None and was_household != row.household
    if is_carried and was_household:
        left(batch, was_household, row)
    if out.is_changed:
        is_moved = not is_new and there.id != row.dasawisma
        survivor = out.fields.get("merged_into")
        renumber(batch, row, there, state_of(row, out.fields), survivor)
        _follow(batch, incoming, row, is_new=is_new or is_carried, is_moved=is_moved)
        if row.state == "merged" != was_state and survivor:
            waiting += _hand_over(batch, incoming, row, survivor)
        elif was_state == "merged" != row.state:
            waiting += give_back(batch, row, incoming)
    is_renamed = is_new and target.patch.id != row.id
    return Met(replace(target.patch, id=row.id) if is_renamed else target.patch, row, out)


def _place(batch: Batch, patch: Patch, fields: dict[str, Any], place: Place) -> Place:
    """Return where the merged record is: where its door is, or (a door) where its dasawisma says."""
    if patch.kind == "household":
        return batch.codes.get(fields["dasawisma"]) or place
    door = batch.find(fields["household"])
    return batch.place(door) if door else place


def _new_row(batch: Batch, incoming: Incoming, patch: Patch, place: Place) -> Row:
    salt = batch.tools.keyring.new_salt()
    row = Row(patch.id, patch.kind, place.desa, place.id, None, None, 0, "active", salt, incoming.received_at)
    batch.rows[row.id] = row
    batch.created.append(row.id)
    return row


def _follow(batch: Batch, incoming: Incoming, row: Row, *, is_new: bool, is_moved: bool) -> None:
    """Let the effects of a changed record follow."""
    if row.kind == "household" and is_new:
        enter_door(batch, incoming, row)
    elif row.kind == "household" and is_moved:
        move_door(batch, row, batch.place(row))
        move_register(batch, incoming, row)
    elif row.kind == "visit":
        visited(batch, row, incoming, is_new=is_new)


def _hand_over(batch: Batch, incoming: Incoming, row: Row, survivor: str) -> list[Target]:
    """Let a merged record's id mean the survivor, and what hung on it hang there."""
    batch.aliases[row.id] = survivor
    batch.insert("alias", record=row.id, survivor=survivor, edit=incoming.edit.id, at=incoming.received_at)
    return merged_children(batch, row, survivor, incoming)


def settle(batch: Batch, incoming: Incoming, done: list[Met]) -> None:
    """Let this edit decide the conflicts it names: the value that stands now is its author's, and stays.

    The record takes a number for it, so that whoever has not seen the decision is a challenger.
    """
    losing = {(met.row.id, lost.field) for met in done if met.row and met.out for lost in met.out.lost if lost.clash}
    for name in incoming.edit.settles:
        conflict = batch.conflicts.get(name)
        row = batch.find(conflict.record) if conflict else None
        if conflict is None or row is None or conflict.state == "settled" or (row.id, conflict.field) in losing:
            continue
        right = incoming.author.rights.over(batch.place(row))
        if not right.is_now:
            continue
        stamp = incoming.writer(batch.next_version(row, row.desa), right).stamp
        row.history().touch(conflict.field, replace(stamp, flags=stamp.flags | SETTLED))
        renumber(batch, row, batch.place(row), row.state)
        edit = incoming.edit.id
        batch.update("conflict", name, state="settled", settled_by=edit, settled_at=incoming.received_at)
        people = (conflict.kept_by, conflict.lost_by)
        details = {"conflict": name}
        batch.tell(people, "settled", edit, record=row.id, field=conflict.field, details=details)


def _remember(batch: Batch, incoming: Incoming, met: Met, verdict: str) -> list[dict[str, Any]]:
    """Write the patch's line and its conflicts; return its part of ``lost``."""
    row, out = met.row, met.out
    assert row is not None
    assert out is not None
    place, names = next_place(batch, row.desa), {}
    for index, clash in enumerate(out.clashes):
        names[clash.field] = name = f"c-{place}" + (f"-{index}" if index else "")
        write_conflict(batch, incoming, met, clash, name)
        details = {"conflict": name, "state": "open" if clash.is_open else "auto"}
        people = (clash.kept_by.person, clash.lost_by.person)
        about = {"record": row.id, "field": clash.field, "code": clash.rule, "details": details}
        batch.tell(people, "conflict", incoming.edit.id, **about)
    write_patch(batch, incoming, met, verdict)
    return [_lost(incoming.edit.form, met.patch, lost, names) for lost in out.lost]


def _lost(form: str, patch: Patch, lost: Lost, names: dict[str, str]) -> dict[str, Any]:
    """Return one line of ``lost`` as the wire has it, in the words of the form its author saw."""
    field, _, name = lost.field.partition("/")
    field, kept = shown_value(patch.kind, field, lost.kept, form)
    body: dict[str, Any] = {"record": patch.id, "field": field, "kept": kept}
    if name:
        body["row"] = name
    if lost.code:
        body["code"] = lost.code
    if lost.clash:
        body["conflict"] = names[lost.field]
    return body
