"""Decides which numbers a recap book of an area holds, from counted rows today or from records of a past day.

A yearly book (4.16a–4.17c) is stock on its day.  A monthly book (4.18b–4.19c) is stock at the month's end for hamil and
nifas, and the events whose ``on`` lies in the month for the rest.  ``models/aggregates/books.py`` shows the answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.aggregates.books import HOUSEHOLD, Line, area_lines, printed
from models.aggregates.measures import flow
from models.aggregates.opened import BATCH, Behind, behind, open_records
from models.aggregates.recount import doors_on
from models.aggregates.refresh import counted_doors
from models.aggregates.tables import DasawismaSum, DoorSummary
from models.aggregates.tally import Counted, Tally, add
from models.aggregates.tree import Tree, tree_of
from models.form.context import is_active
from models.form.definition import Form
from models.form.recap import Book, recap
from models.problems import Problem
from models.register import Door
from models.sealing import Keyring
from models.territory import Area

MONTH = "bulan"
NOT_CLOSED = "belum lapor"
"""Until a dasa wisma can close its month, no monthly number is final, a zero least of all."""
NOT_SETTLED = "belum ada kepala keluarga"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the numbers come from: today's counted rows, or (``past``) the records as they stood on that day."""

    session: Session
    keyring: Keyring
    form: Form
    today: date
    past: date | None = None

    @property
    def day(self) -> date:
        """The day the book speaks of."""
        return self.past or self.today


def recap_of(source: Source, name: str, area: Area) -> dict[str, Any]:
    """The book ``name`` of an area.  Raises request.not_found for a book that is not of the area's level."""
    book = recap().books.get(name)
    if book is None or book.level != area.level:
        raise Problem("request.not_found")
    tree = tree_of(source.session, area, source.past)
    if book.row == HOUSEHOLD:
        lines = _door_lines(source, area)
    else:
        note = NOT_CLOSED if book.period == MONTH else ""
        lines = area_lines(tree, book, counts_of(source, tree, book), note)
    rows, total = printed(book, lines)
    return {
        "book": book.book,
        "title": book.title,
        "area": area.code,
        "name": area.name,
        "level": area.level,
        "row": book.row,
        "period": book.period,
        "as_of": source.day.isoformat(),
        "columns": [asdict(column) for column in book.columns],
        "definitions": definitions_of(book),
        "rows": rows,
        "total": total,
    }


def definitions_of(book: Book) -> list[dict[str, Any]]:
    """What each measure of a book counts, for the page behind it."""
    measures = (recap().measures[column.ref] for column in book.columns if column.kind == "measure" and column.ref)
    keys = ("id", "label", "unit", "time", "population", "definition")
    return [{key: getattr(measure, key) for key in keys} for measure in measures]


def counts_of(source: Source, tree: Tree, book: Book | None = None) -> dict[int, Tally]:
    """Measures by dasa wisma of an area; a monthly book's hold its flows too."""
    is_monthly = book is not None and book.period == MONTH
    desa = sorted({one.desa_id for one in tree.areas.values() if one.desa_id is not None and one.level == "dasawisma"})
    if source.past is None and not is_monthly:
        query = select(DasawismaSum.dasawisma, DasawismaSum.counts)
        if len(desa) == 1:
            query = query.where(DasawismaSum.desa.in_(desa))
        return dict(source.session.execute(query).all())
    found: dict[int, list[Mapping[str, int]]] = defaultdict(list)
    for one in desa:
        for door, own in _doors(source, one):
            found[door.dasawisma].append(door.counts)
            if is_monthly and own.door is not None and is_active(own.door.household):
                found[door.dasawisma].append(flow(source.form, own.door, source.day.replace(day=1), source.day))
    return {place: add(*parts) for place, parts in found.items()}


def _doors(source: Source, desa: int, dasawisma: int | None = None) -> Iterable[tuple[Counted, Behind]]:
    """Doors that a recap counts, with their records."""
    if source.past is not None:
        pairs = doors_on(source.session, source.keyring, source.form, desa, source.past)
        return [(door, own) for door, own in pairs if door.is_in_recaps and dasawisma in (None, door.dasawisma)]
    inside = DoorSummary.desa == desa if dasawisma is None else DoorSummary.dasawisma == dasawisma
    listed = {
        one.household: one for one, _ in counted_doors(source.session, desa, inside, source.today) if one.is_in_recaps
    }
    entries = [
        door
        for part in _parts(list(listed))
        for door in source.session.scalars(select(Door).where(Door.household.in_(part)))
    ]
    opened = (one for part in _parts(list(listed)) for one in open_records(source.session, source.keyring, part))
    return [(listed[own.household], own) for own in behind(entries, opened)]


def _parts(items: list[str]) -> Iterable[list[str]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _door_lines(source: Source, area: Area) -> list[Line]:
    """A line for each house of a dasa wisma that counts for anything, in the order kader walk."""
    assert area.desa_id is not None
    lines = []
    for door, own in _doors(source, area.desa_id, area.id):
        if own.door is not None and door.counts:
            order = own.door.household.get(source.form.role("household", "order"))
            place = order if isinstance(order, int) else 10**9
            lines.append((place, Line(head_name(source.form, own), door.counts, {}, household=door.household)))
    return [line for _, line in sorted(lines, key=lambda pair: (pair[0], pair[1].name, pair[1].household))]


def head_name(form: Form, own: Behind) -> str:
    """The name a house goes by: its head of household, else the head of its first family, else its first member."""
    assert own.door is not None
    named = own.door.household.get(form.role("household", "head"))
    name, kinship = form.role("member", "name"), form.role("member", "kinship")
    heads = form.meaning("member", "kinship", "head")
    people = [answers for answers in own.door.members.values() if is_active(answers)]
    if isinstance(named, str) and named in own.door.members:
        named = own.door.members[named].get(name)
    ranked = sorted(people, key=lambda answers: answers.get(kinship) not in heads)
    return str(named or next((answers[name] for answers in ranked if answers.get(name)), NOT_SETTLED))
