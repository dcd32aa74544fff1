"""Decides what invented people answer: every open core question, drawn by the weights of answers.json.

The form says what is asked; the weights only say how often which answer comes.  A question without weights gets one
of its choices.  The draw depends on nothing but the random source, so the same seed answers the same.
"""

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from models.form.answers import core_missing
from models.form.context import Door, door_contexts
from models.form.definition import Field, Form
from models.form.rules import applies

WEIGHTS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "answers.json").read_text("utf-8"))
ROUNDS = 6
"""Answers open further questions; so many rounds are more than the form needs."""

Answers = dict[str, Any]


class Household:
    """A door being asked: its records as plain dicts, and what was answered in this visit by record id."""

    def __init__(self, form: Form, identity: str, records: dict[str, tuple[str, Answers]], random: Random) -> None:
        """`records` are (kind, fields) by id; fields are changed in place as answers come."""
        self.form, self.id, self.records, self.random = form, identity, records, random
        self.given: dict[str, Answers] = {}

    def door(self) -> Door:
        """The door as the form's rules see it."""

        def of(wanted: str) -> dict[str, Answers]:
            return {one: fields for one, (kind, fields) in self.records.items() if kind == wanted}

        return Door(self.id, self.records[self.id][1], of("family"), of("member"), of("event"))

    def answer(self, as_of: date, *, until: float = 1.0) -> None:
        """Answer open core questions; `until` below 1 leaves some people unasked (a visit that was cut short)."""
        asked = [one for one, (kind, fields) in self.records.items() if kind != "visit" and self._is_asked(fields)]
        asked = asked[: max(1, round(len(asked) * until))]
        for _ in range(ROUNDS):
            contexts = door_contexts(self.form, self.door(), as_of)
            count = sum(self._fill(one, contexts.get(one, {})) for one in asked)
            if not count:
                return

    def _is_asked(self, fields: Answers) -> bool:
        return fields.get("state") in (None, "active")

    def _fill(self, record: str, context: dict[str, Any]) -> int:
        kind, fields = self.records[record]
        missing = core_missing(self.form, kind, fields, context)
        for name in missing:
            self.set(
                record, name, self._draw(WEIGHTS[kind].get(name), self.form.kinds[kind].fields[name], fields, context)
            )
        return len(missing)

    def set(self, record: str, name: str, value: Any) -> None:
        """Give one answer."""
        self.records[record][1][name] = value
        self.given.setdefault(record, {})[name] = value

    def _draw(self, weights: dict[str, Any] | None, asked: Field, fields: Answers, context: dict[str, Any]) -> Any:
        if weights is None:
            return self._any(asked)
        if "cases" in weights:
            fits = (spec for rule, spec in weights["cases"] if applies(rule, fields, context))
            return self._draw(next(fits, weights["else"]), asked, fields, context)
        return self._by_weights(weights, asked, fields)

    def _by_weights(self, weights: dict[str, Any], asked: Field, fields: Answers) -> Any:
        if "chance" in weights:
            return self.random.random() < weights["chance"]
        if "some" in weights:
            return self._some(weights)
        if "rows" in weights:
            return [row for chosen in fields[weights["rows"]] for row in self._rows(weights["of"], chosen, asked)]
        if "head" in weights:
            return self._head()
        values, chances = zip(*weights["pick"], strict=True)
        return self.random.choices(values, chances)[0]

    def _any(self, asked: Field) -> Any:
        if asked.choices:
            value = self.random.choice(asked.choices).value
            return [value] if asked.type == "choices" else value
        return {"boolean": False, "integer": 1, "number": 1, "choices": []}.get(asked.type, "tidak_tahu")

    def _some(self, weights: dict[str, Any]) -> list[str]:
        if self.random.random() < weights["none_chance"]:
            return [weights["none"]]
        values, chances = zip(*weights["some"], strict=True)
        return list(dict.fromkeys(self.random.choices(values, chances, k=self.random.randint(1, 3))))

    def _rows(self, of: dict[str, list[list[Any]]], chosen: str, asked: Field) -> list[Answers]:
        if chosen not in of:
            return []
        names = [column.id for column in asked.columns]
        values = [chosen, *self.random.choice(of[chosen])]
        return [{"row": self._row_id(), **dict(zip(names, values, strict=True))}]

    def _row_id(self) -> str:
        digits = f"{self.random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def _head(self) -> str:
        kinship, heads = self.form.role("member", "kinship"), self.form.meaning("member", "kinship", "head")
        members = [(one, fields) for one, (kind, fields) in self.records.items() if kind == "member"]
        return next((one for one, fields in members if fields.get(kinship) in heads), members[0][0])
