"""Decides which doors, KK and members a resident file means, and what differs from the last import of each row.

Doors come from the RTM file where it knows a person, else each no KK is one provisional door. A draft carries all
that the file says of a record (`values`) and what must be sent (`changes`): everything for a new record, the
difference from the last import for a known one, only what is missing for one a kader made, nothing for an untouched
one. The base is the version of that last import, so a kader's answer is never overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from models.exchange.places import Place, PlaceBook, UnknownDasawismaError
from models.exchange.reasons import Rejection
from models.exchange.resident import Resident
from models.exchange.rtm import RtmLine

Values: TypeAlias = dict[str, Any]
STRUCTURE = frozenset({"dasawisma", "household", "family", "state"})


@dataclass(frozen=True, slots=True)
class Prior:
    """A record of the desa: `values` of its last import at `version`; `is_adopted`: made by a kader.

    `is_undone`: taken back by an undo, comes back with the file.  `is_gone`: deleted or merged by the desa, stays so.
    """

    id: str
    values: Mapping[str, Any]
    version: int
    is_adopted: bool = False
    is_undone: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """One record as the file wants it; sent when `changes` is not empty."""

    kind: str
    id: str
    keys: tuple[str, ...]
    values: Values
    changes: Values
    base: int
    row: int
    is_new: bool
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DoorDraft:
    """A door with the KK and people behind it, in the order they are written."""

    household: Draft
    families: list[Draft]
    members: list[Draft]
    is_provisional: bool

    @property
    def drafts(self) -> list[Draft]:
        """Household, then KK, then members."""
        return [self.household, *self.families, *self.members]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a file would do; `book.new` are the areas it needs."""

    doors: list[DoorDraft]
    book: PlaceBook
    rejections: list[Rejection]
    remarks: list[Rejection]

    def count(self, kind: str, *, is_new: bool) -> int:
        """Records of a kind that would be made (`is_new`) or changed."""
        drafts = (draft for door in self.doors for draft in door.drafts if draft.kind == kind and draft.changes)
        return sum(draft.is_new == is_new for draft in drafts)


class Planner:
    """Plans one file for one desa. `priors` are found by kind and key; `new_id` makes record ids."""

    def __init__(  # noqa: PLR0917 (what a desa knows)
        self,
        priors: Mapping[tuple[str, str], Prior],
        book: PlaceBook,
        new_id: Callable[[], str],
        rtm: Iterable[RtmLine] = (),
        kk_column: str = "kk",
        people_of: Callable[[str], int] = lambda _family: 0,
    ) -> None:
        """`book` holds the areas of the desa; `rtm` the lines of the RTM file; `kk_column` is named in rejections.

        `people_of` tells how many people a known KK had at their last import.
        """
        self._kk_column, self._people_of = kk_column, people_of
        self._claimed: set[str] = set()
        self._born: Counter[str | None] = Counter()
        self._priors, self._book, self._new_id = priors, book, new_id
        self._rtm = {line.nik: line for line in rtm}
        self._taken: set[str] = set()
        self._rejections: list[Rejection] = []
        self._remarks: list[Rejection] = []

    def plan(self, residents: Iterable[Resident]) -> Plan:
        """The plan of these rows."""
        groups: dict[str, list[Resident]] = {}
        rtm_of_kk: dict[str, str] = {}
        rows = list(residents)
        for resident in rows:
            line = self._rtm.get(resident.nik or "")
            if line and resident.kk and (resident.is_head or resident.kk not in rtm_of_kk):
                rtm_of_kk[resident.kk] = line.number
        self._born = Counter(one.weak_key for one in rows)
        numbers = dict.fromkeys(one.kk for one in rows if one.kk)
        named = (self._find("family", (f"kk:{number}",)) for number in numbers)
        self._claimed = {prior.id for prior in named if prior}
        homes = self._homes(rows)
        for resident in rows:
            key = self._door_key(resident, rtm_of_kk, homes)
            if key is None:
                self._rejections.append(Rejection(resident.row, self._kk_column, "kk_kosong"))
            else:
                groups.setdefault(key, []).append(resident)
        self._remark_strangers(rows)
        doors = [door for key, group in groups.items() if (door := self._door(key, group))]
        return Plan(doors, self._book, self._rejections, self._remarks)

    def _keys(self, one: Resident) -> tuple[str, ...]:
        """What a person is looked up by, the surest first."""
        return (*one.keys, one.weak_key) if one.weak_key and self._born[one.weak_key] == 1 else one.keys

    def _homes(self, rows: list[Resident]) -> dict[str, str]:
        """Doors of KK whose number is new, by the people the desa knows: known people stay behind their door."""
        homes: dict[str, str] = {}
        for one in sorted(rows, key=lambda one: not one.is_head):
            if (
                one.kk
                and one.kk not in homes
                and (prior := self._find("member", self._keys(one)))
                and not prior.is_gone
            ):
                homes |= {one.kk: prior.values["household"]} if prior.values.get("household") else {}
        return homes

    def _door_key(self, resident: Resident, rtm_of_kk: Mapping[str, str], homes: Mapping[str, str]) -> str | None:
        if resident.kk and resident.kk in rtm_of_kk:
            return f"rtm:{rtm_of_kk[resident.kk]}"
        if line := self._rtm.get(resident.nik or ""):
            return f"rtm:{line.number}"
        family = self._find("family", (f"kk:{resident.kk}",)) if resident.kk else None
        known = family or (None if resident.kk else self._find("member", self._keys(resident)))
        if known and known.values.get("household"):
            return f"id:{known.values['household']}"
        if resident.kk and resident.kk in homes:
            return f"id:{homes[resident.kk]}"
        return f"kk:{resident.kk}" if resident.kk else None

    def _remark_strangers(self, rows: list[Resident]) -> None:
        here = {resident.nik for resident in rows}
        strangers = (line for nik, line in self._rtm.items() if nik not in here)
        self._remarks += [Rejection(line.row, "nik", "rtm_tanpa_warga") for line in strangers]

    def _find(self, kind: str, keys: Iterable[str]) -> Prior | None:
        found = (self._priors.get((kind, key)) for key in keys)
        return next((prior for prior in found if prior and prior.id not in self._taken), None)

    def _head(self, group: list[Resident]) -> Resident:
        heads = [one for one in group if (line := self._rtm.get(one.nik or "")) and line.is_head]
        return (heads or [one for one in group if one.is_head] or group)[0]

    def _door(self, key: str, group: list[Resident]) -> DoorDraft | None:
        head = self._head(group)
        keys = (key, f"kk:{head.kk}") if key.startswith("rtm:") and head.kk else (key,)
        prior = self._by_id(key) or self._find("household", keys)
        values: Values = dict(head.answers.get("household", {}))
        try:
            if prior is None or self._may_place(head, prior):
                values["dasawisma"] = self._book.dasawisma(head.place or Place(), head.dasawisma)
        except UnknownDasawismaError as error:
            self._rejections += [
                Rejection(one.row, "dasawisma", "dasawisma_tak_dikenal", {"value": str(error)}) for one in group
            ]
            return None
        household = self._draft("household", keys, prior, values, head)
        families = {kk: self._family(kk, group, household.id) for kk in dict.fromkeys(one.kk for one in group) if kk}
        if prior and prior.is_gone:
            group = [one for one in group if self._is_known(one)]
        members = [self._member(one, head, household.id, families.get(one.kk or "")) for one in group]
        return DoorDraft(household, list(families.values()), members, is_provisional=not key.startswith("rtm:"))

    def _by_id(self, key: str) -> Prior | None:
        return self._find("household", (key,)) if key.startswith("id:") else None

    def _is_known(self, one: Resident) -> bool:
        """Nobody new gets in behind a door that the desa deleted."""
        if self._find("member", self._keys(one)):
            return True
        self._rejections.append(Rejection(one.row, self._kk_column, "rumah_dihapus"))
        return False

    def _may_place(self, head: Resident, prior: Prior) -> bool:
        """A known door follows a named dasa wisma; by its RT it only moves from placeholder to placeholder."""
        if prior.is_adopted:
            return False
        return bool(head.dasawisma or (head.place and self._book.is_placeholder(prior.values.get("dasawisma"))))

    def _family(self, kk: str, group: list[Resident], household: str) -> Draft:
        own = [one for one in group if one.kk == kk]
        head = next((one for one in own if one.is_head), own[0])
        prior = self._find("family", (f"kk:{kk}",)) or self._renumbered(own)
        return self._draft(
            "family", (f"kk:{kk}",), prior, {**head.answers.get("family", {}), "household": household}, head
        )

    def _renumbered(self, own: list[Resident]) -> Prior | None:
        """The KK these people were in, where its number is gone from the file and most of its people are here."""
        priors = (self._find("member", self._keys(one)) for one in own)
        known = [str(prior.values["family"]) for prior in priors if prior and prior.values.get("family")]
        if not known:
            return None
        family = max(set(known), key=known.count)
        if family in self._claimed or 2 * known.count(family) < self._people_of(family):
            return None
        return self._find("family", (f"id:{family}",))

    def _member(self, one: Resident, head: Resident, household: str, family: Draft | None) -> Draft:
        prior = self._find("member", self._keys(one))
        values: Values = {**one.answers.get("member", {}), "household": household}
        if family:
            values["family"] = family.id
        if prior and prior.is_adopted:
            self._remarks.append(Rejection(one.row, "nik", "sudah_ada"))
        if one.place and head.place and one.place != head.place:
            self._remarks.append(Rejection(one.row, "rt", "rt_berbeda"))
        return self._draft("member", one.keys if one.nik else self._keys(one), prior, values, one)

    def _draft(self, kind: str, keys: tuple[str, ...], prior: Prior | None, values: Values, by: Resident) -> Draft:
        source = by.source if kind == "member" else {}
        keys = tuple(key for key in keys if not key.startswith("id:"))
        if prior is None:
            identity = self._new_id()
            given = {name: value for name, value in values.items() if value is not None}
            self._taken.add(identity)
            return Draft(kind, identity, keys, values, given, 0, by.row, is_new=True, source=source)
        self._taken.add(prior.id)
        changes = differences(prior, values)
        if prior.is_gone and kind == "member":
            self._remarks.append(Rejection(by.row, self._kk_column, "sudah_dihapus"))
        whole = {**prior.values, **values}
        return Draft(kind, prior.id, keys, whole, changes, prior.version, by.row, is_new=False, source=source)


def differences(prior: Prior, values: Mapping[str, Any]) -> Values:
    """What must be sent of `values` to a record whose last import is `prior`."""
    if prior.is_gone:
        return {}
    if prior.is_adopted:
        return {
            name: value
            for name, value in values.items()
            if value is not None and name not in STRUCTURE and prior.values.get(name) is None
        }
    if prior.is_undone:
        return {"state": "active", **{name: value for name, value in values.items() if value is not None}}
    return {name: value for name, value in values.items() if prior.values.get(name) != value}
