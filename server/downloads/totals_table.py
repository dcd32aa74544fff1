"""Decides the columns of the totals BAPPEDA downloads, and what the metadata sheet says of each.

Codes stand first, as text; then names; then coverage, on which every number rests; then the measures.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.aggregates.totals import TotalLine, Totals

Cell = Callable[[TotalLine], Any]
NOT_COUNTABLE = "belum dapat dihitung"
BASES = {"register": "register disetujui", "reference": "total acuan", "none": NOT_COUNTABLE}
COVERAGE = (
    (
        "cakupan_dasar",
        "Dasar hitungan",
        "Yang dipakai sebagai jumlah rumah yang diharapkan",
        lambda c: BASES[c["basis"]],
    ),
    (
        "rumah_diharapkan",
        "Rumah diharapkan",
        "Rumah dalam register atau target, dikurangi yang dikeluarkan",
        "expected",
    ),
    ("rumah_terdata", "Rumah terdata", "Pernah dikunjungi dengan hasil", "known"),
    ("rumah_lengkap", "Rumah lengkap", "Semua pertanyaan inti terjawab", "complete"),
    ("rumah_terkini", "Rumah terkini", "Lengkap dan dipastikan dalam enam bulan", "fresh"),
    ("persen_lengkap", "Persen lengkap", "Lengkap dibagi diharapkan, dibulatkan ke bawah", "percent"),
    ("persen_terkini", "Persen terkini", "Terkini dibagi diharapkan, dibulatkan ke bawah", "percent_fresh"),
)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: machine name, heading, unit, definition, and how its cell is read."""

    name: str
    label: str
    unit: str
    definition: str
    cell: Cell


def columns_of(totals: Totals) -> list[TableColumn]:
    """The columns of a totals table, in order."""
    levels = [level for level, _, _ in totals.lines[0].places] if totals.lines else [totals.level]
    return [*_codes(levels), *_names(levels), *_coverage(), *_measures(totals)]


def _codes(levels: Sequence[str]) -> list[TableColumn]:
    return [
        TableColumn(f"kode_{level}", f"Kode {level}", "kode", "Kode Kemendagri, teks", _place(number, 1))
        for number, level in enumerate(levels)
    ]


def _names(levels: Sequence[str]) -> list[TableColumn]:
    return [
        TableColumn(f"nama_{level}", level.capitalize(), "nama", "Nama wilayah", _place(number, 2))
        for number, level in enumerate(levels)
    ]


def _place(number: int, part: int) -> Cell:
    return lambda line: line.places[number][part]


def _coverage() -> list[TableColumn]:
    return [
        TableColumn(name, label, "rumah" if name.startswith("rumah") else "", text, _from_coverage(source))
        for name, label, text, source in COVERAGE
    ]


def _from_coverage(source: str | Callable[[Mapping[str, Any]], Any]) -> Cell:
    if isinstance(source, str):
        return lambda line: line.coverage["doors"][source]
    return lambda line: source(line.coverage)


def _measures(totals: Totals) -> list[TableColumn]:
    return [TableColumn(one.id, one.label, one.unit, one.definition, _count(one.id)) for one in totals.measures]


def _count(key: str) -> Cell:
    return lambda line: line.counts.get(key, 0)


def rows_of(totals: Totals) -> list[list[Any]]:
    """The cells of every line; a percentage that cannot be given says so."""
    columns = columns_of(totals)
    return [[_shown(column, line) for column in columns] for line in totals.lines]


def _shown(column: TableColumn, line: TotalLine) -> Any:
    value = column.cell(line)
    return NOT_COUNTABLE if value is None else value


def metadata_of(totals: Totals) -> list[list[str]]:
    """What the file is: a heading and two columns of facts, then a line for every column."""
    facts = [
        ["Judul", f"Total data dasa wisma per {totals.level}, {totals.name}"],
        ["Wilayah", f"{totals.area} {totals.name}"],
        ["Keadaan pada", totals.as_of.isoformat()],
        ["Versi formulir", totals.form],
        ["Satuan baris", totals.level],
        ["Sumber", "Pendataan dasa wisma TP PKK (Dawis), dihitung dari catatan"],
        ["Penduduk yang dihitung", "Tinggal, atau akan tinggal, paling sedikit 6 bulan; yang merantau tidak dihitung"],
        ["Angka", "Tepat, tanpa pembulatan; persen dibulatkan ke bawah"],
    ]
    if any(line.is_demo for line in totals.lines):
        facts.append(["Peringatan", "Memuat data peragaan"])
    return facts


def dictionary_of(totals: Totals) -> list[list[str]]:
    """A line for every column: name, heading, unit, definition."""
    return [[one.name, one.label, one.unit, one.definition] for one in columns_of(totals)]
