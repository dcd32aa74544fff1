"""Decides what a patch makes of a record: pure, deterministic, replayable.

``merge(stored, patch, writer, policy)``; a field is a key of ``set`` or ``adjust``.  The three state keys are one
field, and each row of a rows field is a field of its own (``field/row``).

| the field was last touched | and | result |
|---|---|---|
| by a later edit of the author's own line | | skipped, lost ``superseded``, no conflict |
| never, not after base, or by the author's own earlier edit | | applied |
| after base by somebody else (contended) | says the same | left as it is, no conflict |
| contended | the field is a set | adjusted: items added and removed, lost ``joined``, no conflict |
| contended | says something else | ``policy.decide``; the losing value goes to a clash |
| ever, by anybody else, and the writer is an import | | contended, whatever its base |

A field applied while another line changed the record after base gives the record its soft mark.  A patch that changes
no value changes nothing, but is remembered as its author's newest word.
"""

from typing import Any

from models.structure import STATE_KEYS
from sync.clean import same
from sync.edit import Adjust, Patch
from sync.outcome import Clash, Lost, Outcome, Stored, Writer
from sync.policy import OBSERVED, SET, Decision, Policy, decide
from sync.stamps import PREFILL, History, Stamp

SUPERSEDED, JOINED, NOT_A_SET = "superseded", "joined", "not_a_set"
LONGEST_ROW = 64
STATE, ACTIVE = "state", "active"


def merge(stored: Stored | None, patch: Patch, writer: Writer, policy: Policy) -> Outcome:
    """Return what the patch makes of the record (None: there is none yet).  No argument is changed."""
    if stored is None and not patch.adjust:
        return _born(patch, writer, policy)
    work = _Work(stored, patch.base, writer, policy)
    if stored is not None:
        work.out.before = {key: stored.fields.get(key) for key in (*patch.set, *patch.adjust)}
    for key, value in patch.set.items():
        if key not in STATE_KEYS:
            work.set(key, value)
    given = {key: patch.set[key] for key in STATE_KEYS if key in patch.set}
    if given:
        work.set_state(given)
    for key, change in patch.adjust.items():
        work.adjust(key, change)
    for key, code in patch.lost:
        work.lose(key, work.out.fields.get(key), code)
    return work.close()


def _born(patch: Patch, writer: Writer, policy: Policy) -> Outcome:
    """Return a record nobody wrote before: what is set stands, and there is nothing to weigh it against."""
    fields = {key: value for key, value in patch.set.items() if value is not None}
    asked = {key: writer.day for key in policy.lifetimed if key in fields}
    lost = [Lost(key, fields.get(key), code) for key, code in patch.lost]
    return Outcome(fields, History(writer.stamp), asked, is_changed=True, lost=lost)


class _Work:
    """One merge under way."""

    def __init__(self, stored: Stored | None, base: int, writer: Writer, policy: Policy) -> None:
        self.base, self.writer, self.policy = base, writer, policy
        self.is_new = stored is None
        self.version = stored.version if stored else 0
        history = stored.history.copy() if stored else History(writer.stamp)
        self.out = Outcome(dict(stored.fields) if stored else {}, history, dict(stored.asked) if stored else {})
        self.is_applied = False

    def set(self, key: str, value: Any) -> None:
        """One field of ``set``, state keys excepted."""
        if self.policy.of(key) == SET and isinstance(value, list) and not self._is_whole(key):
            self.adjust(key, Adjust(add=tuple(value)))
            return
        current, stamp = self.out.fields.get(key), self._stamp(key)
        if self._is_superseded(key, stamp):
            self.lose(key, current, SUPERSEDED)
        elif not self._is_contended(stamp):
            self._put(key, value)
        elif same(current, value):
            self._echo(key)
            self._ask(key, value)
        elif self._clash(key, current, value, stamp):
            self._put(key, value)

    def set_state(self, given: dict[str, Any]) -> None:
        """Let the state keys win or lose together."""
        current = {key: self.out.fields.get(key) for key in STATE_KEYS}
        wanted = current | given
        for side in (current, wanted):
            side[STATE] = side[STATE] or ACTIVE
        stamp = self._stamp(STATE) or (None if self.is_new else self.out.history.created)
        if self._is_superseded(STATE, stamp):
            self.lose(STATE, current[STATE], SUPERSEDED)
        elif not self._is_contended(stamp):
            for key, value in given.items():
                self._put(key, value, STATE)
        elif same(current, wanted):
            self._echo(STATE)
        else:
            is_told = current[STATE] != wanted[STATE]
            self._clash(STATE, current[STATE] if is_told else current, wanted[STATE] if is_told else wanted, stamp)

    def adjust(self, key: str, change: Adjust) -> None:
        """Add items to a set and take others away; never a conflict, but for two versions of one row."""
        if key in self.policy.rows:
            self._adjust_rows(key, change)
            return
        current, stamp = self.out.fields.get(key), self._stamp(key)
        if self.policy.of(key) != SET and not isinstance(current, list | None):
            self.lose(key, current, NOT_A_SET)
            return
        if self._is_superseded(key, stamp):
            self.lose(key, current, SUPERSEDED)
            return
        items = [item for item in current if item not in change.remove] if isinstance(current, list) else []
        for item in change.add:
            if item not in items:
                items.append(item)
        if self._is_contended(stamp) and items != current:
            self.lose(key, items, JOINED)
        self._put(key, items)

    def _adjust_rows(self, key: str, change: Adjust) -> None:
        for row in change.add:
            if isinstance(row, dict) and isinstance(row.get("row"), str) and len(row["row"]) <= LONGEST_ROW:
                self._row(key, row["row"], row)
            else:
                self.lose(key, self.out.fields.get(key), "row")
        for name in change.remove:
            if isinstance(name, str):
                self._row(key, name, None)

    def _row(self, key: str, name: str, row: dict[str, Any] | None) -> None:
        """Insert or replace one row, or (None) remove it."""
        rows = self.out.fields.get(key)
        items = {item["row"]: item for item in rows if "row" in item} if isinstance(rows, list) else {}
        current, place = items.get(name), f"{key}/{name}"
        whole = self.out.history.of(key, is_present=current is not None and not self.is_new)
        stamp = _latest([self.out.history.fields.get(place), whole])
        if self._is_superseded(place, stamp) or self._is_superseded(key, whole):
            self.lose(place, current, SUPERSEDED)
        elif same(current, row):
            self._echo(place)
        elif not self._is_contended(stamp) or self._clash(place, current, row, stamp):
            items |= {name: row} if row else {}
            self._put(key, [item for item in items.values() if row or item["row"] != name], place)

    def _stamp(self, key: str) -> Stamp | None:
        """Return the last change of a field; of a rows field, of any of its rows."""
        history = self.out.history
        stamp = history.of(key, is_present=not self.is_new and key in self.out.fields)
        if key in self.policy.rows:
            return _latest([stamp, *(value for name, value in history.fields.items() if name.startswith(key + "/"))])
        return stamp

    def _is_superseded(self, key: str, stamp: Stamp | None) -> bool:
        lineage, n = self.writer.lineage, self.writer.stamp.n
        if stamp and lineage.is_later(stamp.outbox, stamp.n, n):
            return True
        return any(lineage.is_later(outbox, number, n) for outbox, number in self.out.history.echoes.get(key, ()))

    def _is_contended(self, stamp: Stamp | None) -> bool:
        new = self.writer.stamp
        if stamp is None or self.writer.lineage.is_earlier(stamp.outbox, stamp.n, new.n):
            return False
        return stamp.version > self.base or (new.has(PREFILL) and not stamp.has(PREFILL))

    def _is_whole(self, key: str) -> bool:
        """Whether a list in ``set`` is the whole set: its author saw no record, and nobody else wrote the field."""
        return self.base == 0 and not self._is_contended(self._stamp(key))

    def _clash(self, key: str, current: Any, value: Any, stamp: Stamp | None) -> bool:
        """Remember both values; return whether the challenger won."""
        assert stamp is not None
        new = self.writer.stamp
        merge_as = OBSERVED if "/" in key else self.policy.of(key)
        decision: Decision = decide(merge_as, current, stamp, new)
        won = decision.is_challenger
        kept, lost, kept_by, lost_by = (value, current, new, stamp) if won else (current, value, stamp, new)
        clash = Clash(key, decision.rule, decision.is_open, kept, lost, kept_by, lost_by)
        self.out.clashes.append(clash)
        if not won:
            self.out.lost.append(Lost(key, current, None, clash))
        return won

    def _put(self, key: str, value: Any, place: str | None = None) -> None:
        """Write a value; ``place`` is the field whose history it belongs to, where that is not the key."""
        current, place = self.out.fields.get(key), place or key
        self.is_applied = True
        self._ask(key, value)
        if type(current) is type(value) and current == value:
            self._echo(place)
            return
        self.out.is_changed = True
        if not self.is_new:
            self.out.history.touch(place, self.writer.stamp)
        if value is None:
            del self.out.fields[key]
        else:
            self.out.fields[key] = value

    def _echo(self, place: str) -> None:
        if not self.is_new:
            self.out.history.echo(place, self.writer.stamp)

    def _ask(self, key: str, value: Any) -> None:
        """Let an answer that expires count from this day on, also when it is the same again."""
        if key not in self.policy.lifetimed:
            return
        before = self.out.asked.pop(key, None)
        if value is not None:
            self.out.asked[key] = max(self.writer.day, before or "")
        self.out.is_changed |= self.out.asked.get(key) != before

    def lose(self, key: str, kept: Any, code: str) -> None:
        """Name a field that did not go in, without a conflict."""
        self.out.lost.append(Lost(key, kept, code))

    def close(self) -> Outcome:
        """Settle what is known only after the last field."""
        self.out.is_changed |= self.is_new
        if self.is_applied and not self.is_new and self.version > self.base:
            stamps = (self.out.history.created, *self.out.history.fields.values())
            lineage, n = self.writer.lineage, self.writer.stamp.n
            foreign = [stamp for stamp in stamps if not lineage.is_later(stamp.outbox, stamp.n, n)]
            self.out.is_soft = any(self._is_contended(stamp) for stamp in foreign)
        return self.out


def _latest(stamps: list[Stamp | None]) -> Stamp | None:
    return max((stamp for stamp in stamps if stamp), key=lambda stamp: stamp.version, default=None)
