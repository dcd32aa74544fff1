"""POST /api/sync with bodies from a grammar of hostile values: never a fault, and no bad edit changes another's fate.

``DAWIS_FUZZ_BODIES`` (120) bodies of each kind on SQLite, a third on PostgreSQL; ``DAWIS_FUZZ_SEED`` chooses others.
"""

import itertools
import os

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS31Validator

from tests.builders import DESA
from tests.contract.phone import Phone
from tests.fuzz.after import check, ids
from tests.fuzz.grammar import bad_saves, envelopes, scenes
from tests.fuzz.values import DEEP, written

BODIES = int(os.environ.get("DAWIS_FUZZ_BODIES", "120"))
SEED = int(os.environ.get("DAWIS_FUZZ_SEED", "1"))
READ, UNREAD = (200, 426), (400, 409, 413)
SHORT = 40


def fuzzed(kind: str):
    """Settings of a run: what Hypothesis draws follows from the seed alone."""
    many = BODIES if kind == "sqlite" else BODIES // 3
    quiet = list(HealthCheck)
    run = settings(
        max_examples=many,
        database=None,
        deadline=None,
        suppress_health_check=quiet,
        phases=[Phase.generate],
    )
    return lambda test: seed(SEED)(run(test))


@pytest.fixture
def answer_is_as_published(app):
    document = app.test_client().get("/api/openapi.json").json
    schema = {"$ref": "#/components/schemas/SyncAnswer", "components": document["components"]}
    return OAS31Validator(schema).validate


class Typist:
    """Writes the saves of one scene under names of her own; the same scene gives the same saves under other names."""

    def __init__(self, client, names) -> None:
        self.phone, self.names = Phone(client), names
        self.phone.outbox = next(names)
        self.doors: list[str] = []
        self.called: dict[str, str] = {}

    def name(self) -> str:
        made = next(self.names)
        self.called[made] = f"#{len(self.called)}"
        return made

    def good(self, what: str, number: int) -> None:
        phone = self.phone
        if what == "door" or not self.doors:
            self.doors.append(self.name())
            made = [phone.patch("household", self.doors[-1], dasawisma=f"{DESA}/D001", f_satu=number)]
        else:
            door = self.doors[number % len(self.doors)]
            made = {
                "answer": [phone.patch("household", door, f_satu=number, f_dua=f"{number}")],
                "member": [phone.patch("member", self.name(), household=door, nama="Siti")],
                "knock": [phone.patch("visit", self.name(), household=door, on=phone.today, outcome="selesai", seen=0)],
            }[what]
        phone.save(*made, id=self.name())

    def bad(self, made) -> None:
        edit = self.phone.save(id=next(self.names))
        if isinstance(made, dict):
            patches = made["patches"]
            if isinstance(patches, list):
                patches = [self._named(one) for one in patches]
            edit |= made | {"patches": patches}
        else:
            self.phone.queue[-1] = made

    def envelope(self) -> dict:
        return self.phone.body([]) | {"edits": self.phone.queue, "prev": None}

    def _named(self, patch):
        if isinstance(patch, dict) and patch.get("id", "@new@") == "@new@":
            return patch | {"id": next(self.names)}
        return patch

    def fates(self, answer, good) -> list:
        """What became of the good saves, in words that no name changes."""
        told = [one for one, is_good in zip(answer["verdicts"], good, strict=True) if is_good]
        return [
            (
                one["verdict"],
                one.get("code"),
                [(lost["field"], self.called.get(lost["record"])) for lost in one.get("lost", [])],
            )
            for one in told
        ]


def test_bad_edits__never_change_the_fate_of_the_good_ones(app, world, sign_in, database_kind, answer_is_as_published):
    client, names = sign_in(world.person["siti"]), ids(SEED)

    @fuzzed(database_kind)
    @given(scene=scenes())
    def run(scene):
        with_bad, without = Typist(client, names), Typist(client, names)
        for is_good, made in scene:
            if is_good:
                with_bad.good(*made)
                without.good(*made)
            else:
                with_bad.bad(made)
        answers = []
        for one in (with_bad, without):
            data = written(one.envelope())
            reply = one.phone.post(data)
            assert reply.status_code == 200, (reply.status_code, reply.text, data)
            answers.append(reply.json)
            answer_is_as_published(reply.json)
            assert len(reply.json["verdicts"]) == len(one.phone.queue)
            assert reply.json["applied_through"] == len(one.phone.queue)
        good = [is_good for is_good, _ in scene]
        assert with_bad.fates(answers[0], good) == without.fates(answers[1], [True] * sum(good))
        faults = [
            one for one in answers[0]["verdicts"] if one["verdict"] == "quarantined" and one.get("code") == "fault"
        ]
        assert not faults, faults

    run()
    counts = check(app)
    assert counts["applied"] > SHORT
    assert counts["refused"] > 0
    phone = Phone(client)
    phone.sync()


def test_any_envelope__never_a_fault_and_whoever_comes_after_is_served(
    app, world, sign_in, database_kind, answer_is_as_published
):
    siti, names = Phone(sign_in(world.person["siti"])), ids(SEED + 1)
    budi = Phone(sign_in(world.person["budi"]))
    siti.sync()
    budi.sync()
    statuses = set()
    cursors = {"@cut@": siti.cursor[:-3], "@flip@": "A" + siti.cursor[1:], "@other@": budi.cursor}

    @fuzzed(database_kind)
    @given(envelope=envelopes(), saves=st.lists(bad_saves(), max_size=4), copies=st.sampled_from([1, 1, 1, 1, 60, 201]))
    def run(envelope, saves, copies):
        typist = Typist(siti.client, names)
        typist.good("door", 1)
        for made in itertools.islice(itertools.cycle(saves or [{"patches": []}]), len(saves) * copies):
            typist.bad(made)
        body = typist.envelope() | envelope
        if isinstance(body["cursor"], str):
            body["cursor"] = cursors.get(body["cursor"], body["cursor"])
        if body["outbox"] == "@own@":
            body["outbox"] = typist.phone.outbox
        if isinstance(body["continues"], dict) and body["continues"].get("outbox") == "@own@":
            body["continues"]["outbox"] = typist.phone.outbox
        data = written(body)
        reply = siti.post(data)
        statuses.add(reply.status_code)
        assert reply.status_code in (*READ, *UNREAD), (reply.status_code, data)
        if reply.status_code == 200:
            answer_is_as_published(reply.json)
            assert len(reply.json["verdicts"]) == len(typist.phone.queue)

    run()
    assert statuses >= ({200, 400, 409, 413} if database_kind == "sqlite" else {200, 400})
    check(app)
    for phone in (siti, budi):
        phone.sync()


@pytest.mark.parametrize("mark", sorted(DEEP))
def test_nested_deep__request_unreadable_and_its_neighbours_go_in_alone(phone_of, mark):
    siti = phone_of("siti")
    for number in range(3):
        siti.save(siti.patch("household", next(NAMES), dasawisma=f"{DESA}/D001", f_satu=mark if number == 1 else "x"))
    answer = siti.post(written(siti.body()))
    if answer.status_code == 200:
        assert [one["verdict"] for one in answer.json["verdicts"]] == ["applied", "merged", "applied"]
        return
    assert (answer.status_code, answer.json["code"]) == (400, "request.unreadable")
    bad = siti.queue[1]
    siti.queue[1] = {"n": bad["n"], "id": bad["id"], "raw": "e30="}
    assert [one["verdict"] for one in siti.sync()["verdicts"]] == ["applied", "refused", "applied"]


NAMES = ids(SEED + 2)
