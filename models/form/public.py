"""The form as JSON for GET /api/form: what a phone needs to ask, check, skip and merge.

Shape: {"version", "kinds": {kind: {"title", "structure", "sections": [{"id", "title", "module", "fields": […]}]}},
"nonresponse", "roles", "meanings", "settings", "modules", "complete"}. Every field carries id, type, label, help,
required, choices, merge, sensitivity, valid_days and show_if; further keys only where they say something.
"""

from typing import Any

from models.form.definition import Check, Choice, Field, Form, Kind, Section


def public(form: Form) -> dict[str, Any]:
    """The whole form as plain JSON values."""
    return {
        "version": form.version,
        "title": form.title,
        "kinds": {name: _kind(kind) for name, kind in form.kinds.items()},
        "complete": list(form.complete),
        "nonresponse": {
            "fraction": form.nonresponse_fraction,
            "choices": [_choice(choice) for choice in form.nonresponse],
        },
        "roles": {kind: dict(roles) for kind, roles in form.roles.items()},
        "meanings": {key: {n: list(v) for n, v in item.items()} for key, item in form.meanings.items()},
        "settings": dict(form.settings),
        "populations": dict(form.populations),
        "modules": [dict(item) for item in form.modules],
        "sensitivity": [_choice(choice) for choice in form.sensitivity],
    }


def _kind(kind: Kind) -> dict[str, Any]:
    return {
        "title": kind.title,
        "structure": {key: _structural(item) for key, item in kind.structure.items()},
        "sections": [_section(section) for section in kind.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    found: dict[str, Any] = {"id": section.id, "title": section.title, "module": section.module}
    if section.phase:
        found["pass"] = section.phase
    return {**found, "fields": [_field(item) for item in section.fields]}


def _structural(item: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"type": item.type, "merge": item.merge, "required": item.required}
    if item.choices:
        found["choices"] = [_choice(choice) for choice in item.choices]
    return {**found, **_present(item, "refers"), **({"sticky": list(item.sticky)} if item.sticky else {})}


def _field(item: Field) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": item.id,
        "type": item.type,
        "label": item.label,
        "help": item.help,
        "required": item.required,
        "choices": [_choice(choice) for choice in item.choices],
        "merge": item.merge,
        "sensitivity": item.sensitivity,
        "valid_days": item.valid_days,
        "show_if": None if item.show_if is True else item.show_if,
        **_present(item, "default", "min", "max", "widget", "refers", "precision", "generated"),
    }
    if item.groups:
        found["groups"] = [
            {"value": g.value, "label": g.label, "choices": list(g.choices), "ask": g.ask} for g in item.groups
        ]
    if item.columns:
        found["columns"] = [_field(column) for column in item.columns]
    if item.checks:
        found["checks"] = [_check(check) for check in item.checks]
    return found


def _check(check: Check) -> dict[str, Any]:
    found: dict[str, Any] = {"id": check.id, "level": check.level, "rule": check.rule, "message": check.message}
    return found | ({"always": True} if check.always else {})


def _present(item: Field, *names: str) -> dict[str, Any]:
    return {name: getattr(item, name) for name in names if getattr(item, name) is not None}


def _choice(choice: Choice) -> dict[str, Any]:
    found: dict[str, Any] = {"value": choice.value, "label": choice.label}
    if choice.group is not None:
        found["group"] = choice.group
    if choice.exclusive:
        found["exclusive"] = True
    return found
