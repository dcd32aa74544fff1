"""What must hold of the server's own books: one fate for each edit, every value kept, the log makes the record."""

import base64
import hashlib
import json
from collections import Counter
from typing import Any

from models.structure import REFERENCES
from tests.simulator.history import History, Saved
from tests.simulator.questions import choices, fields, texts
from tests.simulator.state import Line, Record, State

KEEP_MS = 180 * 86_400_000


def one_fate(history: History, state: State) -> None:
    """Statement 2: every edit is exactly one of the six, where it says it is, with its bytes."""
    for name, row in state.edits.items():
        there = {
            "held": name in state.held,
            "proposed": name in state.proposals,
            "set aside": name in state.quarantine,
        }
        wanted = {"held": "held", "proposed": "proposed", "refused": "set aside", "quarantined": "set aside"}.get(
            row.verdict
        )
        if wanted is None and any(there.values()):
            history.note(f"statement 2: {row.verdict} edit {name} is also {there}")
        if wanted and not there[wanted]:
            history.note(f"statement 2: edit {name} is {row.verdict} and nowhere to be found")
        if wanted and name not in state.raws:
            history.note(f"statement 2: the bytes of {row.verdict} edit {name} are not stored")
    numbers = {(row.outbox, row.n) for row in state.edits.values()} | {(row.outbox, row.n) for row in state.repeats}
    for outbox in state.outboxes.values():
        missing = [n for n in range(1, outbox.applied_through + 1) if (outbox.id, n) not in numbers]
        if missing:
            history.note(f"statement 2: outbox {outbox.id} counts {outbox.applied_through} but lacks {missing}")


def nothing_lost(history: History, state: State) -> None:
    """Statement 2 and 11: what the server answered for, and what a phone's storage had to hold, is on the server."""
    for name in sorted(history.server.answered - state.edits.keys() - {row.edit for row in state.repeats}):
        history.note(f"statement 2: edit {name} was answered and is gone")
    for index, held in sorted(history.held.items()):
        for name, settled_at in held.items():
            is_old = settled_at is not None and settled_at < history.server.clock.ms - KEEP_MS
            if name not in state.edits and not is_old:
                history.note(f"statement 2: edit {name} that phone {index} had to hold is not on the server")


def values_kept(history: History, state: State) -> None:
    """Statement 3: every value that was saved and has arrived is in the log or in the stored bytes."""
    lines: dict[str, list[Line]] = {}
    for found in state.lines.values():
        for line in found:
            lines.setdefault(line.edit, []).append(line)
    for name, saved in history.saved.items():
        if name not in state.edits:
            continue
        if name in state.raws:
            _bytes_kept(history, saved, state.raws[name])
        elif saved.is_good and state.edits[name].verdict == "applied":
            for patch in saved.row.body["patches"]:
                _patch_kept(history, state, name, patch, lines.get(name, []))


def _bytes_kept(history: History, saved: Saved, raw: bytes) -> None:
    stored = json.loads(raw)
    if "raw" in stored:
        stored = json.loads(base64.b64decode(stored["raw"]))
    bare = [{key: value for key, value in patch.items() if key != "base"} for patch in stored["patches"]]
    if bare != json.loads(json.dumps(saved.row.body["patches"])):
        history.note(f"statement 3: the stored bytes of edit {saved.row.id} say {stored['patches']}")


def _patch_kept(history: History, state: State, name: str, patch: dict[str, Any], lines: list[Line]) -> None:
    mine = [line for line in lines if patch["id"] in (line.record, line.payload.get("for"))]
    for key, value in (patch.get("set") or {}).items():
        # A reference to a record that was merged away is written as one to its survivor.
        is_merged = key in REFERENCES and value in state.records and state.records[value].state == "merged"
        if isinstance(value, str) and not is_merged and not any(line.payload["set"].get(key) == value for line in mine):
            history.note(f"statement 3: {key}={value!r} of applied edit {name} is in no line of the log")
    for key in patch.get("adjust") or {}:
        if not any(key in line.payload.get("adjust", {}) for line in mine):
            history.note(f"statement 3: the change of {key} of applied edit {name} is in no line of the log")


def log_makes_record(history: History, state: State) -> None:
    """Statement 3: folding a record's log gives the answers it has now, with nothing else in them."""
    for record in state.records.values():
        lines = sorted((line for line in state.lines[record.id] if line.seq is not None), key=_in_order)
        if not lines:
            history.note(f"statement 3: {record.kind} {record.id} has no log")
            continue
        for key in texts(record.kind):
            _fold_text(history, state, record, lines, key)
        for key in fields(record.kind, "choices", "set", 2):
            _fold_set(history, state, record, lines, key)


def _in_order(line: Line) -> tuple[int, int]:
    return (line.seq or 0, line.position)


def lost_code(state: State, line: Line, key: str) -> str | None:
    """Why a field of a line did not go in as asked: a code, ``lost`` to another value, None where it went in."""
    names = {line.record, line.payload.get("for", line.record)}
    for lost in state.lost.get(line.edit, []):
        if lost["field"] == key and lost["record"] in names:
            return str(lost.get("code") or "lost")
    return "kept" if key in line.payload.get("kept", {}) else None


def _fold_text(history: History, state: State, record: Record, lines: list[Line], key: str) -> None:
    value, by = None, ""
    for line in lines:
        if key in line.payload["set"] and key not in line.payload.get("kept", {}):
            value, by = line.payload["set"][key], line.edit
    # The same but for case and spaces leaves what stands; which of the two it is, ``oracle_merge`` says.
    if plain(record.fields.get(key)) != plain(value):
        said = record.fields.get(key)
        history.note(f"statement 3: {key} of {record.kind} {record.id} is {said!r}, by the log {value!r} of edit {by}")


def _fold_set(history: History, state: State, record: Record, lines: list[Line], key: str) -> None:
    items: list[str] = []
    for line in lines:
        after, code = _changed(items, line.payload, key), lost_code(state, line, key)
        # What was lost is told with the first verdict only; an edit that waited is judged by what it left.
        is_joined = code == "joined" or (code == "kept" and sorted(line.payload["kept"][key] or []) == after)
        items = after if code is None or is_joined else items
    known = [one for one in items if one in choices(record.kind, key)]
    if sorted(record.fields.get(key) or []) != known:
        history.note(f"statement 3: {key} of {record.id} is {record.fields.get(key)}, by the log {items}")


def _changed(items: list[str], payload: dict[str, Any], key: str) -> list[str]:
    """A set after a line's ``set`` (which adds) and ``adjust``."""
    after = set(items)
    if isinstance(payload["set"].get(key), list):
        after |= set(payload["set"][key])
    change = payload.get("adjust", {}).get(key)
    if change:
        after = (after - set(change["remove"])) | set(change["add"])
    return sorted(after)


def plain(value: Any) -> Any:
    """A text without case and spaces around."""
    return " ".join(value.casefold().split()) if isinstance(value, str) else value


def feed_is_whole(history: History, state: State) -> None:
    """Statement 4: versions are unique in a desa and never ahead of it, digests and hash chains hold."""
    for (desa, version), count in Counter((one.desa, one.version) for one in state.records.values()).items():
        if count > 1:
            history.note(f"statement 4: version {version} of desa {desa} was given {count} times")
    for one in state.records.values():
        if one.version > state.desa[one.desa].seq:
            history.note(f"statement 4: {one.id} has version {one.version} above its desa's sequence")
    for code in {one.dasawisma for one in state.records.values()} | state.digests.keys():
        live = [one for one in state.records.values() if one.dasawisma == code and one.is_live]
        total = sum(_line_hash(one) for one in live) & 0xFFFFFFFFFFFFFFFF
        kept, count = state.digests.get(code, (0, 0))
        if (kept & 0xFFFFFFFFFFFFFFFF, count) != (total, len(live)):
            history.note(f"statement 4: the digest kept of {code} is not that of its records")
    _chains(history, state)


def _line_hash(one: Record) -> int:
    return int.from_bytes(hashlib.sha256(f"{one.id}:{one.version}".encode()).digest()[:8], "big")


def _chains(history: History, state: State) -> None:
    lines = sorted((line for found in state.lines.values() for line in found), key=lambda one: (one.desa, one.position))
    heads: dict[int, bytes] = {}
    for line in lines:
        link = hashlib.sha256(heads.get(line.desa, bytes(32)))
        link.update(f"|{line.edit}|{line.record}|{line.seq}|{line.verdict}|".encode())
        link.update(line.sealed)
        heads[line.desa] = link.digest()
        if line.chain != heads[line.desa]:
            history.note(f"statement 4: the chain of desa {line.desa} breaks at {line.position}")
            return


def own_work(history: History, state: State) -> None:
    """Statement 7: no outbox conflicts with itself, and none overwrites its own newer work."""
    for name, conflict in state.conflicts.items():
        row, values = state.edits.get(conflict.edit), state.values[name]
        for value in (values["kept"], values["lost"]):
            other = _author_of(state, conflict.record, conflict.field, value)
            if row is None or other is None or other.id == row.id:
                continue
            if is_own_earlier(state, other, row) or is_own_earlier(state, row, other):
                history.note(f"statement 7: {name} in {conflict.field} sets {row.id} against its own {other.id}")
    for record in state.records.values():
        lines = sorted((line for line in state.lines[record.id] if line.seq is not None), key=_in_order)
        for key in texts(record.kind):
            _newer_work(history, state, record, lines, key)


def _author_of(state: State, record: str, field: str, value: Any) -> Any:
    """The edit that gave a value; None where several may have."""
    if not isinstance(value, str):
        return None
    found = {line.edit for line in state.lines[record] if line.payload["set"].get(field) == value}
    return state.edits.get(found.pop()) if len(found) == 1 else None


def is_own_earlier(state: State, older: Any, newer: Any) -> bool:
    """Whether ``older`` is work of the same line as ``newer``, done before it."""
    if older.outbox == newer.outbox:
        return bool(older.n < newer.n)
    seen, outbox = set(), state.outboxes.get(newer.outbox)
    while outbox and outbox.continues and outbox.id not in seen:
        seen.add(outbox.id)
        if outbox.continues == older.outbox:
            return bool(older.n <= outbox.continues_through)
        outbox = state.outboxes.get(outbox.continues)
    return False


def _newer_work(history: History, state: State, record: Record, lines: list[Line], key: str) -> None:
    before: Any = None
    for line in lines:
        if key not in line.payload["set"] or key in line.payload.get("kept", {}):
            continue
        edit = state.edits.get(line.edit)
        changes = before is None or line.payload["set"][key] != before[1]
        if before and edit and changes and is_own_earlier(state, edit, before[0]):
            history.note(f"statement 7: {edit.id} overwrote the newer {before[0].id} in {key} of {record.id}")
        before = (edit, line.payload["set"][key]) if edit else before


def good_edits(history: History, state: State) -> None:
    """Statement 8: an edit nothing is wrong with is neither refused nor quarantined, whatever stood beside it."""
    for name, saved in history.saved.items():
        row = state.edits.get(name)
        if row is None or not saved.is_good or row.verdict not in {"refused", "quarantined"}:
            continue
        was_sent_raw = name in state.raws and b'"raw"' in state.raws[name]
        _, fate, code = state.quarantine.get(name, ("", "", ""))
        if name in history.poisoned and code == "fault":
            if fate == "open":
                history.note(f"statement 8: edit {name} still waits for a fault that is mended")
            continue
        if not was_sent_raw and not (history.server.restores and row.verdict == "refused"):
            history.note(f"statement 8: the good edit {name} of step {saved.step} was {row.verdict}: {code}")
