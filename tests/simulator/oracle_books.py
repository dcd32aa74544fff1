"""What must hold between the server's books and what people were told: rights, inboxes, places, waiting edits, counts."""

from typing import Any

import orjson

from tests.simulator.answering import effective
from tests.simulator.history import History
from tests.simulator.oracle_log import is_own_earlier
from tests.simulator.oracle_merge import applied, rights
from tests.simulator.state import Line, Record, State, moment

NINETY_DAYS = 90 * 86400


def not_applied(history: History, state: State) -> None:
    """Statement 2: what waits, needs a person or was set aside has changed nothing."""
    aside = {name for name, fate in state.held.items() if fate == "held"}
    aside |= {name for name, fate in state.proposals.items() if fate == "open"}
    aside |= {name for name, (_, fate, _) in state.quarantine.items() if fate == "open"}
    for lines in state.lines.values():
        for line in applied(lines):
            if line.edit in aside:
                history.note(f"statement 2: edit {line.edit} is not to be applied, but changed {line.record}")


def in_their_rights(history: History, state: State) -> None:
    """Section 3: what was applied was its author's to write, then or (by a trusted clock, within 90 days) before."""
    for record in state.records.values():
        if record.id in state.moved:
            continue
        for line in applied(state.lines[record.id]):
            edit = state.edits[line.edit]
            if not edit.is_prefill and not any(rights(state, edit, record)) and not _was_in_time(state, edit, record):
                history.note(f"statement 2: edit {line.edit} was applied to {record.id}, its author had no right there")


def _was_in_time(state: State, edit: Any, record: Record) -> bool:
    path = state.paths[record.dasawisma]
    ends = [moment(one.ends_at) for one in state.grants if one.person == edit.author and path.startswith(one.path)]
    came, made = moment(edit.received_at), moment(edit.corrected_at)
    over = max((end for end in ends if end and came and end <= came), default=None)
    if over is None or came is None or made is None or not edit.is_trusted:
        return False
    return made < over and (came - over).total_seconds() <= NINETY_DAYS


def told(history: History, state: State) -> None:
    """Section 4, rule 6: both authors are told of a conflict; every line of an inbox is on the phones of its person."""
    for name, one in state.conflicts.items():
        for person in {one.kept_by, one.lost_by} - {None}:
            if (person, name) not in state.told:
                history.note(f"statement 3: person {person} is not told of conflict {name}")
    people = history.server.stage.world.person
    for phone in history.phones.values():
        lines = {f"{row.person}-{row.seq}": row for row in state.inbox if row.person == people[phone.person]}
        if missing := sorted(lines.keys() - phone.disk.inbox.keys()):
            history.note(f"statement 1: phone {phone.index} ({phone.person}) lacks inbox lines {missing}")
        for name in lines.keys() & phone.disk.inbox.keys():
            mine, one = phone.disk.inbox[name], lines[name]
            if (mine["type"], mine["edit"]) != (one.type, one.edit):
                history.note(f"statement 1: phone {phone.index} has another inbox line {name}: {mine}")


def believed(history: History, state: State) -> None:
    """Section 3: a phone knows of each of its edits what became of it, and shows what was not applied."""
    for phone in history.phones.values():
        for row in phone.disk.outbox.values():
            edit = state.edits.get(row.id)
            if row.verdict is None or edit is None or row.waiting:
                continue
            first = effective(row.verdict)
            if first["verdict"] != edit.verdict:
                history.note(
                    f"statement 2: phone {phone.index} takes {row.id} for {first['verdict']}, it was {edit.verdict}"
                )
            if edit.verdict not in {"applied", "merged"} and not row.noted:
                history.note(f"statement 2: phone {phone.index} does not show that {row.id} was {edit.verdict}")


def in_place(history: History, state: State) -> None:
    """Section 1: what hangs on a door is where the door is; one visit is current; nothing hangs on a merged record."""
    merged = {one.id for one in state.records.values() if one.state == "merged"}
    visits: dict[str, list[str]] = {}
    for one in state.records.values():
        if not one.is_live:
            continue
        door = state.records.get(one.fields.get("household") or "")
        if one.kind != "household" and door and (door.dasawisma, door.desa) != (one.dasawisma, one.desa):
            history.note(f"statement 1: {one.kind} {one.id} is in {one.dasawisma}, its door in {door.dasawisma}")
        if one.kind == "visit" and door and one.state == "active":
            visits.setdefault(door.id, []).append(one.id)
        for key in ("household", "family", "member"):
            if one.fields.get(key) in merged:
                history.note(f"statement 3: {one.kind} {one.id} hangs on the merged {key} {one.fields[key]}")
    for door_id, found in visits.items():
        if len(found) > 1:
            history.note(f"statement 1: door {door_id} has {len(found)} current visits")
    for name in merged:
        _untouched(history, name, applied(state.lines[name]))


def _untouched(history: History, record: str, lines: list[Line]) -> None:
    # It may hang on a door that is merged away later: then its reference follows.
    lines = [line for line in lines if set(line.payload["set"]) - {"household", "family", "member"}]
    ends = [place for place, line in enumerate(lines) if line.payload["set"].get("state") == "merged"]
    if ends and len(lines) > ends[-1] + 1:
        history.note(f"statement 3: {record} was merged away and then changed by edit {lines[-1].edit}")


def bases_lowered(history: History, state: State) -> None:
    """Section 6: an edit made before a restore and sent after it knows nothing of the history that was lost."""
    for lines in state.lines.values():
        for line in lines:
            edit = state.edits.get(line.edit)
            if edit is None or line.edit not in history.saved or line.record in state.moved:
                continue
            # What hung on a record that was merged away is carried over by the server, on what stands now.
            if line.record not in history.saved[line.edit].row.touches:
                continue
            made, came = int(line.edit.replace("-", "")[:12], 16) / 1000, moment(edit.received_at)
            for point in state.points:
                at = moment(point.at)
                assert at is not None
                assert came is not None
                if point.desa == line.desa and made < at.timestamp() and came > at and line.base > point.seq:
                    history.note(
                        f"statement 7: edit {line.edit} came after a restore to {point.seq} with base {line.base}"
                    )


def released(history: History, state: State) -> None:
    """Section 3: an edit is held only while something it names is not there."""
    for name, fate in state.held.items():
        if fate != "held" or name not in history.saved or not history.saved[name].is_good:
            continue
        given = orjson.loads(state.raws[name])
        patches = given.get("patches") or []
        made = {patch["id"] for patch in patches if isinstance(patch.get("base"), int) and patch["base"] == 0}
        there = state.records.keys() | made
        named = {patch.get("id") for patch in patches}
        for patch in patches:
            sets = patch.get("set") or {}
            named |= {sets[key] for key in ("household", "family", "member", "merged_into") if sets.get(key)}
        lacks = [patch for patch in patches if patch["id"] not in state.records and not _is_whole(patch)]
        if named <= there and not lacks:
            history.note(f"statement 2: edit {name} is held though everything it names is there")


def _is_whole(patch: dict[str, Any]) -> bool:
    needed = {"household": ("dasawisma",), "family": ("household",), "member": ("household",)}
    needed |= {"event": ("household", "type", "on"), "visit": ("household", "on", "outcome")}
    return all((patch.get("set") or {}).get(key) is not None for key in needed.get(patch.get("kind", ""), ("?",)))


def own_line(history: History, state: State) -> None:
    """Statement 7: what a phone knew to be settled when it saved an edit is never that edit's adversary."""
    for name, one in state.conflicts.items():
        newer = history.saved.get(one.edit)
        if newer is None or not isinstance(state.values[name]["kept"], str):
            continue
        for line in state.lines[one.record]:
            older = history.saved.get(line.edit)
            is_other = (
                older and older.row.id in newer.known and line.payload["set"].get(one.field) in _values(state, name)
            )
            if is_other and line.edit != one.edit and not _is_shared(state, line, one):
                history.note(f"statement 7: conflict {name} sets {one.edit} against {line.edit} of the same phone")


def _values(state: State, name: str) -> tuple[Any, Any]:
    return state.values[name]["kept"], state.values[name]["lost"]


def _is_shared(state: State, line: Line, conflict: Any) -> bool:
    """Whether others gave that same answer: then it is not known who was met."""
    value = line.payload["set"].get(conflict.field)
    authors = {one.edit for one in state.lines[conflict.record] if one.payload["set"].get(conflict.field) == value}
    newer, older = state.edits.get(conflict.edit), state.edits.get(line.edit)
    return len(authors) > 1 or newer is None or older is None or is_own_earlier(state, newer, older)
