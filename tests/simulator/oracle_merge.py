"""What must hold of every merge: section 4 of the contract, written once more and kept beside each line of the log.

Walks a record's log in the order of arrival and says of every answer in it whether it had to go in, to give way to its
author's newer work, or to clash, and who had to win.  Texts, structural keys and the state; sets are folded elsewhere.
"""

from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from models.form.definition import load
from tests.simulator.history import History
from tests.simulator.oracle_log import is_own_earlier
from tests.simulator.questions import texts
from tests.simulator.state import Line, Record, State, moment

STRUCTURE = {
    "household": ("dasawisma",),
    "family": ("household",),
    "member": ("household", "family"),
    "event": ("household",),
    "visit": ("household",),
}
STATE = ("state", "state_reason", "merged_into")
TEN_MINUTES = 600


@dataclass(frozen=True)
class Last:
    """Who last changed a field, at which version; settled: a person decided it."""

    edit: Any
    version: int
    is_settled: bool = False


@dataclass
class Walk:
    """One record on its way through its log."""

    history: History
    state: State
    record: Record
    values: dict[str, Any] = field(default_factory=dict)
    touched: dict[str, Last] = field(default_factory=dict)
    echoes: dict[str, list[Any]] = field(default_factory=dict)
    created: Last | None = None
    unknown: set[str] = field(default_factory=set)
    expected: set[tuple[str, str]] = field(default_factory=set)

    def wrong(self, line: Line, key: str, what: str) -> None:
        """Write down what was merged otherwise than agreed."""
        edit = self.state.edits[line.edit]
        self.history.note(
            f"statement 3: {key} of {self.record.kind} {self.record.id}: edit {line.edit} (n {edit.n}, base {line.base}) {what}"
        )

    def line(self, line: Line) -> None:
        """One patch."""
        given, is_new = line.payload["set"], self.created is None
        if is_new:
            self.created = Last(self.state.edits[line.edit], line.seq or 0)
        for key in (*texts(self.record.kind), *STRUCTURE[self.record.kind]):
            if key in given and key not in self.unknown:
                self.one(line, key, given[key], is_new=is_new)
        changed = {key: given[key] for key in STATE if key in given}
        if changed:
            self.states(line, changed, is_new=is_new)
        self.settle(line)

    def last(self, key: str, *, is_new: bool) -> Last | None:
        """Who last changed a field; its creator, where nobody did since."""
        if is_new:
            return None
        return self.touched.get(key) or (self.created if key in self.values or key == "state" else None)

    def is_superseded(self, line: Line, key: str, last: Last | None) -> bool:
        """Whether the author's own later work stands there."""
        mine = self.state.edits[line.edit]
        later = [*self.echoes.get(key, []), *([last.edit] if last else [])]
        return any(is_own_earlier(self.state, mine, one) for one in later)

    def is_contended(self, line: Line, last: Last | None) -> bool:
        """Whether somebody else changed it after the base."""
        mine = self.state.edits[line.edit]
        if last is None or last.edit.id == mine.id or is_own_earlier(self.state, last.edit, mine):
            return False
        if is_repeated(self.state, last.edit, mine):
            return False
        return last.version > line.base or (mine.is_prefill and not last.edit.is_prefill)

    def one(self, line: Line, key: str, value: Any, *, is_new: bool) -> None:
        """One answer."""
        last, current = self.last(key, is_new=is_new), self.values.get(key)
        has_lost = key in line.payload.get("kept", {})
        if self.is_superseded(line, key, last):
            if not has_lost:
                self.wrong(line, key, f"went in over its author's newer work of edit {last and last.edit.id}")
        elif not self.is_contended(line, last):
            if has_lost:
                self.wrong(line, key, "lost though nobody else had changed it")
            self.put(line, key, value, is_new=is_new)
        elif plain(current) == plain(value):
            if has_lost:
                self.wrong(line, key, "lost to the same answer")
            self.echoes.setdefault(key, []).append(self.state.edits[line.edit])
        else:
            self.clash(line, key, value, has_lost=has_lost)

    def put(self, line: Line, key: str, value: Any, *, is_new: bool, place: str | None = None) -> None:
        """Let a value stand."""
        place, edit = place or key, self.state.edits[line.edit]
        if self.values.get(key) == value and type(self.values.get(key)) is type(value):
            if not is_new:
                self.echoes.setdefault(place, []).append(edit)
            return
        if not is_new:
            self.touched[place] = Last(edit, line.seq or 0)
            self.echoes.pop(place, None)
        self.values.pop(key, None)
        if value is not None:
            self.values[key] = value

    def clash(self, line: Line, key: str, value: Any, *, has_lost: bool) -> None:
        """Two answers: one stands, the other is written down, and the rule says which."""
        last, current = self.touched.get(key) or self.created, self.values.get(key)
        assert last is not None
        rule, wins = self.decide(line, key, last)
        if rule and wins == has_lost:
            self.wrong(
                line, key, f"{'won' if wins else 'lost'} against edit {last.edit.id} by the rule {rule!r}, but did not"
            )
        self.expected.add((line.edit, key))
        found = self.conflict(line, key)
        kept, lost = (current, value) if has_lost else (value, current)
        if found is None:
            self.wrong(line, key, f"clashed with edit {last.edit.id} and no conflict says so")
        elif (self.state.values[found.id]["kept"], self.state.values[found.id]["lost"]) != (kept, lost):
            self.wrong(
                line, key, f"conflict {found.id} says {self.state.values[found.id]}, not kept {kept} lost {lost}"
            )
        elif rule and found.rule != rule:
            self.wrong(line, key, f"conflict {found.id} was decided by {found.rule!r}, not by {rule!r}")
        if not has_lost:
            self.put(line, key, value, is_new=False)

    def conflict(self, line: Line, key: str) -> Any:
        """The conflict an edit made of a field."""
        found = self.state.conflicts.values()
        return next(
            (one for one in found if (one.edit, one.record, one.field) == (line.edit, self.record.id, key)), None
        )

    def states(self, line: Line, given: dict[str, Any], *, is_new: bool) -> None:
        """The state keys win or lose together; what stands, stands."""
        last, current = self.last("state", is_new=is_new), {key: self.values.get(key) for key in STATE}
        wanted, has_lost = current | given, "state" in line.payload.get("kept", {})
        if self.is_superseded(line, "state", last):
            if not has_lost:
                self.wrong(line, "state", "went in over its author's newer work")
        elif not self.is_contended(line, last):
            if has_lost:
                self.wrong(line, "state", "lost though nobody else had changed it")
            for key, value in given.items():
                self.put(line, key, value, is_new=is_new, place="state")
        elif plain(_active(current)) == plain(_active(wanted)):
            self.echoes.setdefault("state", []).append(self.state.edits[line.edit])
        else:
            self.expected.add((line.edit, "state"))
            if not has_lost or self.conflict(line, "state") is None:
                self.wrong(line, "state", "went in over a state somebody else set, or no conflict says so")

    def settle(self, line: Line) -> None:
        """A settlement makes the value stand, as of this edit."""
        for one in self.state.conflicts.values():
            if one.settled_by == line.edit and one.record == self.record.id:
                if line.seq is None:
                    # The record took a number for it that stands in no line.
                    self.unknown.add(one.field)
                # Where the value stood already the line took no number; the settlement did.
                took = line.seq or self.state.edits[line.edit].seq or 0
                version = max(took, (self.touched.get(one.field) or self.created or Last(None, 0)).version)
                self.touched[one.field] = Last(self.state.edits[line.edit], version, is_settled=True)
                self.echoes.pop(one.field, None)

    def decide(self, line: Line, key: str, last: Last) -> tuple[str | None, bool]:
        """The rule of the contract and whether the newcomer wins; no rule where her right there is not known."""
        if last.is_settled or key in STRUCTURE[self.record.kind]:
            return ("settled" if last.is_settled else "structure"), False
        old, new = last.edit, self.state.edits[line.edit]
        if self.record.id in self.state.moved and not new.is_prefill:
            return None, False
        if new.is_prefill and not old.is_prefill:
            return "prefill", False
        was, now = (rights(self.state, one, self.record) for one in (old, new))
        if load().kinds[self.record.kind].fields[key].merge == "office" and was[1] != now[1]:
            return "office", now[1]
        return ("responsible", now[0]) if was[0] != now[0] else by_time(old, new)


def is_repeated(state: State, older: Any, newer: Any) -> bool:
    """Whether the newer edit's outbox held the older one too, before it: two clones had it unsent."""
    mine = [row for row in state.repeats if row.edit == older.id and row.outbox == newer.outbox]
    return older.author == newer.author and any(row.n <= newer.n for row in mine)


def by_time(old: Any, new: Any) -> tuple[str, bool]:
    """Which of two edits of equal standing wins."""
    if old.visited_on and new.visited_on and old.visited_on != new.visited_on:
        return "visited_on", new.visited_on > old.visited_on
    before, after = moment(old.corrected_at), moment(new.corrected_at)
    apart = (after - before).total_seconds() if before and after and old.is_trusted and new.is_trusted else 0
    return ("clock", apart > 0) if abs(apart) > TEN_MINUTES else ("stands", False)


def rights(state: State, edit: Any, record: Record) -> tuple[bool, bool]:
    """Whether an edit's author was kader, and office, of where a record is, when the edit came."""
    path, at = state.paths[record.dasawisma], moment(edit.received_at)
    assert at is not None
    roles = set()
    for grant in state.grants:
        begins, ends = moment(grant.starts_at), moment(grant.ends_at)
        assert begins is not None
        is_now = begins <= at and (ends is None or ends > at)
        if grant.person == edit.author and is_now and path.startswith(grant.path):
            roles.add(grant.role)
    return "kader" in roles, "admin_desa" in roles


def _active(state: dict[str, Any]) -> dict[str, Any]:
    return state | {"state": state["state"] or "active"}


def plain(value: Any) -> Any:
    """A value without case, spaces and the form of its letters."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return " ".join(normalize("NFC", value).casefold().split()) if isinstance(value, str) else value


def applied(lines: list[Line]) -> list[Line]:
    """What of a log went into the record, in the order it did."""
    return sorted((one for one in lines if one.verdict in {"applied", "merged"}), key=lambda one: one.position)


def as_agreed(history: History, state: State) -> None:
    """Statements 3 and 5: every answer went in or gave way as the contract says, and every clash is a conflict."""
    for record in state.records.values():
        lines = applied(state.lines[record.id])
        # The log of two desa has no common order.
        if len({line.desa for line in lines}) != 1:
            continue
        walk = Walk(history, state, record)
        for line in lines:
            walk.line(line)
        _only_these(history, state, walk)
        for key in texts(record.kind):
            if key not in walk.unknown and walk.values.get(key) != record.fields.get(key):
                said, wanted = record.fields.get(key), walk.values.get(key)
                history.note(f"statement 3: {key} of {record.id} is {said!r}, by the rules {wanted!r}")


def _only_these(history: History, state: State, walk: Walk) -> None:
    keys = {*texts(walk.record.kind), *STRUCTURE[walk.record.kind], "state"} - walk.unknown
    for one in state.conflicts.values():
        if one.record == walk.record.id and one.field in keys and (one.edit, one.field) not in walk.expected:
            history.note(f"statement 3: conflict {one.id} in {one.field} of {one.record}, though nothing clashed")
