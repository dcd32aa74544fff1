"""Carries answers of one form version to the next and back, so that old phones stay understood.

One step is a pair of pure functions between neighbouring versions n and n+1, per kind. Longer ways are joined
steps. What a step does not name stays as it is: unknown answers are kept, never dropped, on the way up; on the way
down `hidden` names what the older form cannot show, so that its pull leaves it out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Change: TypeAlias = Callable[[str, dict[str, Any]], dict[str, Any]]


class NoWayError(KeyError):
    """No published steps lead from one version to the other: the edit waits in quarantine."""


@dataclass(frozen=True, slots=True)
class Step:
    """From version `older` to `newer`. `up` and `down` take (kind, answers) and return new answers."""

    older: str
    newer: str
    up: Change
    down: Change
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Ladder:
    """The published versions, oldest first, and the step between each pair of neighbours."""

    versions: tuple[str, ...]
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        pairs = tuple(zip(self.versions, self.versions[1:], strict=False))
        if tuple((step.older, step.newer) for step in self.steps) != pairs:
            raise ValueError(f"steps {self.steps} do not join {self.versions}")

    def carry(self, kind: str, answers: Mapping[str, Any], source: str, target: str) -> dict[str, Any]:
        """Answers of form `source` as form `target` writes them. Raises NoWayError; the input stays untouched."""
        for change in self._way(source, target):
            answers = change(kind, dict(answers))
        return dict(answers)

    def hidden(self, kind: str, target: str) -> frozenset[str]:
        """Field ids of the newest form that form `target` cannot show."""
        start = self._place(target)
        found: Iterable[frozenset[str]] = (step.hidden.get(kind, frozenset()) for step in self.steps[start:])
        return frozenset().union(*found)

    def _way(self, source: str, target: str) -> list[Change]:
        start, end = self._place(source), self._place(target)
        if start <= end:
            return [step.up for step in self.steps[start:end]]
        return [step.down for step in reversed(self.steps[end:start])]

    def _place(self, version: str) -> int:
        if version not in self.versions:
            raise NoWayError(version)
        return self.versions.index(version)


def rename(kind: str, older: str, newer: str) -> tuple[Change, Change]:
    """Up and down of one renamed question: the answer moves, nothing else changes."""
    return _move(kind, older, newer), _move(kind, newer, older)


def _move(kind: str, source: str, target: str) -> Change:
    def change(of: str, answers: dict[str, Any]) -> dict[str, Any]:
        if of != kind or source not in answers:
            return answers
        return {target if key == source else key: value for key, value in answers.items() if key != target}

    return change


def recode(kind: str, question: str, values: Mapping[str, str]) -> tuple[Change, Change]:
    """Up and down of renamed options of a choice or choices question; other values stay as they are."""
    back = {new: old for old, new in values.items()}
    if len(back) != len(values):
        raise ValueError(f"{kind}.{question}: two options become one, which cannot be undone")
    return _recode(kind, question, values), _recode(kind, question, back)


def _recode(kind: str, question: str, values: Mapping[str, str]) -> Change:
    def change(of: str, answers: dict[str, Any]) -> dict[str, Any]:
        if of != kind or question not in answers:
            return answers
        value = answers[question]
        new = [values.get(item, item) for item in value] if isinstance(value, list) else _swap(values, value)
        return answers | {question: new}

    return change


def _swap(values: Mapping[str, str], value: Any) -> Any:
    return values.get(value, value) if isinstance(value, str) else value


def joined(*changes: Change) -> Change:
    """Several changes one after the other."""

    def change(kind: str, answers: dict[str, Any]) -> dict[str, Any]:
        for one in changes:
            answers = one(kind, answers)
        return answers

    return change


PUBLISHED = Ladder(versions=("2026.1",), steps=())
"""Every version ever published; `tests/models/form/test_upcast.py` holds it to the folders beside this file."""
