"""Fills doors as an outsider would: from the public JSON of GET /api/form alone, nothing of ours imported."""

from typing import Any

from tests.contract.phone import Phone, new_id

PLAIN = {
    "text": "x",
    "integer": 1,
    "number": 1,
    "date": "1990-05-17",
    "boolean": False,
    "phone": "081234567890",
    "nik": "3522140101900001",
    "kk": "3522140101900001",
    "position": {"lat": -7.2, "lon": 111.9, "accuracy_m": 9},
}


def questions(form: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Every question of a kind."""
    return [item for section in form["kinds"][kind]["sections"] for item in section["fields"]]


def answer(item: dict[str, Any]) -> Any:
    """Some answer of a question, by its type alone."""
    if item["type"] == "choice":
        return item["choices"][0]["value"]
    if item["type"] == "choices":
        return [item["choices"][-1]["value"]]
    if item["type"] == "rows":
        return [{"row": new_id(), **{column["id"]: answer(column) for column in item["columns"]}}]
    return item["min"] if item["type"] in {"integer", "number"} and "min" in item else PLAIN[item["type"]]


def core(form: dict[str, Any], kind: str, **given: Any) -> dict[str, Any]:
    """An answer to every question that is required, asked or not."""
    return {item["id"]: answer(item) for item in questions(form, kind) if item["required"]} | given


def everything(form: dict[str, Any], kind: str, **given: Any) -> dict[str, Any]:
    """An answer to every question that a kader's form shows."""
    return {item["id"]: answer(item) for item in questions(form, kind)} | given


class House:
    """One door that is being filled in: its ids and the patches that make it."""

    def __init__(self, phone: Phone, form: dict[str, Any], dasawisma: str, people: int = 1, fill=core) -> None:
        self.phone, self.form = phone, form
        self.id, self.family, self.people = new_id(), new_id(), [new_id() for _ in range(people)]
        self.answers = {
            self.id: fill(form, "household", dasawisma=dasawisma),
            self.family: fill(form, "family", household=self.id),
        }
        self.kinds = {self.id: "household", self.family: "family"}
        for one in self.people:
            self.answers[one] = fill(form, "member", household=self.id, family=self.family)
            self.kinds[one] = "member"

    def save(self, outcome: str | None = "selesai", on: str | None = None, **more) -> "House":
        """Queue the whole door, and a visit."""
        patches = [self.phone.patch(self.kinds[key], key, **set_) for key, set_ in self.answers.items()]
        if outcome:
            patches.append(self.visit(outcome, on))
        self.phone.save(*patches, visited_on=on or self.phone.today, **more)
        return self

    def visit(self, outcome: str, on: str | None = None, seen: int = 0) -> dict[str, Any]:
        """The patch of a knock."""
        more = {"on": on or self.phone.today, "outcome": outcome, "seen": seen}
        return self.phone.patch("visit", new_id(), household=self.id, **more)

    def knock(self, outcome: str, on: str | None = None, seen: int = 0) -> None:
        """Queue an edit with a knock alone."""
        self.phone.save(self.visit(outcome, on, seen), visited_on=on or self.phone.today)
