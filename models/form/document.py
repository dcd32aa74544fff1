"""Writes the form as a page for people: `docs/form/<version>.md`, in Indonesian.

`python -m models.form.document` rewrites the page of every version; a test holds page and definition together.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.form.definition import Field, Form, Section, load, versions
from models.form.recap import Recap, recap

DOCS = Path(__file__).parents[2] / "docs" / "form"
TYPES = {
    "text": "teks",
    "integer": "bilangan bulat",
    "number": "bilangan",
    "date": "tanggal",
    "choice": "pilih satu",
    "choices": "pilih beberapa",
    "boolean": "ya / tidak",
    "nik": "16 angka",
    "kk": "16 angka",
    "phone": "nomor telepon",
    "position": "letak",
    "rows": "baris",
}
MERGES = {"observed": "dilihat kader", "office": "kantor desa", "set": "digabung", "sticky": "menetap"}
KINDS = {"household": "rumah", "family": "KK", "member": "warga", "event": "peristiwa", "visit": "kunjungan"}
FLAGS = {
    "hamil": "sedang hamil",
    "nifas": "dalam masa nifas",
    "menyusui": "sedang menyusui",
    "hamil_nifas": "ada ibu hamil atau nifas",
    "has_balita": "ada balita di rumah ini",
    "several_families": "lebih dari satu KK di rumah ini",
    "inhabited": "berpenghuni",
}
NEGATED = {
    "age<": "umur {} tahun ke atas",
    "age<=": "umur lebih dari {} tahun",
    "age>": "umur paling banyak {} tahun",
    "age>=": "umur kurang dari {} tahun",
}
SIGNS = {"<": "kurang dari", "<=": "paling banyak", ">": "lebih dari", ">=": "sedikitnya"}


def page(form: Form, books: Recap) -> str:
    """The whole page as Markdown."""
    return "\n".join([*_head(form), *_kinds(form), *_roles(form), *_measures(books)]) + "\n"


def _head(form: Form) -> Iterator[str]:
    core = {name: sum(item.required for item in kind.fields.values()) for name, kind in form.kinds.items()}
    yield f"# Formulir {form.version}: {form.title}"
    yield ""
    yield "Halaman ini ditulis oleh `python -m models.form.document` dari `models/form/`; jangan diubah dengan tangan."
    yield ""
    yield "Pertanyaan **inti** dibaca buku 4.14–4.19 dan menentukan rumah disebut lengkap."
    yield "Pertanyaan modul tidak pernah wajib."
    yield "Setiap pertanyaan boleh dijawab " + " atau ".join(f"*{one.label.lower()}*" for one in form.nonresponse)
    yield f"(paling banyak {form.nonresponse_fraction:.0%} dari pertanyaan inti satu rumah)."
    yield ""
    yield "| catatan | pertanyaan inti | semua pertanyaan |"
    yield "|---|---|---|"
    for name, kind in form.kinds.items():
        yield f"| {kind.title} | {core[name]} | {len(kind.fields)} |"


def _kinds(form: Form) -> Iterator[str]:
    for kind in form.kinds.values():
        yield from ("", f"## {kind.title}")
        for section in kind.sections:
            yield from _section(form, section)


def _section(form: Form, section: Section) -> Iterator[str]:
    module = next((item["title"] for item in form.modules if item["id"] == section.module), None)
    yield from ("", f"### {section.title}" + (f" (modul: {module})" if module else ""), "")
    yield "| pertanyaan | jawaban | ditanyakan | keterangan |"
    yield "|---|---|---|---|"
    for item in section.fields:
        asked = "tidak ditanyakan" if item.show_if is False or item.widget == "hidden" else said(form, item.show_if)
        name = f"**{item.label}**" if item.required else item.label
        yield f"| {name} `{item.id}` | {_answers(item)} | {asked} | {_notes(item)} |"


def _answers(item: Field) -> str:
    """Type and options; long lists are shown by their groups."""
    if item.widget == "hidden":
        return TYPES[item.type]
    options: list[str] = [group.label for group in item.groups] or [choice.label for choice in item.choices]
    if item.columns:
        options = [column.label for column in item.columns]
    kind = TYPES[item.type]
    return f"{kind}: {'; '.join(options)}" if options else kind


def _notes(item: Field) -> str:
    parts = [item.help, *(f"Bila ganjil: “{check.message}”" for check in item.checks)]
    parts += [f"Berlaku {item.valid_days} hari."] if item.valid_days else []
    parts += [f"Formulir {', '.join(item.print)}."] if item.print else []
    parts += [f"Gabung: {MERGES[item.merge]}. Kelas: {item.sensitivity}."]
    return " ".join(part for part in parts if part)


def said(form: Form, rule: Any) -> str:
    """A rule in Indonesian words; "selalu" where it always holds."""
    if isinstance(rule, bool):
        return "selalu" if rule else "tidak pernah"
    name, args = rule[0], rule[1:]
    if name in ("and", "or"):
        return (" dan " if name == "and" else " atau ").join(_wrapped(form, part) for part in args)
    if name == "not":
        return _negated(form, args[0])
    return _surroundings(form, name, args) or _comparison(form, name, args)


def _surroundings(form: Form, name: str, args: list[Any]) -> str | None:
    """What a rule asks of other records, of flags and of ages; None for a comparison of answers."""
    if name == "of":
        return f"{KINDS[args[0]]}nya: {said(form, args[1])}"
    if name == "flag":
        return FLAGS.get(args[0], str(args[0]))
    if name.startswith(("age", "months")):
        unit = "tahun" if name.startswith("age") else "bulan"
        return f"umur {SIGNS[name.removeprefix('age').removeprefix('months')]} {_value(args[0])} {unit}"
    return None


def _negated(form: Form, rule: Any) -> str:
    """An age that is not known passes a negated limit, and the sentence says so."""
    if isinstance(rule, list) and rule[0] in NEGATED:
        return NEGATED[rule[0]].format(_value(rule[1])) + " (atau belum diketahui)"
    if isinstance(rule, list) and rule[0] == "answered":
        return f"`{rule[1]}` belum terisi"
    return f"bukan ({said(form, rule)})"


def _wrapped(form: Form, rule: Any) -> str:
    text = said(form, rule)
    return f"({text})" if isinstance(rule, list) and rule[0] in ("and", "or") else text


def _comparison(form: Form, name: str, args: list[Any]) -> str:
    if name == "setting":
        return f"setelan {args[0]} = {args[1]}"
    if name in ("answered", "known"):
        return f"`{args[0]}` terisi" if name == "answered" else f"`{args[0]}` diketahui"
    if name in ("in", "any", "all"):
        word = {"in": "salah satu dari", "any": "memuat salah satu dari", "all": "memuat semua dari"}[name]
        return f"`{args[0]}` {word}: {', '.join(map(_value, args[1]))}"
    if name == "rows":
        return f"`{args[0]}` punya baris dengan {said(form, args[1])}"
    word = {"=": "=", "!=": "bukan", "has": "memuat"}.get(name) or SIGNS[name]
    return f"`{args[0]}` {word} {_value(args[1])}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, dict):
        return str(next(iter(value.values())))
    return str(value)


def _roles(form: Form) -> Iterator[str]:
    yield from ("", "## Peran", "")
    yield 'Kode tidak menyebut pertanyaan; ia menyebut perannya: `form.role("member", "name")`.'
    for kind, roles in form.roles.items():
        yield from ("", f"### {form.kinds[kind].title}", "", "| peran | pertanyaan |", "|---|---|")
        for role, item in roles.items():
            yield f"| `{kind}.{role}` | `{item}` |"
    yield from ("", "### Nilai yang dikenal kode", "", "| arti | nilai |", "|---|---|")
    for key, names in form.meanings.items():
        for name, values in names.items():
            yield f"| `{key}` {name} | {', '.join(f'`{value}`' for value in values)} |"


def _measures(books: Recap) -> Iterator[str]:
    yield from ("", "## Ukuran rekapitulasi", "", "| ukuran | satuan | waktu | arti | kolom |", "|---|---|---|---|---|")
    for item in books.measures.values():
        places = [
            f"{book.book}:{column.number}"
            for book in books.books.values()
            for column in book.columns
            if column.kind == "measure" and column.ref == item.id
        ]
        time = "pada hari" if item.time == "stock" else "selama masa"
        yield f"| {item.label} `{item.id}` | {item.unit} | {time} | {item.definition} | {', '.join(places)} |"


def main() -> None:
    """Rewrite the page of every published version."""
    for version in versions():
        (DOCS / f"{version}.md").write_text(page(load(version), recap()), encoding="utf-8")


if __name__ == "__main__":
    main()
