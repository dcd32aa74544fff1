from datetime import date
from random import Random

from models.form.context import Door, door_contexts
from models.form.definition import load
from models.form.findings import door_findings, watched
from tests.builders_form import door_for, value_for

FORM, TODAY = load(), date(2026, 11, 23)


def found(door):
    return door_findings(FORM, door, door_contexts(FORM, door, TODAY), "35.22.14.2011")


def test_watched__is_some_but_not_all():
    members = FORM.kinds["member"].fields.keys()
    assert members & watched(FORM.version)
    assert members - watched(FORM.version)


def test_watched__an_answer_to_another_question__finds_nothing_else():
    """What findings are not looked for after must not be able to change them."""
    for seed in range(40):
        dice = Random(seed)
        door = door_for(FORM, dice, TODAY, people=dice.randint(1, 5))
        before = found(door)
        for kind, records in (
            ("household", {door.id: door.household}),
            ("family", door.families),
            ("member", door.members),
        ):
            for key, answers in records.items():
                for item in FORM.kinds[kind].fields.values():
                    if item.id in watched(FORM.version):
                        continue
                    given = {**answers, item.id: dice.choice([None, value_for(FORM, kind, item, dice, TODAY, answers)])}
                    changed = {**records, key: given}
                    other = Door(
                        door.id,
                        changed[door.id] if kind == "household" else door.household,
                        changed if kind == "family" else door.families,
                        changed if kind == "member" else door.members,
                        door.events,
                    )
                    assert found(other) == before, (seed, kind, item.id, given[item.id])


def test_watched__an_event__can_always_matter():
    assert set(FORM.kinds["event"].fields) <= watched(FORM.version)
