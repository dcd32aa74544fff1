"""The restore drill: whatever is restored, in whatever order, nothing a living phone holds is lost, within three syncs."""

# ruff: noqa: PLR0917 (fixtures)

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from models.database import db
from models.history import Edit
from server.transaction import snapshot
from tests.builders import DESA

DOOR = f"{DESA}/D001"


@pytest.fixture
def heal(verify):
    """``heal(*phones)``: three syncs each, then everybody equal, every held edit on the server, and the check says YA."""

    def make(*phones):
        for _ in range(3):
            for phone in phones:
                phone.sync()
        with snapshot() as session:
            stored = set(session.scalars(select(Edit.id)))
        for phone in phones:
            assert phone.queue == []
            assert phone.held() <= stored
            for other in phones:
                for record in phone.records.keys() & other.records.keys():
                    assert phone.records[record] == other.records[record]
        ok, parts = verify()
        assert ok, parts
        before = [dict(phone.records) for phone in phones]
        for phone in phones:
            phone.sync()
        assert [phone.records for phone in phones] == before

    return make


def test_drill__backup_work_on_restore_heal__nothing_lost_and_the_rest_named(
    phone_of, work, backup, restore, heal, world
):
    siti, sri, budi = phone_of("siti"), phone_of("sri"), phone_of("budi")
    doors = work(siti, 3)
    siti.sync()
    sri.sync()
    file = backup()
    siti.save(siti.patch("household", doors[0], catatan="sesudah cadangan"))
    work(siti, 2)
    work(sri, 2, "D002")
    (lost_door,) = work(budi)
    for phone in (siti, sri, budi):
        phone.sync()
    told = restore(file)
    assert {one["name"]: one["edits"] for one in told["missing"]} == {"Siti": 3, "Sri": 2, "Budi": 1}
    siti.save(siti.patch("household", doors[1], catatan="belum terkirim waktu dipulihkan"))
    heal(siti, sri)
    assert siti.records[doors[0]]["fields"]["catatan"] == "sesudah cadangan"
    assert siti.records[doors[1]]["fields"]["catatan"] == "belum terkirim waktu dipulihkan"
    assert lost_door not in siti.records
    heal(siti, sri, budi)
    assert lost_door in siti.records
    assert (siti.recoveries, sri.recoveries, budi.recoveries) == (1, 1, 1)


def test_drill__oldest_of_three_backups__nothing_lost(phone_of, work, backup, restore, heal):
    siti, sri = phone_of("siti"), phone_of("sri")
    (door,) = work(siti)
    siti.sync()
    oldest = backup()
    for number in range(3):
        siti.save(siti.patch("household", door, catatan=f"ubah {number}"))
        work(sri, 2, "D002")
        siti.sync()
        sri.sync()
        backup()
    restore(oldest)
    heal(siti, sri)
    assert siti.records[door]["fields"]["catatan"] == "ubah 2"
    assert sum(record["kind"] == "household" for record in siti.records.values()) == 7


def test_drill__server_runs_past_the_old_sequence_before_a_phone_returns__it_skips_nothing(
    phone_of, work, backup, restore, heal
):
    siti, budi = phone_of("siti"), phone_of("budi")
    (door,) = work(siti)
    siti.sync()
    file = backup()
    siti.save(siti.patch("household", door, catatan="dari Siti"))
    work(siti, 3)
    siti.sync()
    reached = siti.scope[0]["seq"]
    restore(file)
    fresh = work(budi, 9)
    budi.sync()
    budi.save(budi.patch("household", door, catatan="dari kantor"))
    budi.sync()
    assert next(area["seq"] for area in budi.scope if area["dasawisma"] == DOOR) > reached
    heal(siti, budi)
    assert set(fresh) <= siti.records.keys()
    assert siti.lowered == [{DOOR: 3, f"{DESA}/D002": 3}]
    (clash,) = budi.client.get(f"/api/conflicts?area={DESA}").json
    assert {clash["kept"], clash["lost"]} == {"dari Siti", "dari kantor"}


def test_drill__old_backup_then_the_right_one__edits_made_between_count_as_unseen(
    phone_of, work, backup, restore, heal
):
    """At three in the morning the wrong file is restored first: numbers given meanwhile mean something else now."""
    siti, budi = phone_of("siti"), phone_of("budi")
    (door,) = work(siti)
    siti.sync()
    old = backup()
    work(siti, 3)
    siti.save(siti.patch("household", door, catatan="sebelum cadangan kedua"))
    siti.sync()
    new = backup()
    restore(old)
    work(budi, 2)
    budi.sync()
    budi.save(budi.patch("household", door, catatan="antara dua pemulihan"))
    budi.sync()
    assert budi.base(door) == 10
    restore(new)
    heal(siti, budi)
    assert budi.lowered[-1][DOOR] == 3
    (clash,) = budi.client.get(f"/api/conflicts?area={DESA}").json
    assert {clash["kept"], clash["lost"]} == {"sebelum cadangan kedua", "antara dua pemulihan"}


def test_drill__restored_twice_from_one_file__nothing_lost(phone_of, work, backup, restore, heal):
    siti, sri = phone_of("siti"), phone_of("sri")
    work(siti)
    siti.sync()
    file = backup()
    work(siti, 2, "D002")
    siti.sync()
    restore(file)
    work(sri, 2, "D002")
    sri.sync()
    restore(file)
    heal(siti, sri)
    assert sum(record["kind"] == "household" for record in siti.records.values()) == 5


def test_drill__phone_with_a_lost_answer__edit_is_taken_once(phone_of, work, backup, restore, heal):
    siti = phone_of("siti")
    work(siti)
    siti.sync()
    file = backup()
    work(siti, 2)
    siti.send(siti.queue)
    restore(file)
    heal(siti)
    assert sum(record["kind"] == "household" for record in siti.records.values()) == 3


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_drill__file_copied_back_by_hand__the_first_phone_that_knows_more_begins_a_new_epoch(
    phone_of, work, heal, app, tmp_path
):
    siti, sri = phone_of("siti"), phone_of("sri")
    work(siti)
    siti.sync()
    sri.sync()
    path = Path(db.engine.url.database)
    by_hand(path, tmp_path / "copy.db")
    work(siti, 2, "D002")
    siti.sync()
    before = siti.epoch
    by_hand(tmp_path / "copy.db", path)
    heal(siti, sri)
    assert siti.epoch == sri.epoch != before
    assert sum(record["kind"] == "household" for record in sri.records.values()) == 2


def by_hand(source: Path, target: Path) -> None:
    """What an operator does who knows nothing of restore: stop, copy the files, start."""
    db.session.remove()
    db.engine.dispose()
    for tail in ("", "-wal", "-shm"):
        old, new = Path(f"{source}{tail}"), Path(f"{target}{tail}")
        new.unlink(missing_ok=True)
        if old.exists():
            shutil.copy(old, new)


def test_restore__the_process_and_its_caches_live_on__no_answer_is_of_the_old_database(
    phone_of, work, backup, restore, app
):
    siti, budi = phone_of("siti"), phone_of("budi")
    work(siti)
    siti.sync()
    budi.sync()
    file = backup()
    (door,) = work(siti)
    siti.sync()
    assert budi.client.get(f"/api/records/{door}/history").status_code == 200
    before = budi.client.get(f"/api/coverage/{DESA}").json
    told = restore(file)
    assert siti.post(siti.body([])).status_code == 409
    assert budi.client.get(f"/api/records/{door}/history").status_code == 404
    assert budi.client.get(f"/api/coverage/{DESA}").json != before
    fresh = siti.send(edits=[], epoch=None, cursor=None)
    assert fresh["server"]["epoch"] == told["epoch"]
    assert sum(record["kind"] == "household" for record in fresh["records"]) == 1
