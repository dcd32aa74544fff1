"""What invented people answer."""

from datetime import date
from random import Random

from models.form.answers import check, core_missing
from models.form.context import door_contexts
from models.form.definition import load
from server.demo.answers import WEIGHTS, Household

FORM = load()
DAY = date(2026, 11, 23)


def house(seed: int) -> Household:
    role = FORM.role
    head = {
        role("member", "name"): "Slamet",
        role("member", "born"): "1985-01-01",
        role("member", "sex"): "L",
        "family": "f",
    }
    baby = {
        role("member", "name"): "Ayu",
        role("member", "born"): "2024-01-01",
        role("member", "sex"): "P",
        "family": "f",
    }
    head[role("member", "kinship")], baby[role("member", "kinship")] = "kepala_keluarga", "anak"
    records = {"h": ("household", {}), "f": ("family", {}), "a": ("member", head), "b": ("member", baby)}
    return Household(FORM, "h", records, Random(seed))


def test_answer__any_seed__leaves_no_core_question_and_no_impossible_answer():
    for seed in range(40):
        asked = house(seed)
        asked.answer(DAY)
        contexts = door_contexts(FORM, asked.door(), DAY)
        for one, (kind, fields) in asked.records.items():
            assert core_missing(FORM, kind, fields, contexts[one]) == [], (seed, kind)
            for name, value in asked.given.get(one, {}).items():
                assert check(FORM, kind, name, value) == (value, None)


def test_answer__cut_short__leaves_people_unasked():
    asked = house(1)
    asked.answer(DAY, until=0.6)
    assert "h" in asked.given
    assert "b" not in asked.given


def test_weights__name_only_questions_and_choices_of_the_form():
    for kind, weights in WEIGHTS.items():
        for name, spec in weights.items():
            asked = FORM.kinds[kind].fields[name]
            for value in values_of(spec):
                assert (
                    check(
                        FORM, kind, name, [value] if asked.type == "choices" and not isinstance(value, list) else value
                    )[1]
                    is None
                )


def values_of(spec):
    if "cases" in spec:
        return [value for case in [one for _, one in spec["cases"]] + [spec["else"]] for value in values_of(case)]
    return [value for value, _ in spec.get("pick", spec.get("some", []))]
