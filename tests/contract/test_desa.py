"""A desa is split, merged or recoded while phones are offline: codes hold, late work lands, nothing counted is lost."""

from functools import partial

import pytest
from sqlalchemy import func, select

from models.aggregates.coverage import coverage_of
from models.database import db
from models.history import Held, PatchLog, Proposal
from models.records import FeedDigest, Record
from models.register import Door, ReferenceTotal
from models.territory import Area, AreaCode, AreaPlacement, DesaSequence, area_by_code
from server.app import create_app
from server.counting import read
from server.transaction import snapshot, write
from tests.builders import DESA, NEIGHBOUR
from tests.contract.phone import digest, new_id
from tests.server.cli.conftest import dawis

__all__ = ["dawis"]
NEW = "35.22.14.2023"
RT1, RT2 = f"{DESA}/RW01-RT001", f"{DESA}/RW01-RT002"


@pytest.fixture(autouse=True)
def commands_at_the_moment_of_the_test(app, monkeypatch):
    """What a command dates, it dates by the clock that the phones here go by."""
    monkeypatch.setattr("server.app.create_app", partial(create_app, clock=app.config["CLOCK"]))


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


def everything():
    """What a refused command must leave as it was."""
    db.session.remove()
    with snapshot() as session:
        tables = (Area, AreaCode, AreaPlacement, Record, PatchLog, Door, ReferenceTotal)
        counts = [session.scalar(select(func.count()).select_from(table)) for table in tables]
        seqs = session.execute(select(DesaSequence.desa, DesaSequence.seq).order_by(DesaSequence.desa)).all()
        paths = session.execute(select(Area.id, Area.code, Area.path, Area.desa_id).order_by(Area.id)).all()
    return counts, seqs, paths


def expected(app, *codes):
    """Expected doors, families and people of several desa together."""
    db.session.remove()
    read.bring_up_to_date()
    found = [0, 0, 0]
    with snapshot() as session:
        for code in codes:
            told = coverage_of(session, area_by_code(session, code), read.today())
            for place, unit in enumerate(("doors", "families", "members")):
                found[place] += told[unit]["expected"]
    return found


def check_integrity():
    """Every digest and desa kept beside the records is what the records say."""
    db.session.remove()
    with snapshot() as session:
        areas = {area.id: area for area in session.scalars(select(Area))}
        live = [row for row in session.scalars(select(Record)) if row.state in ("active", "moved", "died")]
        for row in session.scalars(select(Record)):
            assert row.desa == areas[row.dasawisma].desa_id, row.id
        for door in session.scalars(select(Door)):
            assert door.desa == areas[door.dasawisma].desa_id
        for kept in session.scalars(select(FeedDigest)):
            mine = {row.id: row.version for row in live if row.dasawisma == kept.dasawisma}
            assert (kept.count, f"{kept.digest % 2**64:016x}") == (len(mine), digest(mine))
            assert kept.desa == areas[kept.dasawisma].desa_id
        for area in areas.values():
            above = areas.get(area.parent_id)
            assert area.path == (above.path if above else ".") + f"{area.id}."
        seqs = dict(session.execute(select(DesaSequence.desa, DesaSequence.seq)).all())
        assert all(row.version <= seqs[row.desa] for row in live)


@pytest.fixture
def busy(phone_of, door_of):
    """Doors in three dasa wisma, each phone in step, then offline work on each: (siti, sri, tutik, doors)."""
    siti, sri, tutik = phone_of("siti"), phone_of("sri"), phone_of("tutik")
    doors = {name: door_of(siti, name, members=2) for name in ("D001", "D002")}
    doors["N"] = door_of(tutik, f"{NEIGHBOUR}/D001", members=1)
    for phone in (siti, sri, tutik):
        phone.sync()
    siti.save(siti.patch("household", doors["D001"][0], alamat="Jl. Satu"))
    siti.save(siti.patch("household", doors["D002"][0], alamat="Jl. Siti"))
    sri.save(sri.patch("household", doors["D002"][0], alamat="Jl. Sri"))
    sri.save(sri.patch("member", doors["D002"][2][0], nama="Ani"))
    return siti, sri, tutik, doors


def test_split__late_work_with_old_codes_lands__sums_and_copies_agree(dawis, app, busy, door_of):
    siti, sri, _, doors = busy
    sums = expected(app, DESA)
    tried = dawis("desa", "split", DESA, NEW, "--name", "Kapas Baru", "--area", f"{DESA}/D002", "--dry-run")
    assert (tried.exit_code, "Percobaan" in tried.output, "4 catatan" in tried.output) == (0, True, True)
    before = everything()
    assert not [path for path in before[2] if path.code == NEW]
    done = dawis("desa", "split", DESA, NEW, "--name", "Kapas Baru", "--area", f"{DESA}/D002")
    assert done.exit_code == 0, done.output
    check_integrity()
    versions = dict(sri.records.items())
    new_door, *_ = door_of(siti, "D002")
    assert verdicts(siti.sync()) == ["applied", "applied", "applied"]
    answer = sri.sync()
    assert verdicts(answer) == ["merged", "applied"]
    assert [one["field"] for one in answer["verdicts"][0]["lost"]] == ["alamat"]
    assert sri.records[new_door]["dasawisma"] == f"{DESA}/D002"
    for record, old in versions.items():
        assert sri.records[record]["version"] > old["version"]
    assert sri.records[doors["D002"][2][0]]["fields"]["nama"] == "Ani"
    siti.sync()
    assert siti.records[doors["D001"][0]]["fields"]["alamat"] == "Jl. Satu"
    with snapshot() as session:
        session.expire_all()
        placements = session.execute(
            select(AreaPlacement.valid_from, AreaPlacement.valid_to)
            .join(Area, Area.id == AreaPlacement.area_id)
            .where(Area.code == f"{DESA}/D002")
            .order_by(AreaPlacement.valid_from)
        ).all()
    assert [to is None for _, to in placements] == [False, True]
    assert placements[0].valid_to == placements[1].valid_from
    added = [one - two for one, two in zip(expected(app, DESA, NEW), sums, strict=True)]
    assert added == [1, 1, 1]
    assert "0 berbeda" in dawis("recount").output
    check_integrity()
    verified = dawis("verify")
    assert verified.exit_code == 0, verified.output


def test_split__reference_total_is_shared_out__sum_of_expected_stays(dawis, app, busy, world, clock):
    siti, *_ = busy
    siti.sync()
    with write() as session:
        total = ReferenceTotal(desa=world.area[DESA], on=clock().date(), families=10, people=31, source="Dukcapil")
        session.add(total)
    sums = expected(app, DESA)
    assert sums[1:] == [10, 31]
    assert dawis("desa", "split", DESA, NEW, "--name", "Kapas Baru", "--area", f"{DESA}/D002").exit_code == 0
    clock.forward(days=3)
    assert expected(app, DESA, NEW) == sums
    assert dawis("desa", "merge", NEW, DESA).exit_code == 0
    clock.forward(days=3)
    assert expected(app, DESA) == sums
    check_integrity()


def test_merge__everything_moves__phones_of_both_go_on__closed_desa_is_counted_no_more(dawis, app, busy, clock):
    siti, sri, tutik, doors = busy
    tutik.save(tutik.patch("household", doors["N"][0], alamat="Jl. Tutik"))
    sums, above = expected(app, DESA, NEIGHBOUR), expected(app, "35.22.14")
    done = dawis("desa", "merge", NEIGHBOUR, DESA)
    assert done.exit_code == 0, done.output
    check_integrity()
    for phone in (tutik, siti, sri):
        assert set(verdicts(phone.sync())) <= {"applied", "merged"}
    assert tutik.records[doors["N"][0]]["fields"]["alamat"] == "Jl. Tutik"
    assert tutik.records[doors["N"][0]]["dasawisma"] == f"{NEIGHBOUR}/D001"
    clock.forward(days=3)
    assert (expected(app, DESA), expected(app, "35.22.14")) == (sums, above)
    with snapshot() as session:
        told = coverage_of(session, area_by_code(session, "35.22.14"), clock().date())
    assert NEIGHBOUR not in {child["area"] for child in told["children"]}
    assert "sudah ditutup" in dawis("desa", "merge", NEIGHBOUR, DESA).output
    again = dawis("dasawisma", "add", "Kenanga", "--area", DESA)
    assert again.exit_code == 0, again.output
    verified = dawis("verify")
    assert verified.exit_code == 0, verified.output


def test_move__dasawisma_to_another_desa_and_back__versions_grow_and_departures_still_told(dawis, busy):
    siti, sri, _, doors = busy
    siti.sync()
    sri.sync()
    siti.save(siti.patch("household", doors["D002"][0], dasawisma=f"{DESA}/D001"))
    siti.sync()
    assert dawis("desa", "move", f"{DESA}/D002", f"{NEIGHBOUR}/RW01-RT001").exit_code == 0
    answer = sri.send([])
    assert {gone["id"] for gone in answer["gone"]} >= {doors["D002"][0]}
    sri.sync()
    assert sri.records == {}
    new = new_id()
    sri.save(sri.patch("household", new, dasawisma=f"{DESA}/D002"))
    sri.sync()
    first = sri.records[new]["version"]
    assert dawis("desa", "move", f"{DESA}/D002", RT1).exit_code == 0
    sri.sync()
    assert sri.records[new]["version"] > first
    siti.sync()
    assert siti.records[new]["version"] == sri.records[new]["version"]
    check_integrity()


def test_split__held_and_proposed_edits__judged_by_the_rights_of_their_day(dawis, busy, phone_of, world):
    siti, sri, *_ = busy
    siti.sync()
    sri.sync()
    household = new_id()
    sri.save(sri.patch("household", household, base=9, alamat="Jl. Menunggu"))
    assert verdicts(sri.sync()) == ["held"]
    assert dawis("desa", "split", DESA, NEW, "--name", "Kapas Baru", "--area", f"{DESA}/D002").exit_code == 0
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D002"))
    siti.sync()
    assert db.session.scalar(select(Held.state)) in ("applied", "merged")
    db.session.remove()
    assert siti.send([], again=[f"{DESA}/D002"])["records"]
    siti.sync()
    assert siti.records[household]["fields"]["alamat"] == "Jl. Menunggu"
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_recode__dated__dasawisma_keeps_its_name__phones_notice_nothing(dawis, busy, world):
    siti, _, _, doors = busy
    seqs = everything()[1]
    assert dawis("desa", "recode", DESA, "35.22.14.2099").exit_code == 0
    assert everything()[1] == seqs
    assert verdicts(siti.sync()) == ["applied", "applied"]
    assert siti.records[doors["D001"][0]]["dasawisma"] == f"{DESA}/D001"
    with snapshot() as session:
        codes = session.execute(
            select(AreaCode.code, AreaCode.valid_to).where(AreaCode.area_id == world.area[DESA]).order_by(AreaCode.code)
        ).all()
    assert [(code, to is None) for code, to in codes] == [(DESA, False), ("35.22.14.2099", True)]
    assert "sudah dipakai" in dawis("desa", "recode", NEIGHBOUR, DESA).output
    made = dawis("dasawisma", "add", "Kenanga", "--area", RT1)
    assert made.output.startswith("35.22.14.2099/D001"), made.output
    check_integrity()


BAD = [
    ("split", DESA, NEW, "--name", "Baru"),
    ("split", DESA, NEW, "--name", "", "--area", f"{DESA}/D002"),
    ("split", DESA, NEW, "--name", "x" * 121, "--area", f"{DESA}/D002"),
    ("split", DESA, NEW, "--name", "Baru", "--area", f"{NEIGHBOUR}/D001"),
    ("split", DESA, NEW, "--name", "Baru", "--area", DESA),
    ("split", DESA, NEW, "--name", "Baru", "--area", f"{DESA}/DS01"),
    ("split", DESA, NEW, "--name", "Baru", "--area", RT1, "--area", f"{DESA}/D001"),
    ("split", DESA, NEIGHBOUR, "--name", "Baru", "--area", RT2),
    ("split", DESA, "2023", "--name", "Baru", "--area", RT2),
    ("split", DESA, "35.22.99.2023", "--name", "Baru", "--area", RT2),
    ("split", DESA, NEW, "--name", "Baru", "--plan", "/tidak/ada.txt"),
    ("split", "35.22.14", NEW, "--name", "Baru", "--area", RT2),
    ("merge", DESA, DESA),
    ("merge", DESA, "35.22.14"),
    ("merge", "99", DESA),
    ("move", RT1, f"{DESA}/D001"),
    ("move", DESA, NEIGHBOUR),
    ("move", RT1, RT1),
    ("move", f"{DESA}/D001", RT1),
    ("move", "x", RT1),
    ("recode", DESA, DESA),
    ("recode", DESA, "35.22.14.20111"),
    ("recode", DESA, "٣٥.22.14.2011"),
    ("recode", f"{DESA}/D001", NEW),
]


def test_bad_input__one_indonesian_line_and_nothing_changed(dawis, busy):
    before = everything()
    for words in BAD:
        result = dawis("desa", *words)
        assert result.exit_code == 1, words
        assert result.output.startswith("Error: "), words
        assert "Traceback" not in result.output
        assert everything() == before, words
