"""Decides the columns of OpenSID's files by reading `models/form/exchange/opensid*.json` against a form version.

Nothing here names a question: the reader finds NIK, KK number, name, birth day and kinship by the roles of the form.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

from models.exchange.columns import Column, Columns, squeezed
from models.form.definition import Form, load

FOLDER = Path(__file__).resolve().parent.parent / "form" / "exchange"
TYPES = {"number16": "nik", "day": "date", "list": "choice", "state": "choice", "event": "choice"}


@cache
def opensid_columns(version: str | None = None) -> Columns:
    """The 43 columns and the extra one, read against a form version (default: the newest)."""
    form = load(version)
    mapping = orjson.loads((FOLDER / "opensid.json").read_bytes())
    lists = orjson.loads((FOLDER / "opensid-lists.json").read_bytes())
    lines = mapping["columns"] + mapping["extra"]
    columns = tuple(_column(line, lists, form) for line in lines)
    state = next(line for line in lines if line["read"] == "state")
    return Columns(
        all=columns,
        standard=tuple(line["column"] for line in mapping["columns"]),
        nik=_named(lines, form, "member", "nik"),
        kk=_named(lines, form, "family", "number"),
        name=_named(lines, form, "member", "name"),
        born=_named(lines, form, "member", "born"),
        kinship=_named(lines, form, "member", "kinship"),
        status=state["column"],
        alive=next(value for value, becomes in state["states"].items() if becomes == "active"),
        states={becomes: value for value, becomes in state["states"].items()},
        heads=form.meaning("member", "kinship", "head"),
        without_nik=(form.role("member", "nik_reason"), min(form.meaning("member", "nik_reason", "none_yet"))),
    )


@cache
def rtm_columns() -> tuple[tuple[str, str, str], Column]:
    """Headings of an RTM file (NIK, number, relation), and the column that tells the head."""
    mapping = orjson.loads((FOLDER / "opensid.json").read_bytes())["rtm"]
    lists = orjson.loads((FOLDER / "opensid-lists.json").read_bytes())
    nik, number, relation = (line["column"] for line in mapping)
    return (nik, number, relation), _with_list(Column(relation, "choice"), lists[mapping[2]["list"]])


def _named(lines: list[dict[str, Any]], form: Form, kind: str, role: str) -> str:
    wanted = (kind, form.role(kind, role))
    return next(str(line["column"]) for line in lines if (line.get("kind"), line.get("field")) == wanted)


def _column(line: dict[str, Any], lists: dict[str, Any], form: Form) -> Column:
    targets = [(line["kind"], line["field"])] if "field" in line else []
    if "prefill" in line:
        targets.append((line["prefill"]["kind"], line["prefill"]["field"]))
    kind = TYPES.get(line["read"], line["read"])
    if kind == "nik" and targets and targets[0] == ("family", form.role("family", "number")):
        kind = "kk"
    role = line.get("area") or line.get("part") or {"state": "status", "area": line["column"]}.get(line["read"])
    column = Column(line["column"], kind, role, tuple(targets))
    return _with_list(column, lists[line["list"]]) if "list" in line else column


def _with_list(column: Column, values: dict[str, Any]) -> Column:
    words = {squeezed(word): value for value, line in values.items() for word in line["words"]}
    return Column(
        column.name,
        column.type,
        column.role,
        column.targets,
        by_code={line["code"]: value for value, line in values.items()},
        by_word=words,
        printed={value: (line["code"], line["words"][0]) for value, line in values.items()},
    )
