"""Decides which dusun, RW, RT and dasa wisma an import needs below a desa, and what their codes are.

A `Place` is what three columns say; `-` skips a level. Numbers are written as the codes want them: RW 2 digits, RT 3.
The same RW number in two dusun gets the dusun before it. `PlaceBook` knows the areas there are, hands out the code of a
placeholder or named dasa wisma, and remembers what must be made (`new`, parents first).

    PlaceBook("35.22.14.2011", areas).dasawisma(Place("KRAJAN", "02", "003"), None)  ->  "35.22.14.2011/D041"
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

PLACEHOLDER = "Belum dibagi"
CODE_LIKE = re.compile(r"\A(?:.*/)?D(\d{3,})\Z", re.IGNORECASE)
LEADING_WORD = re.compile(r"\A(dusun|dsn|lingkungan|rw|rt)\b[ .:]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Dusun, RW and RT of a row; None where the desa does not have the level."""

    dusun: str | None = None
    rw: str | None = None
    rt: str | None = None


@dataclass(frozen=True, slots=True)
class AreaLine:
    """An area below a desa, there already or to be made."""

    level: str
    code: str
    name: str
    parent: str
    is_placeholder: bool = False


class UnknownDasawismaError(ValueError):
    """The extra column names a code that this desa does not have."""


def place_of(dusun: str | None, rw: str | None, rt: str | None) -> Place:
    """The place three cells name: `dusun krajan`, `RW 2`, `3` -> Place("Krajan", "02", "003")."""
    name = LEADING_WORD.sub("", dusun).strip(" -.") if dusun else ""
    name = dusun if dusun and name.isdigit() else name
    return Place(_titled(name) or None, _number(rw, 2), _number(rt, 3))


def _titled(name: str) -> str:
    return name.title() if name.isupper() or name.islower() else name


def _number(cell: str | None, width: int) -> str | None:
    text = LEADING_WORD.sub("", cell).strip() if cell else ""
    if not text.strip("0-. "):
        return None
    return text.zfill(width) if not text.isdigit() else str(int(text)).zfill(width)


class PlaceBook:
    """The areas of one desa during an import; pure bookkeeping, nothing is stored."""

    def __init__(self, desa: str, areas: Iterable[AreaLine], taken: Iterable[str] = ()) -> None:
        """`areas` are all areas below the desa, in any order; `taken` are codes that left it with their area."""
        self.desa = desa
        self._taken = frozenset(taken)
        self.new: list[AreaLine] = []
        self._by_code: dict[str, AreaLine] = {}
        self._child: dict[tuple[str, str, str], str] = {}
        self._dasawisma: dict[str, str] = {}
        for area in areas:
            self._remember(area)

    def _remember(self, area: AreaLine) -> None:
        self._by_code[area.code] = area
        key = PLACEHOLDER if area.is_placeholder else area.name
        self._child[area.parent, area.level, key.casefold()] = area.code
        if area.level == "dasawisma" and not area.is_placeholder:
            self._dasawisma.setdefault(area.name.casefold(), area.code)

    def dasawisma(self, place: Place, named: str | None) -> str:
        """Code of the dasa wisma a door goes to: the named one, else "Belum dibagi" of its RT.

        A new name makes a dasa wisma under the place; an unknown code raises UnknownDasawismaError.
        """
        if named is None:
            return self._ensure(self.area(place), "dasawisma", PLACEHOLDER, is_placeholder=True)
        if match := CODE_LIKE.match(named):
            code = named.upper() if "/" in named else f"{self.desa}/D{match[1]}"
            if code not in self._by_code:
                raise UnknownDasawismaError(named)
            return code
        known = self._dasawisma.get(named.casefold())
        return known or self._ensure(self.area(place), "dasawisma", named)

    def area(self, place: Place) -> str:
        """Code of the lowest level the place names (the desa itself when it names none)."""
        parent = self.desa
        if place.dusun:
            parent = self._ensure(parent, "dusun", place.dusun)
        if place.rw:
            parent = self._ensure(parent, "rw", f"RW {place.rw}")
        if place.rt:
            parent = self._ensure(parent, "rt", f"RT {place.rt}")
        return parent

    def next_dasawisma(self, parent: str, name: str) -> AreaLine:
        """A new dasa wisma under an area, with the next free code; remembered as to be made."""
        self._ensure(parent, "dasawisma", name)
        return self.new[-1]

    def is_placeholder(self, code: str | None) -> bool:
        """Whether this code is a "Belum dibagi" of the desa."""
        return code in self._by_code and self._by_code[code].is_placeholder

    def _ensure(self, parent: str, level: str, name: str, *, is_placeholder: bool = False) -> str:
        known = self._child.get((parent, level, name.casefold()))
        if known:
            return known
        area = AreaLine(level, self._new_code(parent, level, name), name, parent, is_placeholder)
        self.new.append(area)
        self._remember(area)
        return area.code

    def _new_code(self, parent: str, level: str, name: str) -> str:
        if level == "dusun":
            return self._next("DS", 2)
        if level == "dasawisma":
            return self._next("D", 3)
        above = parent.partition("/")[2]
        own = name.replace(" ", "")
        code = f"{self.desa}/{own if 'RW' not in above else f'{above}-{own}'}"
        return self._free(f"{self.desa}/{above}-{own}" if code in self._by_code else code)

    def _free(self, code: str) -> str:
        """The code, or with a number where an area that left this desa keeps it."""
        number, free = 1, code
        while free in self._taken or free in self._by_code:
            number += 1
            free = f"{code}.{number}"
        return free

    def _next(self, letters: str, width: int) -> str:
        start = f"{self.desa}/{letters}"
        taken = [code.removeprefix(start) for code in (*self._by_code, *self._taken) if code.startswith(start)]
        highest = max((int(rest) for rest in taken if rest.isdigit()), default=0)
        return f"{start}{highest + 1:0{width}}"
