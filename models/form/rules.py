"""The closed rule language: when a question is asked, when a person is counted.

A rule is `true`, `false` or a prefix list, for example
`["and", ["=", "jenis_kelamin", "P"], ["age>=", 10]]`. It reads two things: the answers of one
record (structural keys included) and a context (`docs/form/rules.md` lists the keys). Nothing is
three-valued: whatever is missing, of the wrong type or unknown makes a comparison false.
The phone's twin is `pwa/src/form/rules.ts`; both are held to `tests/vectors/rules.json`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Rule: TypeAlias = bool | Sequence[Any]
Answers: TypeAlias = Mapping[str, Any]
Context: TypeAlias = Mapping[str, Any]

_LISTS = (list, tuple)
_PLAIN_VALUES = (str, bool, int, float)
NONRESPONSE = ("tidak_tahu", "tidak_mau_menjawab")
MAX_DEPTH = 16
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


class RuleError(ValueError):
    """A rule that is not of the language; the message names the place."""


def is_answered(value: Any) -> bool:
    """True for any stored answer, a non-response included; null, "" and [] are no answer."""
    return value is not None and value not in ("", [], ())


def is_known(value: Any) -> bool:
    """True for an answer that says something: answered and not a non-response."""
    return is_answered(value) and not (isinstance(value, str) and value in NONRESPONSE)


def applies(rule: Rule, answers: Answers, context: Context) -> bool:
    """Decide a rule for one record. Raises RuleError where the rule is not of the language."""
    return _decide(rule, answers, context, 0)


def _decide(rule: Rule, answers: Answers, context: Context, depth: int) -> bool:
    if rule is True or rule is False:
        return rule
    if depth >= MAX_DEPTH:
        raise RuleError("aturan terlalu dalam")
    if type(rule) not in _LISTS or not rule:
        raise RuleError(f"bukan aturan: {rule!r}")
    name, args = rule[0], rule[1:]
    if type(name) is not str:
        raise RuleError(f"bukan operator: {name!r}")
    plain = _PLAIN.get(name)
    if plain is not None:
        arity, decide = plain
        if len(args) != arity or (type(args[0]) is not str and name not in _AGES):
            raise RuleError(f"{name} butuh {arity} bagian, yang pertama nama: {rule!r}")
        return decide(args, answers, context)
    if name not in _NESTED:
        raise RuleError(f"operator tak dikenal: {name!r}")
    return _NESTED[name](args, answers, context, depth + 1)


def _operand(value: Any, answers: Answers, context: Context) -> Any:
    """A literal, or {"field": id}, {"context": key}, {"setting": key}."""
    if type(value) in _PLAIN_VALUES or not isinstance(value, Mapping):
        return value
    if len(value) != 1:
        raise RuleError(f"pembanding tak dikenal: {value!r}")
    ((source, key),) = value.items()
    places = {"field": answers, "context": context, "setting": _settings(context)}
    if source not in places:
        raise RuleError(f"pembanding tak dikenal: {value!r}")
    return places[source].get(key) if isinstance(key, str) else None


def _settings(context: Context) -> Mapping[str, Any]:
    found = context.get("settings")
    return found if isinstance(found, Mapping) else {}


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _equal(left: Any, right: Any) -> bool:
    """Strict: numbers with numbers, text with text, booleans with booleans; nothing else."""
    kind = type(left)
    if kind is str or kind is bool:
        return kind is type(right) and bool(left == right)
    return _is_number(left) and _is_number(right) and bool(left == right)


def _ordered(name: str, left: Any, right: Any) -> bool:
    """Numbers by size, ISO days by date; any other pair is false."""
    if _is_number(left) and _is_number(right):
        return _COMPARE[name](left, right)
    days = isinstance(left, str) and isinstance(right, str)
    if days and _DAY.fullmatch(left) and _DAY.fullmatch(right):
        return _COMPARE[name](left, right)
    return False


def _listed(value: Any, options: Any) -> bool:
    return any(_equal(value, option) for option in _literals(options))


def _literals(options: Any) -> Sequence[Any]:
    if not isinstance(options, Sequence) or isinstance(options, str):
        raise RuleError(f"bukan daftar: {options!r}")
    return options


def _chosen(answers: Answers, field: str) -> Sequence[Any]:
    value = answers.get(field)
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _equals(args: Sequence[Any], answers: Answers, context: Context) -> bool:
    return _equal(answers.get(args[0]), _operand(args[1], answers, context))


def _differs(args: Sequence[Any], answers: Answers, context: Context) -> bool:
    """Both sides known and different; use ["not", ["=", …]] where "unknown" should pass."""
    left, right = answers.get(args[0]), _operand(args[1], answers, context)
    return is_known(left) and is_known(right) and not _equal(left, right)


def _has_any(args: Sequence[Any], answers: Answers, _: Context) -> bool:
    return any(_listed(value, args[1]) for value in _chosen(answers, args[0]))


def _has_all(args: Sequence[Any], answers: Answers, _: Context) -> bool:
    chosen = _chosen(answers, args[0])
    return all(_listed(option, chosen) for option in _literals(args[1]))


def _field_order(name: str) -> Callable[[Sequence[Any], Answers, Context], bool]:
    return lambda args, answers, context: _ordered(name, answers.get(args[0]), _operand(args[1], answers, context))


def _context_order(name: str, key: str) -> Callable[[Sequence[Any], Answers, Context], bool]:
    return lambda args, answers, context: _ordered(name, context.get(key), _operand(args[0], answers, context))


_AGES = frozenset(f"{key}{sign}" for key in ("age", "months") for sign in _COMPARE)
_PLAIN: dict[str, tuple[int, Callable[[Sequence[Any], Answers, Context], bool]]] = {
    "=": (2, _equals),
    "!=": (2, _differs),
    "in": (2, lambda args, answers, _: _listed(answers.get(args[0]), args[1])),
    "has": (2, lambda args, answers, _: _listed(args[1], _chosen(answers, args[0]))),
    "any": (2, _has_any),
    "all": (2, _has_all),
    "answered": (1, lambda args, answers, _: is_answered(answers.get(args[0]))),
    "known": (1, lambda args, answers, _: is_known(answers.get(args[0]))),
    "flag": (1, lambda args, _, context: context.get(args[0]) is True),
    "is": (2, lambda a, answers, ctx: _equal(ctx.get(a[0]), _operand(a[1], answers, ctx))),
    "setting": (2, lambda a, _, ctx: _equal(_settings(ctx).get(a[0]), a[1])),
    **{sign: (2, _field_order(sign)) for sign in _COMPARE},
    **{f"{key}{sign}": (1, _context_order(sign, key)) for key in ("age", "months") for sign in _COMPARE},
}


def _each(rules: Sequence[Any], answers: Answers, context: Context, depth: int) -> list[bool]:
    """Every part is decided, so that an error in any of them shows whatever the others say."""
    return [_decide(rule, answers, context, depth) for rule in rules]


def _and(rules: Sequence[Any], answers: Answers, context: Context, depth: int) -> bool:
    return all(_each(rules, answers, context, depth))


def _or(rules: Sequence[Any], answers: Answers, context: Context, depth: int) -> bool:
    return any(_each(rules, answers, context, depth))


def _not(args: Sequence[Any], answers: Answers, context: Context, depth: int) -> bool:
    _arity("not", args, 1)
    return not _decide(args[0], answers, context, depth)


def _rows(args: Sequence[Any], answers: Answers, context: Context, depth: int) -> bool:
    """True where at least one row of a `rows` answer satisfies the inner rule."""
    _arity("rows", args, 2)
    rows = [row for row in _chosen(answers, args[0]) if isinstance(row, Mapping)]
    decided = [_decide(args[1], row, context, depth) for row in rows]
    return any(decided)


def _of(args: Sequence[Any], _: Answers, context: Context, depth: int) -> bool:
    """Read another record's answers, handed over in the context: member, household, family."""
    _arity("of", args, 2)
    other = context.get(args[0])
    return _decide(args[1], other if isinstance(other, Mapping) else {}, context, depth)


def _arity(name: str, args: Sequence[Any], count: int) -> None:
    is_named = count == 1 or (len(args) > 0 and isinstance(args[0], str))
    if len(args) != count or not is_named:
        raise RuleError(f"{name} butuh {count} bagian")


_NESTED: dict[str, Callable[[Sequence[Any], Answers, Context, int], bool]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "rows": _rows,
    "of": _of,
}
OPERATORS: frozenset[str] = frozenset(_PLAIN) | frozenset(_NESTED)
