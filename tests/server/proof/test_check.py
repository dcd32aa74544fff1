"""Every promise of the check: it says YA of a busy database, and TIDAK, by its part, of each single damage."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.database import db
from models.history import Conflict
from server.counting import read
from server.proof.check import check
from tests.builders import DESA
from tests.contract.phone import new_id

DAMAGES = {
    "chain": [
        "update patch set payload = (select payload from patch where position = 1) where position = 3",
        "update patch set seq = seq + 1 where position = 4",
        "update patch set record = 'x' where position = 2",
        "delete from patch where position = 5",
        "update desa_sequence set log_position = log_position - 1 where seq > 0",
        "delete from patch where position = (select max(position) from patch)",
    ],
    "sealed": [
        "update record set document = (select blob from raw_edit limit 1) where kind = 'family'",
        "update record set salt = document where kind = 'member'",
        "update raw_edit set desa = desa + 1",
        'update conflict set "values" = (select document from record limit 1)',
        "update person set name = (select document from record limit 1) where id = 1",
        "update edit set detail = (select blob from raw_edit limit 1) where detail is not null",
    ],
    "edits": [
        "delete from raw_edit",
        "update edit set verdict = 'held' where verdict = 'applied' and n = 1",
    ],
    "outboxes": [
        "update outbox set applied_through = applied_through + 1",
        "update outbox set applied_id = 'x' where applied_through > 0",
        "delete from edit where n = 2",
        "delete from edit_repeat",
    ],
    "digests": [
        "update feed_digest set digest = digest + 1 where count > 0",
        "update feed_digest set count = count + 1",
        "delete from feed_digest where count > 0",
        "update record set version = version + 100 where kind = 'visit'",
        "update record set state = 'deleted' where kind = 'member'",
    ],
    "sequences": [
        "update desa_sequence set seq = seq - 1 where seq > 0",
        "update record set version = version + 100",
        "update record set version = 1",
        "update departure set version = 9999 where version = (select max(version) from departure)",
    ],
    "references": [
        "update record set household = 'x' where kind = 'member'",
        "update record set dasawisma = 99999 where kind = 'visit'",
        "update record set desa = (select min(desa) + 12 from record) where kind = 'visit'",
        "update door set household = 'x' where household = (select min(household) from door)",
        "update conflict set record = 'x'",
        "delete from outbox",
        "update alias set survivor = 'x'",
    ],
    "counts": [
        "update door_summary set members = members + 1",
        "delete from door_summary",
        "update dasawisma_sum set counts = '{}'",
    ],
}


@pytest.fixture
def busy(phone_of, work, app):
    """A database in which a little of everything has happened."""
    siti, sri, budi = phone_of("siti"), phone_of("sri"), phone_of("budi")
    first, second, third = work(siti, 3, "D002")
    siti.save(siti.patch("visit", new_id(), household=first, on="2026-11-23", outcome="selesai", seen=0))
    siti.save(siti.patch("member", new_id(), household=new_id()))
    siti.sync()
    sri.sync()
    budi.sync()
    siti.save(siti.patch("household", first, catatan="satu"))
    siti.sync()
    sri.save(sri.patch("household", first, catatan="dua"))
    sri.sync()
    siti.save(siti.patch("household", second, dasawisma=f"{DESA}/D001"))
    again = siti.save(siti.patch("household", third, catatan="tiga"))
    siti.sync()
    other = phone_of("siti")
    other.save(*again["patches"], id=again["id"])
    other.sync()
    budi.sync()
    budi.save(budi.patch("household", third, state="merged", merged_into=first))
    budi.sync()
    read.bring_up_to_date()
    return siti


def report_after(keyring, statement: str):
    """What the check says of a damage that is taken back afterwards."""
    with db.engine.connect() as connection:
        change = connection.begin()
        if statement:
            connection.execute(text(statement))
        with Session(connection) as session:
            found = check(session, keyring, read.today(), lambda _words: None)
        change.rollback()
    return found


def test_check__nothing_wrong__yes_and_everything_was_looked_at(busy, keyring):
    report = report_after(keyring, "")
    assert report.is_sound, report.reasons()
    assert report.lines()[0] == "YA"
    looked = {name: part.looked for name, part in report.parts.items()}
    assert looked.keys() >= DAMAGES.keys()
    assert all(looked.values()), looked


def test_check__each_damage__no_and_its_part(busy, keyring):
    for part, statements in DAMAGES.items():
        for statement in statements:
            report = report_after(keyring, statement)
            assert not report.is_sound, statement
            assert report.parts[part].wrong, (statement, report.reasons())
            assert report.lines()[0] == "TIDAK"
    assert report_after(keyring, "").is_sound


def test_check__edit_that_only_settles__its_bytes_are_kept(phone_of, work, keyring, verify):
    siti, sri, budi = phone_of("siti"), phone_of("sri"), phone_of("budi")
    (door,) = work(siti, 1, "D002")
    siti.sync()
    sri.sync()
    siti.save(siti.patch("household", door, catatan="satu"))
    siti.sync()
    sri.save(sri.patch("household", door, catatan="dua"))
    sri.sync()
    (name,) = db.session.scalars(db.select(Conflict.id))
    db.session.remove()
    budi.sync()
    budi.save(settles=[name])
    assert [one["verdict"] for one in budi.sync()["verdicts"]] in (["applied"], [])
    ok, parts = verify()
    assert ok, parts


def test_verify__live_and_of_a_file__say_the_same_and_exit_so(busy, dawis, backup):
    file = backup()
    for arguments in ((), (file,)):
        result = dawis("verify", *arguments)
        assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "YA"), result.output
    with db.engine.connect().execution_options(dawis_write=True) as connection, connection.begin():
        connection.execute(text(DAMAGES["chain"][1]))
    file = backup()
    for arguments in ((), (file,)):
        result = dawis("verify", *arguments)
        assert (result.exit_code, result.stdout.splitlines()[0]) == (1, "TIDAK"), result.output
        assert "rantai riwayat: 1 salah" in result.stdout
