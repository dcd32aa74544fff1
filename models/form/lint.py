"""What must fit together in a form: every name a rule, role, group or default quotes must exist.

`lint(form)` yields one sentence per mistake; the parser refuses a form that has any.
`lint_rule` is also used for recap columns.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from models.form.definition import Field, Form, Kind
from models.form.rules import OPERATORS, RuleError, applies

MOTHER_FLAGS = ("hamil", "nifas", "menyusui", "hamil_nifas")
DOOR_FLAGS = ("has_balita", "several_families", "inhabited")
NIK_FLAGS = ("nik_area", "nik_date", "nik_serial", "nik_born", "nik_sex")
CONTEXT_FLAGS = frozenset((*MOTHER_FLAGS, *DOOR_FLAGS, *NIK_FLAGS))
CONTEXT_VALUES = frozenset(("as_of", "today", "age", "months"))
DEFAULT_SOURCES = frozenset(("head", "area", "first_head", "relation", "age", "spouse"))
Find: TypeAlias = Callable[[str], Field | None]
_ON_FIELD = frozenset(("=", "!=", "in", "<", "<=", ">", ">=", "has", "any", "all", "answered", "known", "rows"))
_ON_OPTIONS = frozenset(("=", "!=", "in", "has", "any", "all"))
_ON_LISTS = frozenset(("has", "any", "all"))


def lint(form: Form) -> Iterator[str]:
    """Sentences about everything that does not fit together."""
    modules = {item["id"] for item in form.modules}
    classes = {choice.value for choice in form.sensitivity}
    for kind in form.kinds.values():
        for section in kind.sections:
            if section.module is not None and section.module not in modules:
                yield f"{kind.name}/{section.id}: modul {section.module!r} tidak ada"
        for item in kind.fields.values():
            yield from _field(form, kind, item)
            if item.sensitivity not in classes:
                yield f"{kind.name}.{item.id}: kelas {item.sensitivity!r} tidak ada"
        yield from _confirmable(kind, form.roles.get(kind.name, {}).get("confirmed"))
    for name, rule in form.populations.items():
        kind = form.raw["population_kinds"].get(name)
        if kind is not None:
            yield from lint_rule(form, kind, rule, f"populasi {name}")
    yield from _roles(form)


def _field(form: Form, kind: Kind, item: Field) -> Iterator[str]:
    place = f"{kind.name}.{item.id}"
    if (item.type in ("choice", "choices")) != bool(item.choices):
        yield f"{place}: pilihan dan tipe tidak cocok"
    if (item.type == "rows") != bool(item.columns):
        yield f"{place}: kolom dan tipe tidak cocok"
    if (item.type in ("choices", "rows")) != (item.merge == "set"):
        yield f"{place}: hanya choices dan rows yang digabung sebagai set"
    if item.module is not None and item.required:
        yield f"{place}: pertanyaan modul tidak boleh wajib"
    if item.precision is not None and item.precision not in kind.fields:
        yield f"{place}: {item.precision!r} tidak ada"
    yield from _groups(place, item)
    yield from _default(place, item)
    for rule in (item.show_if, *(check.rule for check in item.checks)):
        yield from lint_rule(form, kind.name, rule, place)


def _confirmable(kind: Kind, confirmed: str | None) -> Iterator[str]:
    """Every soft check can be answered: the field that keeps "benar, memang begitu" lists them all, once."""
    checks = [check.id for item in kind.fields.values() for check in item.checks]
    options = [choice.value for choice in kind.fields[confirmed].choices] if confirmed else []
    if sorted(checks) != sorted(options):
        yield f"{kind.name}: pemeriksaan dan daftar yang dibenarkan tidak cocok"


def _groups(place: str, item: Field) -> Iterator[str]:
    finer = {choice.value: choice.group for choice in item.choices}
    for group in item.groups:
        if group.value in finer:
            yield f"{place}: {group.value!r} sekaligus kelompok dan pilihan"
        if [value for value, name in finer.items() if name == group.value] != list(group.choices):
            yield f"{place}: isi kelompok {group.value!r} tidak cocok"
    named = {group.value for group in item.groups}
    if any((name is not None) != bool(named) or (named and name not in named) for name in finer.values()):
        yield f"{place}: ada pilihan di luar kelompok"


def _default(place: str, item: Field) -> Iterator[str]:
    if item.default is None:
        return
    if set(item.default) == {"from"}:
        if item.default["from"] not in DEFAULT_SOURCES:
            yield f"{place}: sumber bawaan {item.default['from']!r} tidak ada"
    elif set(item.default) == {"value"}:
        value = item.default["value"]
        options = value if isinstance(value, list) else [value]
        if item.choices and not set(options) <= item.values:
            yield f"{place}: nilai bawaan {value!r} tidak ada"
    else:
        yield f"{place}: bawaan harus value atau from"


def _roles(form: Form) -> Iterator[str]:
    for kind, roles in form.roles.items():
        for role, field_id in roles.items():
            if kind not in form.kinds or field_id not in form.kinds[kind].fields:
                yield f"peran {kind}.{role}: {field_id!r} tidak ada"
    for key, names in form.meanings.items():
        kind, role = key.split(".")
        item = form.field(kind, form.roles.get(kind, {}).get(role, ""))
        for name, values in names.items():
            if item is None or not set(values) <= item.values:
                yield f"arti {key}.{name}: nilai tidak ada"


def lint_rule(form: Form, kind: str, rule: Any, place: str) -> Iterator[str]:
    """Mistakes of one rule: not of the language, or quoting what the form does not have."""
    try:
        applies(rule, {}, {})
    except RuleError as error:
        yield f"{place}: {error}"
        return
    yield from _names(form, form.kinds[kind].field, rule, place)


def _names(form: Form, find: Find, rule: Any, place: str) -> Iterator[str]:
    if isinstance(rule, bool):
        return
    name, args = rule[0], rule[1:]
    if name in ("and", "or", "not"):
        for part in args:
            yield from _names(form, find, part, place)
    elif name == "of":
        yield from _of(form, rule, place)
    elif name in _ON_FIELD:
        yield from _on_field(form, find, rule, place)
    elif not _is_known(form, name, args):
        yield f"{place}: {name} {args!r} tidak ada"
    for part in args:
        if isinstance(part, Mapping):
            yield from _operand(form, find, part, place)


def _of(form: Form, rule: Sequence[Any], place: str) -> Iterator[str]:
    if rule[1] in form.kinds:
        yield from _names(form, form.kinds[rule[1]].field, rule[2], place)
    else:
        yield f"{place}: of {rule[1]!r} tidak ada"


def _is_known(form: Form, name: str, args: Sequence[Any]) -> bool:
    """A flag or setting that exists, or another operator of the language."""
    if name == "flag":
        return args[0] in CONTEXT_FLAGS
    return args[0] in form.settings if name == "setting" else name in OPERATORS


def _on_field(form: Form, find: Find, rule: Sequence[Any], place: str) -> Iterator[str]:
    name, key = rule[0], rule[1]
    item = find(key)
    if item is None:
        yield f"{place}: {key!r} tidak ada"
        return
    if name == "rows":
        columns = {column.id: column for column in item.columns}
        yield from _names(form, columns.get, rule[2], f"{place}[{key}]")
    if (name in _ON_LISTS) and item.type != "choices":
        yield f"{place}: {name} hanya untuk choices, bukan {key!r}"
    if name in _ON_OPTIONS and item.choices and not isinstance(rule[2], Mapping):
        options = rule[2] if isinstance(rule[2], list) else [rule[2]]
        missing = set(options) - item.values - {choice.value for choice in form.nonresponse}
        if missing:
            yield f"{place}: {key!r} tidak punya pilihan {sorted(missing)}"


def _operand(form: Form, find: Find, part: Mapping[str, Any], place: str) -> Iterator[str]:
    ((source, key),) = part.items()
    known = {
        "field": lambda: find(key) is not None,
        "setting": lambda: key in form.settings,
        "context": lambda: key in CONTEXT_VALUES,
    }
    if not known[source]():
        yield f"{place}: {source} {key!r} tidak ada"
