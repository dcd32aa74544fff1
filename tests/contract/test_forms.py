"""Phones of older and newer forms against servers of four forms: nothing is lost, each is answered in her own words."""

import pytest

from models.form.answers import check
from models.form.definition import load
from models.form.upcast import NoWayError
from models.structure import STRUCTURE
from models.territory import Setting
from server.cli.quarantine import replay_all
from server.recast import recast
from server.transaction import write
from tests import forms
from tests.builders import DESA
from tests.contract.phone import Phone, new_id

SAID = {
    "2026.1": {"sinyal_internet": "kadang", "dinding": "tembok"},
    "2026.2": {"sinyal_hp": "kadang_ada", "pos_ronda": True, "hewan": ["ayam"], "dinding": "tembok"},
    "2027.1": {
        "sinyal_hp": "kadang_ada",
        "pos_ronda": True,
        "ternak": ["ayam", "lele"],
        "atap": "seng_rusak",
        "lantai": "granit",
    },
    "2027.2": {
        "sinyal_hp": "kadang_ada",
        "pos_ronda": True,
        "ternak": ["ayam", "lele"],
        "atap": "seng",
        "atap_rusak": True,
        "lantai": "granit",
    },
}
"""What a kader answers with each form, unknown answers of no form beside it."""
READ = {
    ("2026.1", "2026.1"): SAID["2026.1"],
    ("2026.1", "2026.2"): {"sinyal_hp": "kadang_ada", "dinding": "tembok"},
    ("2026.1", "2027.1"): {"sinyal_hp": "kadang_ada", "dinding": "tembok"},
    ("2026.1", "2027.2"): {"sinyal_hp": "kadang_ada", "dinding": "tembok"},
    ("2026.2", "2026.1"): {"sinyal_internet": "kadang", "dinding": "tembok"},
    ("2026.2", "2027.1"): {"sinyal_hp": "kadang_ada", "pos_ronda": True, "ternak": ["ayam"], "dinding": "tembok"},
    ("2026.2", "2027.2"): {"sinyal_hp": "kadang_ada", "pos_ronda": True, "ternak": ["ayam"], "dinding": "tembok"},
    ("2027.1", "2026.1"): {"sinyal_internet": "kadang"},
    ("2027.1", "2026.2"): {"sinyal_hp": "kadang_ada", "pos_ronda": True, "hewan": ["ayam"]},
    ("2027.1", "2027.2"): SAID["2027.2"],
    ("2027.2", "2026.1"): {"sinyal_internet": "kadang"},
    ("2027.2", "2026.2"): {"sinyal_hp": "kadang_ada", "pos_ronda": True, "hewan": ["ayam"]},
    ("2027.2", "2027.1"): SAID["2027.1"],
}
"""What a phone reads, by (form it was said in, form it is read in), once the server knows both."""
RETIRED = ("dinding",)
KEYS = {
    "applied_through",
    "applied_id",
    "verdicts",
    "records",
    "gone",
    "scope",
    "inbox",
    "cursor",
    "more",
    "server",
    "wait",
}


class FormPhone(Phone):
    """A phone that shows one form."""

    def __init__(self, client, form, app="1.0.0") -> None:
        super().__init__(client)
        self.form, self.app = form, app

    def save(self, *patches, **more):
        return super().save(*patches, **{"form": self.form, **more})

    def body(self, edits=None, **more):
        return super().body(edits, **{"form": self.form, "app": self.app, **more})

    def apply(self, answer):
        check_wire(answer, self.form)
        super().apply(answer)

    def answers(self, household):
        """Answers of a door, without structure and what no form knows."""
        left = {*STRUCTURE["household"], "asing", "alamat"}
        return {key: value for key, value in self.records[household]["fields"].items() if key not in left}


def check_wire(answer, form):
    """The answer has exactly the contract's keys, and every answered question can be read by her form."""
    assert set(answer) == KEYS
    try:
        known = load(form)
    except KeyError:
        return
    for record in answer["records"]:
        kind = record["kind"]
        for key, value in record["fields"].items():
            is_kept = key == "asing" or (key in RETIRED and known.field(kind, key) is None)
            if key in STRUCTURE[kind] or is_kept or value is None:
                continue
            assert known.field(kind, key), (form, key)
            assert check(known, kind, key, value)[1] is None, (form, key, value)
    for verdict in answer["verdicts"]:
        for lost in verdict.get("lost", ()):
            assert known.field("household", lost["field"]), lost


@pytest.fixture
def publish(monkeypatch, tmp_path):
    yield forms.Publisher(monkeypatch, tmp_path)
    monkeypatch.undo()
    forms.forget()


@pytest.fixture
def phone_with(world, sign_in):
    return lambda name, form, **more: FormPhone(sign_in(world.person[name]), form, **more)


@pytest.fixture
def upgrade(publish, keyring):
    """``upgrade("2027.1")``: the server is installed anew, and ``dawis database upgrade`` runs; returns what was replayed."""

    def run(version):
        publish(version)
        with write() as session:
            recast(session, keyring)
        return replay_all("form")

    return run


def door(phone, **answers):
    household = new_id()
    patch = phone.patch("household", household, dasawisma=f"{DESA}/D001", alamat="Jl. Melati", asing="x", **answers)
    phone.save(patch)
    return household


@pytest.mark.parametrize("server", forms.VERSIONS)
def test_matrix__every_form_against_this_server_and_then_the_newest(upgrade, phone_with, app, server):
    upgrade(server)
    phones = {form: phone_with("siti", form) for form in forms.VERSIONS}
    old_app = phone_with("siti", "2026.1", app="0.1")
    doors = {form: door(phone, **SAID[form]) for form, phone in phones.items()}
    for form, phone in phones.items():
        known = forms.VERSIONS.index(form) <= forms.VERSIONS.index(server)
        assert phone.sync()["verdicts"][0]["verdict"] == ("applied" if known else "quarantined"), form
    app.config["OLDEST_APP"] = "1.0.0"
    doors["old app"] = door(old_app, **SAID["2026.1"])
    answer = old_app.post(old_app.body())
    assert (answer.status_code, answer.json["verdicts"][0]["verdict"]) == (426, "applied")
    check_wire(answer.json, "2026.1")
    ahead = len(forms.VERSIONS) - 1 - forms.VERSIONS.index(server)
    assert [fate for _, fate in upgrade("2027.2")] == ["applied"] * ahead
    for reader, phone in phones.items():
        phone.sync()
        for writer in forms.VERSIONS:
            wanted = READ.get((writer, reader), SAID[writer])
            assert phone.answers(doors[writer]) == wanted, (server, writer, reader)
            assert phone.records[doors[writer]]["fields"]["asing"] == "x"
        assert phone.answers(doors["old app"]) == READ.get(("2026.1", reader), SAID["2026.1"])
        assert phone.send([])["records"] == []


def test_edits_of_two_forms__meet_in_todays_words__each_is_told_in_her_own(upgrade, phone_with):
    upgrade("2027.1")
    old, new = phone_with("siti", "2026.1"), phone_with("sri", "2027.1")
    household = new_id()
    old.save(old.patch("household", household, dasawisma=f"{DESA}/D002", sinyal_internet="lancar"))
    old.sync()
    new.sync()
    new.save(new.patch("household", household, sinyal_hp="kadang_ada", ternak=["lele"]))
    old.save(old.patch("household", household, sinyal_internet="tidak_ada_sinyal", rawan_banjir=True))
    new.sync()
    lost = old.sync()["verdicts"][0]["lost"]
    assert [(one["field"], one["kept"]) for one in lost] == [("sinyal_internet", "kadang")]
    assert old.answers(household) == {"sinyal_internet": "kadang", "rawan_banjir": True}
    told = next(item for item in old.inbox if item["type"] == "conflict")
    assert (told["field"], told["details"]["kept"], told["details"]["lost"]) == (
        "sinyal_internet",
        "kadang",
        "tidak_ada_sinyal",
    )
    new.sync()
    assert new.answers(household) == {"sinyal_hp": "kadang_ada", "ternak": ["lele"], "rawan_banjir": True}
    told = next(item for item in new.inbox if item["type"] == "conflict")
    assert (told["field"], told["details"]["kept"]) == ("sinyal_hp", "kadang_ada")


def test_old_phone__set_with_another_name_today__adds_and_removes_and_never_what_it_cannot_show(upgrade, phone_with):
    upgrade("2027.1")
    old, new = phone_with("siti", "2026.2"), phone_with("sri", "2027.1")
    household = new_id()
    new.save(new.patch("household", household, dasawisma=f"{DESA}/D002", ternak=["lele", "ayam"]))
    new.sync()
    old.sync()
    assert old.answers(household) == {"hewan": ["ayam"]}
    change = {"hewan": {"add": ["sapi"], "remove": ["ayam"]}}
    old.save({**old.patch("household", household), "adjust": change})
    assert old.sync()["verdicts"][0]["verdict"] in ("applied", "merged")
    new.sync()
    assert sorted(new.answers(household)["ternak"]) == ["lele", "sapi"]


def test_impossible_value__of_an_old_form__costs_its_field_under_its_old_name(upgrade, phone_with):
    upgrade("2026.2")
    old = phone_with("siti", "2026.1")
    household = door(old, sinyal_internet="kadang_ada", rawan_banjir=True)
    (lost,) = old.sync()["verdicts"][0]["lost"]
    assert (lost["field"], lost["kept"]) == ("sinyal_internet", None)
    assert old.answers(household) == {"rawan_banjir": True}


def test_history_across_an_upgrade__own_older_work_never_overwrites_and_conflicts_are_found(upgrade, phone_with):
    """Who touched which field is carried with its name, so a base from before the upgrade still contends."""
    upgrade("2026.1")
    siti, sri = phone_with("siti", "2026.1"), phone_with("sri", "2026.1")
    household = new_id()
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D002", sinyal_internet="lancar"))
    siti.sync()
    sri.sync()
    siti.save(siti.patch("household", household, sinyal_internet="kadang"))
    siti.sync()
    upgrade("2026.2")
    sri.save(sri.patch("household", household, sinyal_internet="tidak_ada_sinyal"))
    (lost,) = sri.sync()["verdicts"][0]["lost"]
    assert (lost["field"], lost["kept"]) == ("sinyal_internet", "kadang")
    upgrade("2027.1")
    again = phone_with("siti", "2027.1")
    again.sync()
    assert again.answers(household) == {"sinyal_hp": "kadang_ada"}
    (told,) = [item for item in again.inbox if item["type"] == "conflict"]
    assert (told["field"], told["details"]["lost"]) == ("sinyal_hp", "tidak_ada_sinyal")


def test_held_edit__of_an_old_form__released_after_an_upgrade_in_todays_words(upgrade, phone_with):
    upgrade("2026.1")
    siti, sri = phone_with("siti", "2026.1"), phone_with("sri", "2026.1")
    household = new_id()
    sri.save(sri.patch("household", household, base=7, sinyal_internet="kadang"))
    assert sri.sync()["verdicts"][0]["verdict"] == "held"
    upgrade("2026.2")
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D002"))
    siti.sync()
    new = phone_with("sri", "2026.2")
    new.sync()
    assert new.answers(household) == {"sinyal_hp": "kadang_ada"}


def test_upgrade__twice__changes_nothing_and_a_server_older_than_its_data_refuses(
    upgrade, phone_with, publish, keyring
):
    upgrade("2026.2")
    siti = phone_with("siti", "2026.2")
    household = door(siti, **SAID["2026.2"])
    siti.sync()
    version = siti.records[household]["version"]
    upgrade("2027.2")
    with write() as session:
        assert recast(session, keyring) == 0
    siti.sync()
    assert siti.records[household]["version"] == version
    publish("2026.1")
    with pytest.raises(NoWayError), write() as session:
        recast(session, keyring)
    with write() as session:
        assert session.get_one(Setting, "form").value == "2027.2"
