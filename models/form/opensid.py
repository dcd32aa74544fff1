"""How the 43 columns of OpenSID's file of people map onto questions, and how its codes and words are read.

Data: `exchange/opensid.json` (columns), `exchange/opensid-lists.json` (codes and words per list). Reading cells, making
doors and keeping untouched cells is the exchange's work; this module only answers "which question" and "which value".
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from models.form.definition import Form, FormError, load

FOLDER = Path(__file__).parent / "exchange"
READS = ("text", "number16", "day", "list", "coordinate", "event", "state", "key", "area")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `read` says how a cell is read, `kind` and `field` where its value goes.

    `area`: also names this level; `prefill`: a second question it offers an answer to; `structure`/`part`: a part of a
    structural key; `event`: a yes is an event of this type, never an answer; `states`: list value -> record state.
    """

    column: str
    read: str
    kind: str | None = None
    field: str | None = None
    list: str | None = None
    area: str | None = None
    prefill: Mapping[str, str] | None = None
    structure: str | None = None
    part: str | None = None
    event: str | None = None
    states: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Exchange:
    """The whole mapping: the 43 `columns` in file order, the 3 of the RTM file, our own `extra` ones."""

    columns: tuple[Column, ...]
    rtm: tuple[Column, ...]
    extra: tuple[Column, ...]
    blank: tuple[str, ...]
    lists: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(repr=False)

    @cached_property
    def _found(self) -> dict[str, dict[str, str]]:
        return {name: dict(_spellings(options)) for name, options in self.lists.items()}

    def read(self, name: str, cell: str) -> str | None:
        """The value a code or word of a list means; None for an unknown one."""
        return self._found[name].get(_plain(cell))

    def write(self, name: str, value: str, *, as_word: bool = False) -> str | None:
        """The code or the word of a value; None for a group without a finer choice: blank, with a finding."""
        item = self.lists[name].get(value)
        if item is None:
            return None
        return str(item["words"][0] if as_word else item["code"])


def _spellings(options: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for value, item in options.items():
        yield from ((_plain(text), value) for text in (item["code"], *item["words"]))


def _plain(cell: str) -> str:
    """Capitals, no spaces around slashes, one space between words; "01" and "1" are one code."""
    text = " ".join(re.sub(r"\s*/\s*", "/", cell).upper().split())
    return text.lstrip("0") if text.isascii() and text.isdigit() else text


@cache
def opensid() -> Exchange:
    """The mapping for the newest form. Raises FormError where it quotes what the form does not have."""
    head = _json("opensid.json")
    lists = _json("opensid-lists.json")
    columns, rtm, extra = (tuple(Column(**item) for item in head[key]) for key in ("columns", "rtm", "extra"))
    exchange = Exchange(columns, rtm, extra, tuple(head["blank"]), lists)
    problems = [item.column for item in (*columns, *rtm, *extra) if not _fits(load(), exchange, item)]
    if problems:
        raise FormError(f"opensid: kolom {problems} tidak cocok dengan formulir")
    return exchange


def _json(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def _fits(form: Form, exchange: Exchange, item: Column) -> bool:
    if item.read not in READS or (item.list is not None and item.list not in exchange.lists):
        return False
    if item.field is None or item.kind is None:
        return True
    found = form.kinds[item.kind].fields.get(item.field)
    if found is None:
        return False
    codes = {choice.value: choice.siak for choice in found.choices if choice.siak is not None}
    listed = {value: option["code"] for value, option in exchange.lists.get(item.list or "", {}).items()}
    return codes == listed
