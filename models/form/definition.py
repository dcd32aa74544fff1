"""The form as typed, frozen data: kinds, sections, fields, choices, roles, settings.

`load()` reads one published version from `models/form/<version>/`: `form.json`, `lists.json`, one
`<kind>.json` with the kind's structure, and one `<kind>/<section>.json` per page of questions.
A wrong file is refused at load with `FormError`, which names the file and the place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from models.form.rules import NONRESPONSE, Rule

FOLDER = Path(__file__).parent
TYPES = ("text", "integer", "number", "date", "choice", "choices", "boolean", "nik", "kk", "phone", "position", "rows")
POLICIES = ("observed", "office", "set", "sticky")
STRUCTURE = "structure"


class FormError(ValueError):
    """The definition is wrong; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a list. `siak` is its code in SIAK/OpenSID files, `exclusive` answers stand alone."""

    value: str
    label: str
    siak: str | None = None
    group: str | None = None
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What the kader picks and the PKK book prints: several finer choices under one name.

    A group is stored by its own value only where no finer choice is known; `ask` means the
    phone asks for the finer one at once (janda/duda: cerai hidup or cerai mati).
    """

    value: str
    label: str
    choices: tuple[str, ...]
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A soft check: where `rule` holds the answer looks odd and `message` asks. Never refuses.

    `always`: also looked at while its question has no answer, because the rule is about the record itself.
    """

    id: str
    level: str
    rule: Rule
    message: str
    always: bool = False


@dataclass(frozen=True)
class Field:
    """One question, one structural key (`merge` = "structure") or one column of rows."""

    id: str
    type: str
    label: str = ""
    help: str = ""
    required: bool = False
    show_if: Rule = True
    choices: tuple[Choice, ...] = ()
    groups: tuple[Group, ...] = ()
    columns: tuple["Field", ...] = ()
    default: Mapping[str, Any] | None = None
    merge: str = "observed"
    sensitivity: str = "pribadi"
    valid_days: int | None = None
    min: float | str | None = None
    max: float | str | None = None
    widget: str | None = None
    refers: str | None = None
    precision: str | None = None
    generated: str | None = None
    print: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    section: str = ""
    module: str | None = None
    sticky: tuple[str, ...] = ()

    @cached_property
    def values(self) -> frozenset[str]:
        """Every value a choice may hold: finer choices and group names."""
        return frozenset(c.value for c in self.choices) | frozenset(g.value for g in self.groups)

    @cached_property
    def as_given(self) -> frozenset[str]:
        """Words this question stores exactly as they are given: its choices, and the non-responses."""
        whole = {g.value for g in self.groups if len(g.choices) > 1} if self.type == "choice" else set()
        finer = {c.value for c in self.choices} if self.type == "choice" else set()
        return frozenset(whole | finer | set(NONRESPONSE))

    def takes_as_given(self, value: Any) -> bool:
        """Whether a value is stored exactly as it is, without being read."""
        if type(value) is str:
            return value in self.as_given
        return value is None or (type(value) is bool and self.type == "boolean")

    def group_of(self, value: str) -> Group | None:
        """The group a stored value belongs to (or is), None where the field has no groups."""
        return next((g for g in self.groups if value == g.value or value in g.choices), None)

    def choice(self, value: str) -> Choice | None:
        """The finer choice of that value; None for a group name or an unknown value."""
        return next((c for c in self.choices if c.value == value), None)


@dataclass(frozen=True, slots=True)
class Section:
    """One page of questions. `phase` "roster" pages are asked for all members first."""

    id: str
    title: str
    fields: tuple[Field, ...]
    module: str | None = None
    phase: str | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of record: its structural keys and its sections of questions."""

    name: str
    title: str
    structure: Mapping[str, Field]
    sections: tuple[Section, ...]

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Questions by id, in the order they are asked (structural keys are not among them)."""
        return {item.id: item for section in self.sections for item in section.fields}

    @cached_property
    def as_given(self) -> Mapping[str, frozenset[Any]]:
        """By question: the texts, truths and None that are stored exactly as they are given."""
        truths = {item.id: {True, False} if item.type == "boolean" else set() for item in self.fields.values()}
        return {key: item.as_given | truths[key] | {None} for key, item in self.fields.items()}

    @cached_property
    def checks(self) -> tuple[tuple[str, Check], ...]:
        """Every soft check with its question's id, in the order of the questions."""
        return tuple((item.id, check) for item in self.fields.values() for check in item.checks)

    @cached_property
    def checks_of(self) -> Mapping[str, tuple[int, ...]]:
        """The places in ``checks`` by question."""
        places = enumerate(self.checks)
        found: dict[str, tuple[int, ...]] = {}
        for at, (field_id, _) in places:
            found[field_id] = (*found.get(field_id, ()), at)
        return found

    @cached_property
    def always_checked(self) -> frozenset[int]:
        """The places in ``checks`` of those looked at while their question has no answer."""
        return frozenset(at for at, (_, check) in enumerate(self.checks) if check.always)

    def field(self, key: str) -> Field | None:
        """A question or a structural key; None for a key this version does not know."""
        return self.fields.get(key) or self.structure.get(key)


@dataclass(frozen=True)
class Form:
    """One published version of the form.

    `complete` names the kinds whose core questions make a door complete; `populations` who is counted where;
    `derived` the numbers of the paper form that are counted, never asked, as recap measures by item; `roles` and
    `meanings` the questions and values code may rely on.
    """

    version: str
    title: str
    valid_from: str
    previous: str | None
    kinds: Mapping[str, Kind]
    complete: tuple[str, ...]
    nonresponse: tuple[Choice, ...]
    nonresponse_fraction: float
    settings: Mapping[str, Any]
    populations: Mapping[str, Rule]
    derived: Mapping[str, tuple[str, ...]]
    modules: tuple[Mapping[str, Any], ...]
    sensitivity: tuple[Choice, ...]
    roles: Mapping[str, Mapping[str, str]]
    meanings: Mapping[str, Mapping[str, tuple[str, ...]]]
    raw: Mapping[str, Any] = field(repr=False, default_factory=dict)

    def role(self, kind: str, role: str) -> str:
        """The field id that plays a role, `form.role("member", "name")`. Raises KeyError."""
        return self.roles[kind][role]

    def meaning(self, kind: str, role: str, name: str) -> frozenset[str]:
        """The values with a meaning code relies on, `form.meaning("member", "sex", "female")`."""
        return frozenset(self.meanings[f"{kind}.{role}"][name])

    def field(self, kind: str, key: str) -> Field | None:
        """A question or structural key of a kind; None for an unknown kind or key."""
        found = self.kinds.get(kind)
        return found.field(key) if found else None

    def policy(self, kind: str, key: str) -> str:
        """Merge policy: observed, office, set, sticky or structure; unknown keys are observed."""
        found = self.field(kind, key)
        return found.merge if found else "observed"

    def public(self) -> dict[str, Any]:
        """The JSON of GET /api/form."""
        from models.form.public import public

        return public(self)


@cache
def versions() -> tuple[str, ...]:
    """Published versions, oldest first."""
    found = (item.name for item in FOLDER.iterdir() if (item / "form.json").is_file())
    return tuple(sorted(found, key=lambda name: [int(part) for part in name.split(".")]))


def load(version: str | None = None) -> Form:
    """A published version (default: the newest), always one object. Raises FormError; KeyError for an unknown one."""
    wanted = versions()[-1] if version is None else version
    if wanted not in versions():
        raise KeyError(wanted)
    return _read(wanted)


@cache
def _read(version: str) -> Form:
    from models.form.parser import read

    return read(FOLDER / version)
