"""The published definition, and what the loader refuses."""

import json
import shutil
from collections.abc import Callable

import pytest

from models.form.definition import FOLDER, TYPES, FormError, load, versions
from models.form.parser import read, rules_of
from models.form.rules import applies
from models.structure import KINDS, NEEDED, OUTCOMES, STATES, STRUCTURE

FORM = load()
FIELDS = [(kind.name, item) for kind in FORM.kinds.values() for item in kind.fields.values()]
PAPER = {
    "4.14.1a": range(1, 22),
    "4.14.2a": (1, 2, 3, "4a", "4b", "4c", "4d", "4e", "4f", "4g", "4h", *range(5, 14)),
    "4.15": (2, 3, 4, 5, 6, 7, 8, 9, 10),
}


def test_load__newest__is_the_last_version():
    assert load().version == versions()[-1] == "2026.1"
    assert load() is load("2026.1")
    with pytest.raises(KeyError):
        load("1999.1")


def test_ids__ever_published__keep_their_type_and_are_never_reused():
    known = json.loads((FOLDER / "ids.json").read_text(encoding="utf-8"))
    for version in versions():
        for name, kind in load(version).kinds.items():
            assert {key: item.type for key, item in kind.fields.items()}.items() <= known[name].items(), version


def test_structure__same_keys_as_the_contract():
    assert tuple(FORM.kinds) == KINDS
    for name, kind in FORM.kinds.items():
        assert set(kind.structure) == set(STRUCTURE[name])
        assert {key for key, item in kind.structure.items() if item.required} >= set(NEEDED[name])
        assert [choice.value for choice in kind.structure["state"].choices] == list(STATES)
    assert [choice.value for choice in FORM.kinds["visit"].structure["outcome"].choices] == list(OUTCOMES)


@pytest.mark.parametrize(("book", "items"), PAPER.items())
def test_paper__every_numbered_item__is_asked_or_derived(book, items):
    printed = {place for _, field in FIELDS for place in field.print} | set(FORM.derived)
    missing = [item for item in items if not any(place == f"{book}:{item}" for place in printed)]
    assert missing == []


def test_paper__activities__seven_and_eight():
    member = FORM.kinds["member"].fields
    assert sum(not choice.exclusive for choice in member[FORM.role("member", "activities")].choices) == 7
    assert sum(not choice.exclusive for choice in member[FORM.role("member", "programmes")].choices) == 8


def test_fields__mother_status__has_no_question():
    assert not {"hamil", "nifas", "menyusui", "melahirkan"} & set(FORM.kinds["member"].fields)


def test_fields__every_question__has_label_type_and_short_help():
    for kind, field in FIELDS:
        assert field.label, (kind, field.id)
        assert field.type in TYPES
        assert 0 < len(field.help) <= 220, (kind, field.id)


def test_fields__office_policy__identity_numbers():
    assert {field.id for _, field in FIELDS if field.type in ("nik", "kk")} <= {
        field.id for _, field in FIELDS if field.merge == "office"
    }


def test_fields__lifetimes__as_counted():
    assert FORM.kinds["member"].fields[FORM.role("member", "contraception")].valid_days == 365
    assert FORM.kinds["member"].fields[FORM.role("member", "school")].valid_days == 365


def test_sections__a_page__has_at_most_eight_core_questions():
    for kind in FORM.kinds.values():
        for section in kind.sections:
            assert sum(field.required for field in section.fields) <= 8, section.id


def test_roster__name_relation_sex_birth__come_first():
    first = FORM.kinds["member"].sections[0]
    roles = [FORM.role("member", role) for role in ("name", "kinship", "sex", "born")]
    assert first.phase == "roster"
    assert [field.id for field in first.fields][:4] == roles


def test_groups__every_finer_choice__in_exactly_one():
    for _, field in FIELDS:
        for choice in field.choices:
            group = field.group_of(choice.value)
            assert (group is not None) == bool(field.groups)
    marital = FORM.kinds["member"].fields[FORM.role("member", "marital")]
    assert [group.value for group in marital.groups if group.ask] == ["janda_duda"]


def test_rules__every_one__decidable_without_answers():
    for _, place, rule in rules_of(FORM):
        assert applies(rule, {}, {}) in (True, False), place


def test_public__shape__of_the_contract():
    public = FORM.public()
    assert json.loads(json.dumps(public)) == public
    for kind in public["kinds"].values():
        for section in kind["sections"]:
            assert {"id", "title", "fields"} <= set(section)
            for field in section["fields"]:
                assert {
                    "id",
                    "type",
                    "label",
                    "choices",
                    "merge",
                    "sensitivity",
                    "required",
                    "valid_days",
                    "show_if",
                } <= set(field)
                assert (field["type"] in ("choice", "choices")) == bool(field["choices"])


def test_policy__known_structural_and_unknown_keys():
    assert FORM.policy("member", FORM.role("member", "nik")) == "office"
    assert FORM.policy("member", "household") == "structure"
    assert FORM.policy("member", "rencana") == "observed"


@pytest.fixture
def spoilt(tmp_path):
    """Reads a copy of the form after one file was changed."""

    def change(name: str, edit: Callable[[dict], None]) -> None:
        folder = tmp_path / "2026.1"
        shutil.copytree(FOLDER / "2026.1", folder, dirs_exist_ok=True)
        data = json.loads((folder / name).read_text(encoding="utf-8"))
        edit(data)
        (folder / name).write_text(json.dumps(data), encoding="utf-8")
        read(folder)

    return change


def field_of(section, index=0):
    return section["fields"][index]


@pytest.mark.parametrize(
    ("name", "edit", "message"),
    [
        ("household/jamban.json", lambda d: field_of(d).update(type="yesno"), "household.jamban: tipe 'yesno'"),
        ("household/jamban.json", lambda d: field_of(d).update(merge="newest"), "aturan gabung 'newest'"),
        ("household/jamban.json", lambda d: field_of(d).update(colour="red"), "kunci tak dikenal \\['colour'\\]"),
        (
            "household/jamban.json",
            lambda d: field_of(d, 1).update(show_if=["=", "jambann", True]),
            "'jambann' tidak ada",
        ),
        (
            "household/jamban.json",
            lambda d: field_of(d, 1).update(show_if=["equals", "jamban", True]),
            "operator tak dikenal",
        ),
        (
            "household/jamban.json",
            lambda d: field_of(d, 1).update(show_if=["flag", "kaya"]),
            "flag \\['kaya'\\] tidak ada",
        ),
        ("household/jamban.json", lambda d: field_of(d, 1).update(id="jamban"), "id dipakai dua kali"),
        ("household/jamban.json", lambda d: d.update(id="wc"), "nama berkas"),
        ("household/lingkungan.json", lambda d: field_of(d).update(choices=[]), "pilihan dan tipe"),
        ("household/lingkungan.json", lambda d: field_of(d).update(choices="air"), "daftar 'air' tidak ada"),
        (
            "household/lingkungan.json",
            lambda d: field_of(d, 1).update(default={"value": "ketela"}),
            "nilai bawaan 'ketela'",
        ),
        ("household/kemiskinan.json", lambda d: field_of(d).update(required=True), "modul tidak boleh wajib"),
        ("household/kemiskinan.json", lambda d: d.update(module="lain"), "modul 'lain' tidak ada"),
        ("member/kesehatan.json", lambda d: field_of(d).update(groups=[]), "di luar kelompok"),
        (
            "member/kesehatan.json",
            lambda d: field_of(d, 1).update(show_if=["=", "status_kawin", "nikah"]),
            "tidak punya pilihan",
        ),
        ("member/periksa.json", lambda d: field_of(d)["choices"].pop(), "daftar yang dibenarkan"),
        ("form.json", lambda d: d["roles"]["member"].update(name="namaa"), "peran member.name"),
        ("form.json", lambda d: d["meanings"]["member.sex"].update(male=["X"]), "arti member.sex.male"),
        ("form.json", lambda d: d.update(version="2027.1"), "menyebut versi 2027.1"),
    ],
)
def test_read__wrong_file__refused_with_its_place(spoilt, name, edit, message):
    with pytest.raises(FormError, match=message):
        spoilt(name, edit)


def test_read__broken_json_and_double_key__refused(tmp_path):
    folder = tmp_path / "2026.1"
    shutil.copytree(FOLDER / "2026.1", folder)
    (folder / "lists.json").write_text('{"agama": [', encoding="utf-8")
    with pytest.raises(FormError, match=r"lists\.json"):
        read(folder)
    (folder / "lists.json").write_text('{"agama": [], "agama": []}', encoding="utf-8")
    with pytest.raises(FormError, match="kunci ganda"):
        read(folder)
