"""Decides what an edit may become: who may write it, what it waits for, what a person has to approve.

Reads only; the patches of an edit share the strictest fate.

| a patch | fate |
|---|---|
| of a kind we do not know | quarantined ``kind`` |
| for a record of another kind | refused ``kind`` |
| for a record (or into a door) its author was never responsible for | refused ``forbidden`` |
| naming a record we do not know, or making one without its structural keys | held |
| for a deleted record; merging or reviving one without the office at its version | proposed |
| moving a record to where its author is not responsible now | proposed |
| of an author no longer responsible | applied if in time and uncontended, otherwise proposed |
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.history import Departure
from models.structure import KINDS, LIVE, NEEDED, REFERENCES, STRUCTURE
from sync.batch import Batch
from sync.edit import Patch
from sync.incoming import Incoming, Judgement, Target
from sync.rights import Place, Right
from sync.rows import Row
from sync.verdict import APPLIED, HELD, PROPOSED, QUARANTINED, REFUSED, strictest

FORBIDDEN, KIND = "forbidden", "kind"
RESPONSIBILITY, SCOPE, DELETED, APPROVAL = "responsibility", "scope", "deleted", "approval"
REFERENCE_KINDS = {"household": "household", "family": "family", "member": "member"}
ORDER = {kind: place for place, kind in enumerate(KINDS)}
NAMED = {kind: tuple(key for key in REFERENCES[:3] if key in keys) for kind, keys in STRUCTURE.items()}
"""The references that a kind's records may make to other records."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A record that this very edit makes, or a door that it moves; no place where that is not hers to choose."""

    kind: str
    place: Place | None


class _FateError(Exception):
    """A patch whose fate is known."""

    def __init__(self, fate: str, why: str = "", waits: frozenset[str] = frozenset()) -> None:
        super().__init__(fate)
        self.fate, self.why, self.waits = fate, why, waits


def judge(batch: Batch, incoming: Incoming) -> Judgement:
    """Return the fate of an edit and, where it may be applied, its targets in the order they are merged."""
    judge_one = _Judge(batch, incoming)
    result, fates = Judgement(APPLIED), [APPLIED]
    for patch in sorted(incoming.edit.patches, key=_order):
        try:
            result.targets.append(judge_one.target(patch))
        except _FateError as error:
            fates.append(error.fate)
            result.waits |= error.waits
            if error.fate == PROPOSED:
                result.reason = result.reason or error.why
            elif error.fate == strictest(fates):
                result.code, result.about = error.why or None, None
    result.fate = strictest(fates)
    return result


def _order(patch: Patch) -> int:
    return ORDER.get(patch.kind, len(ORDER))


class _Judge:
    """Judges the patches of one edit, one after another."""

    def __init__(self, batch: Batch, incoming: Incoming) -> None:
        self.batch, self.incoming = batch, incoming
        self.made: dict[str, _Made] = {}

    def target(self, patch: Patch) -> Target:
        """Return what the patch meets; raises _FateError where it may not be applied as it is."""
        if patch.kind not in STRUCTURE:
            raise _FateError(QUARANTINED, KIND)
        if patch.id in self.made and self.made[patch.id].kind != patch.kind:
            raise _FateError(REFUSED, KIND)
        row = self._row(patch)
        return self._existing(patch, row) if row else self._new(patch)

    def _row(self, patch: Patch) -> Row | None:
        """Find the record, or the survivor of a merged one; the office may still revive the merged one itself."""
        own = self.batch.rows.get(patch.id)
        if own and own.state == "merged" and "state" in patch.set and patch.base == own.version:
            return own
        return self.batch.find(patch.id)

    # a record that exists

    def _existing(self, patch: Patch, row: Row) -> Target:
        if row.kind != patch.kind:
            raise _FateError(REFUSED, KIND)
        place = self.batch.place(row)
        right = self._right(row, place, patch.id)
        self._check_state(patch, row, right)
        patch = self._resolve(patch)
        if patch.kind == "household":
            self._check_move(patch, row)
        elif patch.set.get("household"):
            self._check_transfer(patch, row)
        if patch.base > self.batch.seq(row.desa):
            patch = replace(patch, base=0)
        return Target(patch, row, place, right, is_redirected=row.id != patch.id)

    def _right(self, row: Row, place: Place, named: str) -> Right:
        """Return her right; raises where she never had one, or no longer has it and came too late."""
        right = self.incoming.author.rights.over(place)
        if right.is_now:
            return right
        ended = self._ended_at(row, right)
        if ended is None:
            raise self._never_hers(named)
        self._check_late(ended)
        return Right(ended_at=ended)

    def _never_hers(self, named: str) -> _FateError:
        """Return her edit's fate; where the record she named was hers and was merged away, a person decides."""
        own = self.batch.rows.get(named)
        if own and own.state == "merged":
            right = self.incoming.author.rights.over(self.batch.place(own))
            if right.is_now or self._ended_at(own, right):
                return _FateError(PROPOSED, RESPONSIBILITY)
        return _FateError(REFUSED, FORBIDDEN)

    def _ended_at(self, row: Row, right: Right) -> datetime | None:
        """Return when she was last responsible: until her role ended, or until the record or its door left her."""
        ends = [right.ended_at] if right.ended_at else []
        for area, left_at in departures_of(self.batch, {row.id, row.household or row.id}):
            self.batch.load_places([area], ())
            before = self.incoming.author.rights.over(self.batch.places[area])
            if before.is_now:
                ends.append(left_at)
            elif before.ended_at:
                ends.append(min(before.ended_at, left_at))
        return max(ends, default=None)

    def _check_late(self, ended: datetime) -> None:
        if not self.incoming.was_in_time(ended):
            raise _FateError(PROPOSED, RESPONSIBILITY)

    def _check_state(self, patch: Patch, row: Row, right: Right) -> None:
        """Keep merging and reviving to the office, at the record's own version; a deleted record takes nothing else."""
        state = patch.set.get("state", row.state)
        is_office_at_version = right.is_office and patch.base == row.version
        if row.state in {"deleted", "merged"} and not (is_office_at_version and (state or "active") in LIVE):
            raise _FateError(PROPOSED, DELETED)
        asks_merge = state == "merged" or patch.set.get("merged_into") is not None
        if row.state in LIVE and asks_merge and not self._may_merge(patch, row, is_office=is_office_at_version):
            raise _FateError(PROPOSED, APPROVAL)

    def _may_merge(self, patch: Patch, row: Row, *, is_office: bool) -> bool:
        into = patch.set.get("merged_into")
        survivor = self.batch.find(into) if isinstance(into, str) else None
        if isinstance(into, str) and survivor is None:
            raise _FateError(HELD, waits=frozenset({into}))
        is_whole = patch.set.get("state") == "merged" and survivor is not None
        return bool(
            is_office
            and is_whole
            and survivor
            and survivor.kind == row.kind
            and survivor.id != row.id
            and survivor.state in LIVE
            and self.incoming.author.rights.over(self.batch.place(survivor)).is_now
        )

    def _check_move(self, patch: Patch, row: Row) -> None:
        """Let a door move only to where its author is responsible."""
        code = patch.set.get("dasawisma")
        if "dasawisma" not in patch.set or code == self.batch.place(row).code:
            return
        place = self.batch.codes.get(code) if isinstance(code, str) else None
        if place is None or not self.incoming.author.rights.over(place).is_now:
            raise _FateError(PROPOSED, SCOPE)
        self.made[row.id] = _Made("household", place)

    def _check_transfer(self, patch: Patch, row: Row) -> None:
        """Let a family, member or event go only to a door its author is responsible for."""
        place = self._place_of(patch.set["household"])
        if row.household != patch.set["household"] and not self.incoming.author.rights.over(place).is_now:
            raise _FateError(PROPOSED, SCOPE)

    # a record that is new

    def _new(self, patch: Patch) -> Target:
        if patch.base > 0:
            raise _FateError(HELD, waits=frozenset({patch.id}))
        named = patch.set.get("household")
        patch = self._resolve(patch)
        if any(patch.set.get(key) is None for key in NEEDED[patch.kind]):
            raise _FateError(HELD, waits=frozenset({patch.id}))
        place = self._new_place(patch)
        right = self.incoming.author.rights.over(place)
        if not right.is_now:
            # What hangs on a door that was hers is as much hers as the door was.
            door = self.batch.find(patch.set["household"]) if patch.kind != "household" else None
            ended = self._ended_at(door, right) if door else right.ended_at
            if ended is None:
                raise self._never_hers(named or "")
            self._check_late(ended)
            right = Right(ended_at=ended)
        if patch.set.get("state") == "merged":
            raise _FateError(PROPOSED, APPROVAL)
        return Target(patch, None, place, right)

    def _new_place(self, patch: Patch) -> Place:
        """Return where a new record will be; a door outside her areas, and what hangs on it, is a proposal."""
        if patch.kind != "household":
            self.made[patch.id] = _Made(patch.kind, None)
            place = self._place_of(patch.set["household"])
            self.made[patch.id] = _Made(patch.kind, place)
            return place
        place_or_none = self.batch.codes.get(patch.set["dasawisma"])
        right = self.incoming.author.rights.over(place_or_none) if place_or_none else Right()
        is_hers = right.is_now or right.ended_at is not None
        self.made[patch.id] = _Made(patch.kind, place_or_none if is_hers else None)
        if place_or_none is None or not is_hers:
            raise _FateError(PROPOSED, SCOPE)
        return place_or_none

    # references

    def _place_of(self, household: str) -> Place:
        made = self.made.get(household)
        if made and made.place is None:
            raise _FateError(PROPOSED, SCOPE)
        if made and made.place:
            return made.place
        row = self.batch.find(household)
        assert row is not None
        return self.batch.place(row)

    def _resolve(self, patch: Patch) -> Patch:
        """Let references name survivors; one to a record of another kind is impossible, to an unknown one waits."""
        values: dict[str, Any] = dict(patch.set)
        lost = list(patch.lost)
        waits = set()
        for key in NAMED[patch.kind]:
            if key not in values or (values[key] is None and key != "household"):
                continue
            known = self._kind_of(values[key])
            if known is None and values[key] is not None:
                waits.add(values[key])
            elif known != REFERENCE_KINDS[key]:
                lost.append((key, "reference"))
                del values[key]
            elif values[key] not in self.made:
                values[key] = self._survivor(values[key])
        if waits:
            raise _FateError(HELD, waits=frozenset(waits))
        if values == patch.set:
            return patch
        return replace(patch, set=values, lost=tuple(lost))

    def _kind_of(self, record: str | None) -> str | None:
        if record is None:
            return None
        if record in self.made:
            return self.made[record].kind
        row = self.batch.find(record)
        return row.kind if row else None

    def _survivor(self, record: str) -> str:
        row = self.batch.find(record)
        return row.id if row else record


def departures_of(batch: Batch, records: set[str]) -> list[tuple[int, datetime]]:
    """Return the dasawisma these records left because they moved, each with the moment."""
    is_wanted = Departure.record.in_(sorted(records)), Departure.why == "moved"
    query = select(Departure.dasawisma, Departure.at).where(*is_wanted).order_by(Departure.at)
    earlier = [(area, at) for area, at in batch.session.execute(query)]
    now = [(row["dasawisma"], row["at"]) for row in batch.inserts.get("departure", []) if row["record"] in records]
    return earlier + now


def references(sets: Mapping[str, Any]) -> list[str]:
    """Return every record a patch names."""
    return [value for key in REFERENCES if isinstance(value := sets.get(key), str)]
