"""A resident file becomes doors, KK and members; again and back."""

# ruff: noqa: PLR0917 (fixtures)

import pytest
from sqlalchemy import func, select

from models.calendar import day_of
from models.exchange.opensid_columns import opensid_columns
from models.form.definition import load
from models.history import Edit, PatchLog
from models.imports import ImportedRecord, RegisterImport
from models.records import Record, fields_of
from models.register import Door
from models.territory import Area
from server.register.export import export_residents
from server.register.importing import Office, dry_run, run_import
from server.register.source import read_source
from server.register.undo import undo_import
from server.transaction import snapshot, write
from tests.server.register.files import DESA, HEADINGS, read_csv, two_families, write_csv

FORM = load()


@pytest.fixture
def bring(world, keyring, clock, tmp_path):
    """``bring(rows)`` imports them as a CSV file; ``is_dry`` only plans."""

    def run(rows, *, is_dry=False, headings=HEADINGS, rtm=None):
        path = write_csv(tmp_path / "warga.csv", rows, headings)
        source = read_source(path, rtm, day_of(clock()))
        clock.forward(minutes=1)
        return (dry_run if is_dry else run_import)(DESA, source, Office(keyring, clock()))

    return run


def everything():
    """Counts of what an import could change."""
    with snapshot() as session:
        tables = (Record, Edit, PatchLog, ImportedRecord, RegisterImport, Door, Area)
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in tables}


def members(keyring):
    with snapshot() as session:
        rows = session.scalars(select(Record).where(Record.kind == "member", Record.state == "active")).all()
        name = FORM.role("member", "name")
        return {fields_of(keyring, row)[name]: (row, fields_of(keyring, row)) for row in rows}


def test_run_import__two_families__become_two_doors(bring, keyring):
    report = bring(two_families())
    said = report.as_json(dry_run=False)
    assert (said["doors"], said["families"], said["members"]) == ({"new": 2, "changed": 0},) * 2 + (
        {"new": 4, "changed": 0},
    )
    with snapshot() as session:
        doors = session.scalars(select(Door)).all()
        assert [(door.origin, door.is_provisional, door.accepted_at is not None) for door in doors] == [
            ("import", True, True)
        ] * 2
        placed = {session.get_one(Area, door.dasawisma).name for door in doors}
        edits = session.scalars(select(Edit)).all()
    assert placed == {"Belum dibagi"}
    assert all(edit.is_prefill and edit.verdict == "applied" for edit in edits)
    people = members(keyring)
    assert people["SITI AMINAH"][1][FORM.role("member", "born")] == "1985-02-02"
    assert people["BAYI KECIL"][1][FORM.role("member", "nik_reason")] == "belum_ber_nik"


def test_dry_run__writes_nothing(bring, world):
    before = everything()
    said = bring(two_families(), is_dry=True).as_json(dry_run=True)
    assert said["members"]["new"] == 4
    assert said["import"] is None
    assert everything() == before


def test_run_import__same_file_again__changes_nothing(bring, keyring):
    bring(two_families())
    before, people = everything(), members(keyring)
    said = bring(two_families()).as_json(dry_run=False)
    assert said["import"] is None
    assert everything() == before
    assert {name: row.version for name, (row, _) in members(keyring).items()} == {
        name: row.version for name, (row, _) in people.items()
    }


def save(app, keyring, clock, person, *patches, outbox="0192aaaa-0000-7000-8000-000000000001", n=1):
    """An office or kader edit through the exchange."""
    from server.register.edits import wire_edit
    from server.register.ids import uuid7_maker
    from server.register.sending import submit_until_locked
    from sync.batch import Tools
    from sync.checking import checked
    from sync.exchange import OFFICE, Item, Push
    from sync.incoming import Author
    from sync.reading import read_edit
    from sync.rights import rights_of

    clock.forward(minutes=1)
    new_id = uuid7_maker(clock())
    edit = wire_edit(n, new_id(), list(patches), form=FORM.version, now=clock())
    with write() as session:
        desa = session.scalar(select(Area.id).where(Area.code == DESA))
        author = Author(person, None, desa, rights_of(session, person, clock()))
        push = Push(
            outbox,
            OFFICE,
            None,
            None,
            None,
            is_trusted=False,
            items=(Item(checked(read_edit(edit, FORM.version)), lambda: b""),),
        )
        done = submit_until_locked(session, author, push, Tools(keyring, clock(), new_id))
    assert done.verdicts[0].verdict in {"applied", "merged"}, done.verdicts
    return done.verdicts[0]


def test_run_import__again_after_somebody_corrected__keeps_the_correction(bring, app, keyring, clock, world):
    bring(two_families())
    row, _ = members(keyring)["SITI AMINAH"]
    name = FORM.role("member", "name")
    save(
        app,
        keyring,
        clock,
        world.person["budi"],
        {"kind": "member", "id": row.id, "base": row.version, "set": {name: "Siti Aminah, S.Pd."}},
    )
    before = everything()
    assert bring(two_families()).import_id is None
    assert everything() == before
    changed = two_families()
    changed[1] |= {"nama": "SITI AMINAH BARU", "suku": "JAWA"}
    bring(changed)
    fields = members(keyring)["Siti Aminah, S.Pd."][1]
    assert fields[FORM.role("member", "ethnicity")] == "JAWA"


def test_undo_import__untouched__leaves_nobody_and_comes_back(bring, keyring, clock):
    first = bring(two_families())
    ids = {row.id for row, _ in members(keyring).values()}
    clock.forward(minutes=1)
    undone = undo_import(first.import_id, Office(keyring, clock()))
    assert (undone.deleted, undone.kept_doors, undone.still_listed) == (8, 0, 0)
    assert members(keyring) == {}
    with snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Door).where(Door.removed_at.is_(None))) == 0
    again = bring(two_families()).as_json(dry_run=False)
    assert again["not_applied"] == 0
    assert {row.id for row, _ in members(keyring).values()} == ids
    with snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Door).where(Door.removed_at.is_(None))) == 2


def test_undo_import__door_somebody_touched__stays(bring, app, keyring, clock, world):
    first = bring(two_families())
    row, _ = members(keyring)["PARTI"]
    save(
        app,
        keyring,
        clock,
        world.person["budi"],
        {"kind": "member", "id": row.id, "base": row.version, "set": {FORM.role("member", "savings"): True}},
    )
    undone = undo_import(first.import_id, Office(keyring, clock.forward(minutes=1)))
    assert (undone.deleted, undone.kept_doors) == (5, 1)
    assert set(members(keyring)) == {"PARTI"}


def test_undo_import__second_import__gives_back_the_first_ones_values(bring, keyring, clock):
    bring(two_families())
    changed = two_families()
    changed[3]["nama"] = "PARTI WULANDARI"
    second = bring(changed)
    assert "PARTI WULANDARI" in members(keyring)
    undone = undo_import(second.import_id, Office(keyring, clock.forward(minutes=1)))
    assert (undone.restored, undone.deleted) == (1, 0)
    assert "PARTI" in members(keyring)
    assert bring(two_families()).import_id is None


def test_export__untouched__every_cell_as_it_came(bring, keyring, tmp_path):
    rows = two_families()
    rows[0] |= {
        "agama_id": "ISLAM",
        "tag_id_card": "A-77",
        "lat": "-7,19",
        "lng": "111,9",
        "nama": "SLAMET\u200b  RIYADI",
    }
    rows[1] |= {"alamat": "Jl. Melati no 3", "agama_id": "Islam", "hamil": "1"}
    bring(rows)
    said = export_residents(tmp_path / "keluar.csv", DESA, keyring)
    assert said == {"rows": 4, "blanks": []}
    printed = read_csv(tmp_path / "keluar.csv")
    assert printed[0] == list(HEADINGS)
    assert [dict(zip(HEADINGS, line, strict=True)) for line in printed[1:]] == rows


def test_export__touched_cell__is_the_only_one_that_changes(bring, app, keyring, clock, world, tmp_path):
    rows = two_families()
    bring(rows)
    row, _ = members(keyring)["PARTI"]
    edit = {FORM.role("member", "religion"): "kristen", FORM.role("member", "savings"): True}
    save(app, keyring, clock, world.person["budi"], {"kind": "member", "id": row.id, "base": row.version, "set": edit})
    export_residents(tmp_path / "keluar.csv", DESA, keyring)
    printed = [dict(zip(HEADINGS, line, strict=True)) for line in read_csv(tmp_path / "keluar.csv")[1:]]
    rows[3]["agama_id"] = "2"
    assert printed == rows


def test_export__group_without_a_finer_choice__prints_blank_with_a_finding(bring, app, keyring, clock, world, tmp_path):
    bring(two_families())
    row, _ = members(keyring)["PARTI"]
    marital = FORM.role("member", "marital")
    save(
        app,
        keyring,
        clock,
        world.person["budi"],
        {"kind": "member", "id": row.id, "base": row.version, "set": {marital: "janda_duda"}},
    )
    said = export_residents(tmp_path / "keluar.csv", DESA, keyring)
    assert said["blanks"] == [{"record": row.id, "column": "status_kawin"}]
    assert opensid_columns().by_name["status_kawin"].targets[0][1] == marital


def test_run_import__with_rtm__two_kk_share_one_door_that_is_not_provisional(bring, tmp_path):
    rtm = tmp_path / "rtm.csv"
    rtm.write_text("NIK,NOMOR RUMAH TANGGA,STATUS HUBUNGAN\n3522140101800001,R1,1\n3522144303500001,R1,2\n")
    assert bring(two_families(), rtm=rtm).as_json(dry_run=False)["doors"]["new"] == 1
    with snapshot() as session:
        assert [door.is_provisional for door in session.scalars(select(Door))] == [False]


def test_run_import__column_dasawisma__shares_doors_out(bring):
    rows = [row | {"dasawisma": "Melati 2" if row["rt"] == "001" else "Cempaka 9"} for row in two_families()]
    bring(rows, headings=(*HEADINGS, "dasawisma"))
    with snapshot() as session:
        codes = {session.get_one(Area, door.dasawisma).code for door in session.scalars(select(Door))}
        assert codes == {f"{DESA}/D002", f"{DESA}/D004"}


def test_run_import__cut_off_between_batches__is_finished_by_the_same_file(bring, monkeypatch, keyring):
    from server.register import importing

    monkeypatch.setattr(importing, "BATCH", 1)
    kept = importing.Remembrance.keep
    calls = []

    def dies(self, *arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        kept(self, *arguments)

    monkeypatch.setattr(importing.Remembrance, "keep", dies)
    with pytest.raises(KeyboardInterrupt):
        bring(two_families())
    monkeypatch.setattr(importing.Remembrance, "keep", kept)
    assert len(members(keyring)) in {1, 3}
    bring(two_families())
    assert len(members(keyring)) == 4
    assert bring(two_families()).import_id is None


def test_run_import__person_a_kader_registered__is_not_doubled_and_keeps_her_answers(bring, keyring, clock, world):
    role = FORM.role
    door, family, siti = ("0193aaaa-0000-7000-8000-00000000000" + end for end in "123")
    known = {
        role("member", "name"): "Bu Siti",
        role("member", "nik"): "3522144202850001",
        "household": door,
        "family": family,
    }
    patches = [
        {"kind": "household", "id": door, "base": 0, "set": {"dasawisma": f"{DESA}/D002"}},
        {
            "kind": "family",
            "id": family,
            "base": 0,
            "set": {"household": door, role("family", "number"): "3522140101120001"},
        },
        {"kind": "member", "id": siti, "base": 0, "set": known},
    ]
    save(None, keyring, clock, world.person["siti"], *patches)
    said = bring(two_families()).as_json(dry_run=False)
    assert (said["doors"]["new"], said["families"]["new"], said["members"]["new"]) == (1, 1, 3)
    people = members(keyring)
    assert people["Bu Siti"][0].id == siti
    assert people["Bu Siti"][1][role("member", "born")] == "1985-02-02"
    assert people["SLAMET"][1]["household"] == door
    assert said["remarks"][0]["row"] == 3
    assert bring(two_families()).import_id is None


def test_run_import__somebody_died_in_the_file__is_told_and_left_to_a_person(bring, keyring):
    bring(two_families())
    rows = two_families()
    rows[3]["status_dasar"] = "2"
    said = bring(rows).as_json(dry_run=False)
    assert [(one["row"], one["column"]) for one in said["remarks"]] == [(5, "status_dasar")]
    assert "PARTI" in members(keyring)


def test_undo_import__visited_door__stays(bring, keyring, clock, world):
    first = bring(two_families())
    row, _ = members(keyring)["PARTI"]
    visit = {"household": row.household, "on": "2026-11-23", "outcome": "sebagian", "seen": 0}
    save(
        None,
        keyring,
        clock,
        world.person["budi"],
        {"kind": "visit", "id": "0193bbbb-0000-7000-8000-000000000001", "base": 0, "set": visit},
    )
    undone = undo_import(first.import_id, Office(keyring, clock.forward(minutes=1)))
    assert undone.kept_doors == 1
    assert set(members(keyring)) == {"PARTI"}


def test_undo_import__approved_register__keeps_the_doors_listed(bring, keyring, clock, world):
    from models.register import RegisterState

    first = bring(two_families())
    with write() as session:
        session.merge(
            RegisterState(
                desa=world.area[DESA], state="approved", approved_at=clock(), approved_by=world.person["rahayu"]
            )
        )
    undone = undo_import(first.import_id, Office(keyring, clock.forward(minutes=1)))
    assert (undone.deleted, undone.still_listed) == (8, 2)
    with snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Door).where(Door.removed_at.is_(None))) == 2


def test_run_import__one_record_deleted_by_the_desa__does_not_hold_back_the_rest_of_its_door(
    bring, keyring, clock, world
):
    bring(two_families())
    row, _ = members(keyring)["BAYI KECIL"]
    gone = {"state": "deleted", "state_reason": "salah catat"}
    save(None, keyring, clock, world.person["budi"], {"kind": "member", "id": row.id, "base": row.version, "set": gone})
    rows = two_families()
    rows[0]["suku"] = rows[2]["suku"] = "JAWA"
    said = bring(rows).as_json(dry_run=False)
    assert (said["not_applied"], said["members"]["changed"]) == (0, 1)
    assert members(keyring)["SLAMET"][1][FORM.role("member", "ethnicity")] == "JAWA"
    assert "BAYI KECIL" not in members(keyring)


def test_run_import__kk_number_changed__same_door_same_people(bring, keyring):
    bring(two_families())
    before = {name: row.id for name, (row, _) in members(keyring).items()}
    rows = [
        row | {"no_kk": "3522140909260009"} if row["no_kk"] == "3522140101120001" else row for row in two_families()
    ]
    said = bring(rows).as_json(dry_run=False)
    assert (said["doors"], said["families"]) == ({"new": 0, "changed": 0}, {"new": 0, "changed": 1})
    assert {name: row.id for name, (row, _) in members(keyring).items()} == before
    assert bring(rows).import_id is None


def test_import__while_another_of_this_desa_runs__refused_and_nothing_written(bring, world):
    from threading import Event, Thread

    from flask import current_app

    from models.problems import Problem
    from server.locks import alone

    app, began, done = current_app._get_current_object(), Event(), Event()

    def other():
        with app.app_context(), alone(f"register-{world.area[DESA]}"):
            began.set()
            done.wait(60)

    thread = Thread(target=other)
    thread.start()
    began.wait(60)
    before = everything()
    try:
        with pytest.raises(Problem, match=r"job\.running"):
            bring(two_families())
        with pytest.raises(Problem, match=r"job\.running"), alone(f"register-{world.area[DESA]}"):
            pass
        assert everything() == before
    finally:
        done.set()
        thread.join()
    assert bring(two_families()).import_id
