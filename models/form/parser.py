"""Reads the definition files of one version and refuses what does not fit together.

Every refusal is a `FormError` that names kind and field, so that a wrong form never starts.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from models.form.definition import (
    POLICIES,
    STRUCTURE,
    TYPES,
    Check,
    Choice,
    Field,
    Form,
    FormError,
    Group,
    Kind,
    Section,
)
from models.form.lint import lint

_OWN_KEYS = frozenset(("section", "module", "sticky"))
_FIELD_KEYS = frozenset(item.name for item in fields(Field)) - _OWN_KEYS
_STRUCTURE_KEYS = frozenset(("type", "choices", "merge", "required", "refers", "contends_with", "sticky", "default"))


def read(folder: Path) -> Form:
    """Parse one version folder into a Form. Raises FormError."""
    head = _json(folder / "form.json")
    lists = {name: _choices(items, {}, name) for name, items in _json(folder / "lists.json").items()}
    kinds = {name: _kind(folder, name, lists) for name in head["kinds"]}
    form = Form(
        version=head["version"],
        title=head["title"],
        valid_from=head["valid_from"],
        previous=head["previous"],
        kinds=kinds,
        complete=tuple(head["complete"]),
        nonresponse=_choices(head["nonresponse"]["choices"], lists, "nonresponse"),
        nonresponse_fraction=head["nonresponse"]["fraction"],
        settings=head["settings"],
        populations=head["populations"],
        derived={item: tuple(names) for item, names in head["derived"].items()},
        modules=tuple(head["modules"]),
        sensitivity=_choices(head["sensitivity"], lists, "sensitivity"),
        roles=head["roles"],
        meanings={key: {n: tuple(v) for n, v in item.items()} for key, item in head["meanings"].items()},
        raw=head,
    )
    if form.version != folder.name:
        raise FormError(f"{folder.name}: form.json menyebut versi {form.version}")
    problems = list(lint(form))
    if problems:
        raise FormError("; ".join(problems))
    return form


def _json(path: Path) -> Any:
    """A file as JSON; a key given twice in one object is refused."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)
    except (OSError, ValueError) as error:
        raise FormError(f"{path.name}: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"kunci ganda di antara {sorted(found)}")
    return found


def _kind(folder: Path, name: str, lists: Mapping[str, tuple[Choice, ...]]) -> Kind:
    head = _json(folder / f"{name}.json")
    structure = {key: _structural(name, key, item, lists) for key, item in head["structure"].items()}
    sections = tuple(_section(folder, name, part, lists) for part in head["sections"])
    seen: set[str] = set(structure)
    for item in (item for section in sections for item in section.fields):
        if item.id in seen:
            raise FormError(f"{name}.{item.id}: id dipakai dua kali")
        seen.add(item.id)
    return Kind(name, head["title"], structure, sections)


def _structural(kind: str, key: str, item: Mapping[str, Any], lists: Mapping[str, tuple[Choice, ...]]) -> Field:
    place = f"{kind}.{key}"
    _keys(item, _STRUCTURE_KEYS, place)
    if item["type"] not in TYPES or item["merge"] != STRUCTURE:
        raise FormError(f"{place}: tipe atau aturan gabung tak dikenal")
    return Field(
        id=key,
        type=item["type"],
        merge=STRUCTURE,
        required=item.get("required", False),
        refers=item.get("refers"),
        choices=_choices(item.get("choices", []), lists, place),
        sticky=tuple(item.get("sticky", ())),
    )


def _section(folder: Path, kind: str, name: str, lists: Mapping[str, tuple[Choice, ...]]) -> Section:
    item = _json(folder / kind / f"{name}.json")
    _keys(item, frozenset(("id", "title", "module", "pass", "fields")), f"{kind}/{name}")
    if item["id"] != name:
        raise FormError(f"{kind}/{name}: id bagian tidak sama dengan nama berkas")
    module = item.get("module")
    questions = tuple(_field(kind, part, lists, name, module) for part in item["fields"])
    return Section(name, item["title"], questions, module, item.get("pass"))


def _field(
    kind: str, item: Mapping[str, Any], lists: Mapping[str, tuple[Choice, ...]], section: str, module: str | None
) -> Field:
    place = f"{kind}.{item.get('id')}"
    _keys(item, _FIELD_KEYS, place)
    if item.get("type") not in TYPES:
        raise FormError(f"{place}: tipe {item.get('type')!r} tak dikenal")
    if item.get("merge", "observed") not in POLICIES:
        raise FormError(f"{place}: aturan gabung {item['merge']!r} tak dikenal")
    plain = {key: item[key] for key in item if key not in ("choices", "groups", "columns", "checks", "print")}
    return Field(
        **plain,
        choices=_choices(item.get("choices", []), lists, place),
        groups=tuple(Group(**{**part, "choices": tuple(part["choices"])}) for part in item.get("groups", [])),
        columns=tuple(_field(place, part, lists, section, module) for part in item.get("columns", [])),
        checks=tuple(Check(**part) for part in item.get("checks", [])),
        print=tuple(item.get("print", [])),
        section=section,
        module=module,
    )


def _choices(items: Any, lists: Mapping[str, tuple[Choice, ...]], place: str) -> tuple[Choice, ...]:
    """Choices given inline, or the name of a list in lists.json."""
    if isinstance(items, str):
        if items not in lists:
            raise FormError(f"{place}: daftar {items!r} tidak ada")
        return lists[items]
    found = tuple(Choice(**item) for item in items)
    if len({choice.value for choice in found}) != len(found):
        raise FormError(f"{place}: nilai pilihan ganda")
    return found


def _keys(item: Mapping[str, Any], allowed: frozenset[str], place: str) -> None:
    unknown = sorted(set(item) - allowed)
    if unknown:
        raise FormError(f"{place}: kunci tak dikenal {unknown}")


def rules_of(form: Form) -> Iterator[tuple[str, str, Any]]:
    """Every rule of the form as (kind, place, rule), for tests and tools."""
    for kind in form.kinds.values():
        for item in kind.fields.values():
            yield kind.name, f"{kind.name}.{item.id}", item.show_if
            for check in item.checks:
                yield kind.name, f"{kind.name}.{item.id}/{check.id}", check.rule
