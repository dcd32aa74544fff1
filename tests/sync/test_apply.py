"""Applying: settlements, indexes, the register, the log and its chain; nothing personal in the clear."""

import hashlib

import orjson
import pytest
from sqlalchemy import select, text

from models.database import Base
from models.form.definition import load
from models.history import PatchLog
from models.records import Record
from models.register import Door
from models.territory import DesaSequence
from server.transaction import snapshot
from tests.builders import DESA
from tests.contract.phone import new_id

NIK, NAME = load().role("member", "nik"), load().role("member", "name")
KK = load().role("family", "number")


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


@pytest.fixture
def clash(phone_of, door_of):
    """Siti and Sri said different things; returns both phones, the door and the conflict's id."""
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    siti.save(siti.patch("household", household, alamat="Jl. Awal"))
    siti.sync()
    sri.sync()
    siti.save(siti.patch("household", household, alamat="Jl. Siti"))
    sri.save(sri.patch("household", household, alamat="Jl. Sri"))
    siti.sync()
    lost = sri.sync()["verdicts"][0]["lost"][0]
    return siti, sri, household, lost["conflict"]


def conflict_of(phone, name):
    return next(one for one in phone.client.get("/api/conflicts").json if one["id"] == name)


def test_conflict__keeps_all_three_values_and_both_authors(clash, world):
    siti, _, household, name = clash
    one = conflict_of(siti, name)
    assert (one["record"], one["kind"], one["field"]) == (household, "household", "alamat")
    assert (one["base"], one["kept"], one["lost"]) == ("Jl. Awal", "Jl. Siti", "Jl. Sri")
    assert (one["kept_by"], one["lost_by"]) == (world.person["siti"], world.person["sri"])
    assert (one["rule"], one["state"]) == ("stands", "open")


def test_settlement__the_other_value__stands_against_whoever_comes_later(clash, phone_of):
    siti, sri, household, name = clash
    late = phone_of("sri")
    late.sync()
    siti.sync()
    siti.save(siti.patch("household", household, alamat="Jl. Sri"), settles=[name])
    assert verdicts(siti.sync()) == ["applied"]
    assert conflict_of(siti, name)["state"] == "settled"
    assert [item["type"] for item in siti.inbox] == ["conflict", "settled"]
    sri.sync()
    assert [item["type"] for item in sri.inbox] == ["conflict", "settled"]
    late.save(late.patch("household", household, alamat="Jl. Lain"), visited_on="2026-11-30")
    assert verdicts(late.sync()) == ["merged"]
    assert late.records[household]["fields"]["alamat"] == "Jl. Sri"
    newest = conflict_of(siti, late.verdicts[1]["lost"][0]["conflict"])
    assert (newest["rule"], newest["state"]) == ("settled", "open")


def test_settlement__what_stands__needs_no_patch(clash, phone_of):
    siti, _, household, name = clash
    siti.save(settles=[name])
    assert verdicts(siti.sync()) == ["applied"]
    assert conflict_of(siti, name)["state"] == "settled"
    late = phone_of("sri")
    late.save(late.patch("household", household, base=4, alamat="Jl. Lain"), visited_on="2026-11-30")
    assert verdicts(late.sync()) == ["merged"]


def test_settlement__unknown_foreign_or_lost__settles_nothing(clash, phone_of):
    siti, sri, household, name = clash
    tutik = phone_of("tutik")
    tutik.save(settles=[name, "tidak ada"])
    assert verdicts(tutik.sync()) == ["applied"]
    sri.save({**sri.patch("household", household, base=3), "set": {"alamat": "Jl. Ketiga"}}, settles=[name])
    assert verdicts(sri.sync()) == ["merged"]
    assert conflict_of(siti, name)["state"] == "open"


def test_adding_a_door__enters_the_register_and_waits_for_the_desa(phone_of, door_of, world):
    siti, budi = phone_of("siti"), phone_of("budi")
    one, *_ = door_of(siti, "D001")
    other, *_ = door_of(budi, "D003")
    siti.sync()
    budi.sync()
    siti.save(siti.patch("household", one, dasawisma=f"{DESA}/D002"))
    siti.save(siti.patch("household", one, state="deleted"))
    siti.sync()
    with snapshot() as session:
        doors = {door.household: door for door in session.scalars(select(Door))}
        assert (doors[one].origin, doors[one].accepted_at) == ("kader", None)
        assert doors[one].dasawisma == world.area[f"{DESA}/D002"]
        assert (doors[other].origin, doors[other].accepted_at is None) == ("desa", False)


def test_blind_indexes__follow_the_numbers(phone_of, door_of, keyring):
    siti = phone_of("siti")
    _, family, (member,) = door_of(siti)
    siti.save(
        siti.patch("member", member, **{NIK: "3522145005800001"}),
        siti.patch("family", family, **{KK: "3522140101200001"}),
    )
    siti.sync()
    with snapshot() as session:
        assert session.get(Record, member).nik_index == keyring.blind("nik", "3522145005800001")
        assert session.get(Record, family).kk_index == keyring.blind("kk", "3522140101200001")
    siti.save(siti.patch("member", member, **{NIK: None}))
    siti.sync()
    with snapshot() as session:
        assert session.get(Record, member).nik_index is None


def test_log__is_one_unbroken_chain_per_desa(clash):
    with snapshot() as session:
        for desa in session.scalars(select(DesaSequence)):
            head = bytes(32)
            lines = session.scalars(
                select(PatchLog).where(PatchLog.desa == desa.desa).order_by(PatchLog.position)
            ).all()
            for position, line in enumerate(lines, 1):
                assert line.position == position
                link = hashlib.sha256(head)
                link.update(f"|{line.edit}|{line.record}|{line.seq}|{line.verdict}|".encode())
                link.update(line.payload)
                head = link.digest()
                assert line.chain == head
            assert (desa.chain_head, desa.log_position) == (head, len(lines))


def test_database__holds_no_name_number_or_answer_in_the_clear(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, _, (member,) = door_of(siti, "D002", outcome="selesai")
    siti.sync()
    sri.sync()
    secrets = {NAME: "RAHASIANAMA", NIK: "3522145005809999", "catatan": "RAHASIAJAWAB"}
    siti.save(siti.patch("member", member, **secrets))
    sri.save(sri.patch("member", member, **{NAME: "RAHASIALAIN", "catatan": "RAHASIAJAWAB2"}))
    sri.save(sri.patch("member", new_id(), household=new_id(), **secrets))
    sri.save(sri.patch("household", household, dasawisma=f"{DESA}/D003", alamat="RAHASIAALAMAT"))
    sri.save(sri.patch("member", member, **secrets), form="2031.1")
    siti.sync()
    assert verdicts(sri.sync()) == ["merged", "held", "proposed", "quarantined"]
    with snapshot() as session:
        for name in Base.metadata.tables:
            for row in session.execute(text(f'SELECT * FROM "{name}"')).mappings():
                for column, value in row.items():
                    shown = value if isinstance(value, bytes) else str(value).encode()
                    for secret in (b"RAHASIA", b"3522145005809999"):
                        assert secret not in bytes(shown), (name, column)


def test_history__line_of_a_row_and_of_an_import_look_alike(clash):
    siti, _, household, _ = clash
    lines = siti.client.get(f"/api/records/{household}/history").json
    assert [line["verdict"] for line in lines] == ["applied", "applied", "applied", "merged"]
    assert [line["n"] for line in lines] == [1, 2, 3, 1]
    assert lines[0]["before"] == {}
    assert lines[3]["kept"] == {"alamat": "Jl. Siti"}
    assert lines[3]["seq"] is None
    assert orjson.dumps(lines)


def test_history__foreign_and_unknown(clash, phone_of):
    _, _, household, _ = clash
    tutik = phone_of("tutik")
    assert tutik.client.get(f"/api/records/{household}/history").status_code == 403
    assert tutik.client.get(f"/api/records/{new_id()}/history").status_code == 404
    assert tutik.client.get(f"/api/conflicts?area={DESA}").status_code == 403
    assert tutik.client.get("/api/conflicts?area=9.9").status_code == 404
    assert tutik.client.get("/api/conflicts").json == []
