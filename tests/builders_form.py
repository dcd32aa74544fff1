"""Legal, complete answers made from the form itself: for tests, never for people.

`answers_for(form, kind, rng, as_of)` answers every core question that is asked; `door_for` makes a whole door.
Both are deterministic for a given `random.Random`. `answers()` is the same as a Hypothesis strategy.
"""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from models.form.answers import read
from models.form.context import Door, ages, door_contexts
from models.form.definition import Field, Form, load
from models.form.rules import applies

NAMES = {
    "male": ("Budi", "Slamet", "Agus", "Eko", "Joko", "Suwarno", "Rizky", "Dimas"),
    "female": ("Siti", "Sri", "Wahyu", "Endang", "Sulastri", "Dewi", "Aisyah", "Rukmini"),
}
LAST = ("Santoso", "Wibowo", "Lestari", "Rahayu", "Handayani", "Pratama", "Utami", "Hidayat")
WORDS = ("jahe", "ayam", "keripik pisang", "Bojonegoro", "simpan pinjam", "RT 03", "kerja bakti")
MODULES, DEFAULTS, TRIES = 0.5, 0.7, 20


def record_id(rng: Random) -> str:
    """A UUID shaped as version 7, from the given randomness."""
    return str(uuid.UUID(int=(rng.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62)) | (7 << 76) | (2 << 62)))


def answers_for(
    form: Form,
    kind: str,
    rng: Random,
    as_of: date,
    *,
    context: dict[str, Any] | None = None,
    modules: bool = False,
    **given: Any,
) -> dict[str, Any]:
    """Answers to every core question asked of one record; `given` answers stand. Modules are half answered on wish."""
    answers = dict(given)
    for item in form.kinds[kind].fields.values():
        facts = context_for(form, kind, answers, as_of) | (context or {})
        wanted = item.required or (modules and item.widget != "hidden" and rng.random() < MODULES)
        if item.id not in answers and wanted and applies(item.show_if, answers, facts):
            answers[item.id] = _likely(form, kind, item, rng, as_of, answers, facts)
    return answers


def _likely(form, kind, item, rng, as_of, answers, facts) -> Any:  # noqa: PLR0917 (one step of answers_for)
    """Often the default; else drawn again while a soft check finds it odd."""
    if item.default and "value" in item.default and rng.random() < DEFAULTS:
        return item.default["value"]
    value = None
    for _ in range(TRIES):
        value = read(item, value_for(form, kind, item, rng, as_of, answers))
        if not any(applies(check.rule, answers | {item.id: value}, facts) for check in item.checks):
            break
    return value


def context_for(form: Form, kind: str, answers: dict[str, Any], as_of: date) -> dict[str, Any]:
    """The least context a record has when nothing else of its door is known."""
    facts: dict[str, Any] = {"as_of": as_of.isoformat(), "settings": form.settings}
    if kind == "member":
        facts["age"], facts["months"] = ages(answers.get(form.role("member", "born")), as_of)
    return facts


def value_for(form, kind, item, rng, as_of, answers) -> Any:  # noqa: PLR0917 (one step of answers_for)
    """A legal value of a question's type, likely enough not to look odd."""
    if kind == "member" and item.id == form.role("member", "name"):
        return name_for(form, rng, answers)
    if kind == "member" and item.id == form.role("member", "born"):
        return (as_of - timedelta(days=rng.randrange(365 * 80))).isoformat()
    return _BY_TYPE[item.type](item, rng, as_of)


def name_for(form: Form, rng: Random, answers: dict[str, Any]) -> str:
    sex = answers.get(form.role("member", "sex"))
    key = "female" if sex in form.meaning("member", "sex", "female") else "male"
    return f"{rng.choice(NAMES[key])} {rng.choice(LAST)}"


def _number(item: Field, rng: Random, _: date) -> int:
    low = item.min if isinstance(item.min, int | float) else 0
    high = item.max if isinstance(item.max, int | float) else 100
    return rng.randint(int(low) + 1, max(int(low) + 1, min(int(high), int(low) + 12)))


def _date(item: Field, rng: Random, as_of: date) -> str:
    day = (as_of - timedelta(days=rng.randrange(3650))).isoformat()
    return min(max(day, str(item.min or day)), str(item.max or day))


def _choices(item: Field, rng: Random, _: date) -> list[str]:
    plain = [choice.value for choice in item.choices if not choice.exclusive]
    alone = [choice.value for choice in item.choices if choice.exclusive]
    return (
        [rng.choice(alone)] if alone and rng.random() < 0.5 else rng.sample(plain, rng.randint(1, min(3, len(plain))))
    )


def _rows(item: Field, rng: Random, as_of: date) -> list[dict[str, Any]]:
    return [
        {"row": record_id(rng)} | {column.id: _BY_TYPE[column.type](column, rng, as_of) for column in item.columns}
        for _ in range(rng.randint(1, 3))
    ]


def _digits(_: Field, rng: Random, __: date) -> str:
    return f"352214{rng.randint(1, 28):02}{rng.randint(1, 12):02}{rng.randint(0, 99):02}{rng.randint(1, 9999):04}"


_BY_TYPE: dict[str, Any] = {
    "text": lambda item, rng, as_of: rng.choice(WORDS),
    "integer": _number,
    "number": _number,
    "date": _date,
    "choice": lambda item, rng, as_of: rng.choice(item.choices).value,
    "choices": _choices,
    "boolean": lambda item, rng, as_of: rng.random() < 0.5,
    "nik": _digits,
    "kk": _digits,
    "phone": lambda item, rng, as_of: f"08{rng.randrange(10**10):010}",
    "position": lambda item, rng, as_of: {
        "lat": -7.15 - rng.random() / 10,
        "lon": 111.88 + rng.random() / 10,
        "accuracy_m": 12,
    },
    "rows": _rows,
}


def member_for(form, rng, as_of, role, age, sex, family) -> dict[str, Any]:  # noqa: PLR0917 (all of them differ)
    """A person of a family: `role` is a meaning of kinship, `age` a range in years, `sex` male or female."""
    low, high = age
    born = as_of - timedelta(days=rng.randint(low * 366, high * 365))
    fixed = {
        "kinship": one(form, "kinship", role),
        "sex": one(form, "sex", sex),
        "residence": one(form, "residence", "stays"),
    }
    fixed |= {"marital": one(form, "marital", "single" if role == "child" else "married")} if low >= 10 else {}
    roles = {form.role("member", key): value for key, value in fixed.items()}
    return answers_for(
        form, "member", rng, as_of, **roles, **{form.role("member", "born"): born.isoformat()}, family=family
    )


def one(form: Form, role: str, name: str) -> str:
    """The first value with a meaning."""
    return form.meanings[f"member.{role}"][name][0]


def door_for(form: Form, rng: Random, as_of: date, *, people: int = 4) -> Door:
    """A complete door with one family: husband, wife, and children up to `people`."""
    house, family = record_id(rng), record_id(rng)
    members = [
        member_for(form, rng, as_of, "head", (28, 60), "male", family),
        member_for(form, rng, as_of, "wife", (25, 48), "female", family),
    ]
    members += [
        member_for(form, rng, as_of, "child", (low, low + 8), rng.choice(("male", "female")), family)
        for low in (rng.choice((0, 5, 10)) for _ in range(people - len(members)))
    ]
    door = Door(
        house,
        answers_for(form, "household", rng, as_of),
        {family: answers_for(form, "family", rng, as_of, household=house)},
        {record_id(rng): member | {"household": house} for member in members[:people]},
    )
    return completed(form, rng, as_of, door)


def completed(form: Form, rng: Random, as_of: date, door: Door) -> Door:
    """The same door with what is asked only because of the others behind it (a balita, a pregnancy)."""
    facts = door_contexts(form, door, as_of)

    def filled(kind: str, records: Mapping[str, Any]) -> dict[str, Any]:
        return {key: answers_for(form, kind, rng, as_of, context=facts[key], **item) for key, item in records.items()}

    house = filled("household", {door.id: door.household})[door.id]
    return Door(door.id, house, filled("family", door.families), filled("member", door.members), door.events)


def answers(kind: str, as_of: date = date(2026, 11, 23)) -> st.SearchStrategy[dict[str, Any]]:
    """Complete answers of a kind as a Hypothesis strategy."""
    return st.randoms(use_true_random=False).map(
        lambda rng: answers_for(load(), kind, rng, as_of, modules=rng.random() < MODULES)
    )
