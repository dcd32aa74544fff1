"""The closed rule language: when a question is asked, when a person is counted.

A rule is `true`, `false` or a prefix list, for example
`["and", ["=", "jenis_kelamin", "P"], ["age>=", 10]]`. It reads two things: the answers of one
record (structural keys included) and a context (`docs/form/rules.md` lists the keys). Nothing is
three-valued: whatever is missing, of the wrong type or unknown makes a comparison false.
A rule is compiled once into nested functions: the form's rules are decided thousands of times a second.
The phone's twin is `pwa/src/form/rules.ts`; both are held to `tests/vectors/rules.json`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import ge, gt, le, lt
from typing import Any, TypeAlias

Rule: TypeAlias = bool | Sequence[Any]
Answers: TypeAlias = Mapping[str, Any]
Context: TypeAlias = Mapping[str, Any]

Decider: TypeAlias = Callable[[Answers, Context], bool]
Operand: TypeAlias = Callable[[Answers, Context], Any]

_LISTS = (list, tuple)
_PLAIN_VALUES = (str, bool, int, float)
NONRESPONSE = ("tidak_tahu", "tidak_mau_menjawab")
MAX_DEPTH = 16
MOST_COMPILED = 4096
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_NO_ANSWER: tuple[Any, ...] = (None, "", [], ())
_NOTHING: Mapping[str, Any] = {}


class RuleError(ValueError):
    """A rule that is not of the language; the message names the place."""


def is_answered(value: Any) -> bool:
    """True for any stored answer, a non-response included; null, "" and [] are no answer."""
    return value is not None and value != "" and value != [] and value != ()  # noqa: PLR1714 (0 and False are answers)


def is_known(value: Any) -> bool:
    """True for an answer that says something: answered and not a non-response."""
    return is_answered(value) and not (isinstance(value, str) and value in NONRESPONSE)


def applies(rule: Rule, answers: Answers, context: Context) -> bool:
    """Decide a rule for one record. Raises RuleError where the rule is not of the language."""
    known = _compiled.get(id(rule))
    if known is None or known[0] is not rule:
        known = (rule, compile_rule(rule))
        if len(_compiled) >= MOST_COMPILED:
            _compiled.clear()
        _compiled[id(rule)] = known
    return known[1](answers, context)


_compiled: dict[int, tuple[Rule, Decider]] = {}
"""By the rule's identity; the rule is kept beside its function, so that its identity stays its own."""


def compile_rule(rule: Rule, depth: int = 0) -> Decider:
    """Return the function that decides a rule. Raises RuleError where any part of it is not of the language."""
    if rule is True or rule is False:
        return lambda _answers, _context: bool(rule)
    if depth >= MAX_DEPTH:
        raise RuleError("aturan terlalu dalam")
    if type(rule) not in _LISTS or not rule:
        raise RuleError(f"bukan aturan: {rule!r}")
    name, args = rule[0], rule[1:]
    if type(name) is not str:
        raise RuleError(f"bukan operator: {name!r}")
    plain = _PLAIN.get(name)
    if plain is not None:
        arity, make = plain
        if len(args) != arity or (type(args[0]) is not str and name not in _AGES):
            raise RuleError(f"{name} butuh {arity} bagian, yang pertama nama: {rule!r}")
        return make(*args)
    if name not in _NESTED:
        raise RuleError(f"operator tak dikenal: {name!r}")
    return _NESTED[name](args, depth + 1)


def _operand(value: Any) -> Operand:
    """A literal, or {"field": id}, {"context": key}, {"setting": key}."""
    if type(value) in _PLAIN_VALUES or not isinstance(value, Mapping):
        return lambda _answers, _context: value
    if len(value) != 1:
        raise RuleError(f"pembanding tak dikenal: {value!r}")
    ((source, key),) = value.items()
    if source not in {"field", "context", "setting"}:
        raise RuleError(f"pembanding tak dikenal: {value!r}")
    if not isinstance(key, str):
        return lambda _answers, _context: None
    if source == "field":
        return lambda answers, _context: answers.get(key)
    if source == "context":
        return lambda _answers, context: context.get(key)
    return lambda _answers, context: _settings(context).get(key)


def _settings(context: Context) -> Mapping[str, Any]:
    found = context.get("settings")
    return found if isinstance(found, Mapping) else _NOTHING


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _equal(left: Any, right: Any) -> bool:
    """Strict: numbers with numbers, text with text, booleans with booleans; nothing else."""
    kind = type(left)
    if kind is str or kind is bool:
        return kind is type(right) and bool(left == right)
    return _is_number(left) and _is_number(right) and bool(left == right)


def _ordered(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    """Numbers by size, ISO days by date; any other pair is false."""
    if _is_number(left) and _is_number(right):
        return compare(left, right)
    days = isinstance(left, str) and isinstance(right, str)
    if days and _DAY.fullmatch(left) and _DAY.fullmatch(right):
        return compare(left, right)
    return False


def _listed(value: Any, options: Sequence[Any]) -> bool:
    return any(_equal(value, option) for option in options)


def _literals(options: Any) -> Sequence[Any]:
    if not isinstance(options, Sequence) or isinstance(options, str):
        raise RuleError(f"bukan daftar: {options!r}")
    return options


def _chosen(answers: Answers, field: str) -> Sequence[Any]:
    value = answers.get(field)
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _equals(field: str, wanted: Any) -> Decider:
    if type(wanted) is str or type(wanted) is bool:
        kind = type(wanted)
        return lambda answers, _: (value := answers.get(field)) == wanted and type(value) is kind
    operand = _operand(wanted)
    return lambda answers, context: _equal(answers.get(field), operand(answers, context))


def _differs(field: str, wanted: Any) -> Decider:
    """Both sides known and different; use ["not", ["=", …]] where "unknown" should pass."""
    operand = _operand(wanted)

    def decide(answers: Answers, context: Context) -> bool:
        left, right = answers.get(field), operand(answers, context)
        return is_known(left) and is_known(right) and not _equal(left, right)

    return decide


def _in(field: str, options: Any) -> Decider:
    listed = _literals(options)
    if all(type(option) is str for option in listed):
        words = frozenset(listed)
        return lambda answers, _: type(value := answers.get(field)) is str and value in words
    return lambda answers, _: _listed(answers.get(field), listed)


def _has_any(field: str, options: Any) -> Decider:
    listed = _literals(options)
    return lambda answers, _: any(_listed(value, listed) for value in _chosen(answers, field))


def _has_all(field: str, options: Any) -> Decider:
    listed = _literals(options)

    def decide(answers: Answers, _context: Context) -> bool:
        chosen = _chosen(answers, field)
        return all(_listed(option, chosen) for option in listed)

    return decide


def _is(key: str, wanted: Any) -> Decider:
    operand = _operand(wanted)
    return lambda answers, context: _equal(context.get(key), operand(answers, context))


def _field_order(sign: str) -> Callable[[str, Any], Decider]:
    compare = _COMPARE[sign]

    def make(field: str, wanted: Any) -> Decider:
        operand = _operand(wanted)
        return lambda answers, context: _ordered(compare, answers.get(field), operand(answers, context))

    return make


def _context_order(sign: str, key: str) -> Callable[[Any], Decider]:
    compare = _COMPARE[sign]

    def make(wanted: Any) -> Decider:
        operand = _operand(wanted)
        return lambda answers, context: _ordered(compare, context.get(key), operand(answers, context))

    return make


_AGES = frozenset(f"{key}{sign}" for key in ("age", "months") for sign in _COMPARE)
_PLAIN: dict[str, tuple[int, Callable[..., Decider]]] = {
    "=": (2, _equals),
    "!=": (2, _differs),
    "in": (2, _in),
    "has": (2, lambda field, option: lambda answers, _: _listed(option, _chosen(answers, field))),
    "any": (2, _has_any),
    "all": (2, _has_all),
    "answered": (1, lambda field: lambda answers, _: is_answered(answers.get(field))),
    "known": (1, lambda field: lambda answers, _: is_known(answers.get(field))),
    "flag": (1, lambda key: lambda _, context: context.get(key) is True),
    "is": (2, _is),
    "setting": (2, lambda key, wanted: lambda _, context: _equal(_settings(context).get(key), wanted)),
    **{sign: (2, _field_order(sign)) for sign in _COMPARE},
    **{f"{key}{sign}": (1, _context_order(sign, key)) for key in ("age", "months") for sign in _COMPARE},
}


def _and(rules: Sequence[Any], depth: int) -> Decider:
    parts = [compile_rule(rule, depth) for rule in rules]

    def decide(answers: Answers, context: Context) -> bool:
        for part in parts:  # noqa: SIM110 (a generator costs more than the rule)
            if not part(answers, context):
                return False
        return True

    return decide


def _or(rules: Sequence[Any], depth: int) -> Decider:
    parts = [compile_rule(rule, depth) for rule in rules]

    def decide(answers: Answers, context: Context) -> bool:
        for part in parts:  # noqa: SIM110 (a generator costs more than the rule)
            if part(answers, context):
                return True
        return False

    return decide


def _not(args: Sequence[Any], depth: int) -> Decider:
    _arity("not", args, 1)
    part = compile_rule(args[0], depth)
    return lambda answers, context: not part(answers, context)


def _rows(args: Sequence[Any], depth: int) -> Decider:
    """True where at least one row of a `rows` answer satisfies the inner rule."""
    _arity("rows", args, 2)
    field, part = args[0], compile_rule(args[1], depth)
    return lambda answers, context: any(
        part(row, context) for row in _chosen(answers, field) if isinstance(row, Mapping)
    )


def _of(args: Sequence[Any], depth: int) -> Decider:
    """Read another record's answers, handed over in the context: member, household, family."""
    _arity("of", args, 2)
    key, part = args[0], compile_rule(args[1], depth)

    def decide(_answers: Answers, context: Context) -> bool:
        other = context.get(key)
        return part(other if isinstance(other, Mapping) else _NOTHING, context)

    return decide


def _arity(name: str, args: Sequence[Any], count: int) -> None:
    is_named = count == 1 or (len(args) > 0 and isinstance(args[0], str))
    if len(args) != count or not is_named:
        raise RuleError(f"{name} butuh {count} bagian")


_NESTED: dict[str, Callable[[Sequence[Any], int], Decider]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "rows": _rows,
    "of": _of,
}
OPERATORS: frozenset[str] = frozenset(_PLAIN) | frozenset(_NESTED)
