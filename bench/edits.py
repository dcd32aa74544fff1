"""The second round on workload W: a fifth of the records edited by their owner, a fiftieth also by somebody else.

Of those edited twice from one base, half clash in one field and half touch different fields.
"""

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from bench.workload import EDITED, PLAIN, Maker, Workload
from models.form.definition import Field, load


@dataclass(frozen=True)
class Change:
    """New values for some fields of one record."""

    id: str
    kind: str
    dasawisma: str
    values: dict[str, Any]


@dataclass
class SecondRound:
    """Edits by the owners of each dasa wisma, and by others from the same base."""

    first: dict[str, list[Change]] = field(default_factory=dict)
    second: list[Change] = field(default_factory=list)
    same: set[str] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)

    def owners(self) -> dict[str, Change]:
        """The owners' edits by record."""
        return {change.id: change for changes in self.first.values() for change in changes}


def second_round(whole: Workload, seed: int = 2, share: float = 0.2, both: float = 0.02) -> SecondRound:
    """Edits of one to three fields; half of those made twice clash in one field, half touch different fields."""
    editor, made = Editor.of_seed(seed), SecondRound()
    random, documents = editor.random, whole.documents()
    chosen = random.sample(documents, round(len(documents) * share))
    for document in chosen:
        change = editor.change(document, random.randint(1, 3))
        made.first.setdefault(change.dasawisma, []).append(change)
    owners = made.owners()
    for number, document in enumerate(random.sample(chosen, round(len(documents) * both))):
        mine = owners[document["id"]]
        if number % 2:
            made.second.append(editor.change(document, 1, avoid=mine.values.keys()))
            made.apart.add(document["id"])
        else:
            _clash(made, editor, document, mine)
    return made


def _clash(made: SecondRound, editor: "Editor", document: dict[str, Any], mine: Change) -> None:
    """Give both the same text field with different values."""
    item = editor.editable(document, types=("text",))[0]
    values = {item.id: editor.other(document, item)}
    replaced = replace(mine, values={**mine.values, **values})
    owner = made.first[mine.dasawisma]
    owner[owner.index(mine)] = replaced
    theirs = editor.other(document | values, item)
    while theirs == document[item.id]:
        theirs = editor.other(document | values, item)
    made.second.append(replace(mine, values={item.id: theirs}))
    made.same.add(mine.id)


@dataclass(frozen=True)
class Editor:
    """Draws new values for what a record has answered."""

    maker: Maker
    random: Random

    @classmethod
    def of_seed(cls, seed: int) -> "Editor":
        """An editor of its own."""
        random = Random(seed)  # noqa: S311 (invented work, not secrets)
        return cls(Maker(load(), random), random)

    def editable(self, document: dict[str, Any], types: tuple[str, ...] = PLAIN) -> list[Field]:
        """The questions of a record that a second round may touch."""
        form, kind = self.maker.form, document["kind"]
        items = (form.kinds[kind].fields[form.role(kind, role)] for role in EDITED[kind])
        return [item for item in items if item.id in document and item.type in types]

    def change(self, document: dict[str, Any], count: int, avoid: Any = ()) -> Change:
        """New values for some of its questions."""
        items = [item for item in self.editable(document) if item.id not in avoid]
        chosen = self.random.sample(items, min(count, len(items)))
        values = {item.id: self.other(document, item) for item in chosen}
        return Change(document["id"], document["kind"], document["dasawisma"], values)

    def other(self, document: dict[str, Any], item: Field) -> Any:
        """A value the record does not have now."""
        value = document[item.id]
        while value == document[item.id]:
            value = self.maker.value(document["kind"], item)
        return value
