"""What a thief of the database reads: no name, NIK or answer in any byte of it; and the chain of the log holds."""

import hashlib
import json

from sqlalchemy import select, text

from models.database import db
from models.history import PatchLog
from models.records import FeedDigest, Record
from models.territory import DesaSequence
from sync import digest
from tests.builders import DESA
from tests.contract.phone import new_id

NAME, NIK, STREET, ILLNESS, NOTE = (
    "Wahyuningtyas",
    "3522146103850017",
    "Gang Kenanga",
    "batuk-darah",
    "Rumah sakit umum",
)


def every_byte(app, tmp_path):
    """The whole database as it lies on the disk, or, from the server, every row of every table."""
    if db.engine.dialect.name == "sqlite":
        yield from ((file.name, file.read_bytes()) for file in tmp_path.rglob("*") if file.is_file())
        return
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                yield table.name, b"|".join(one if isinstance(one, bytes) else repr(one).encode() for one in row)


def season(phone_of, door_of):
    """Every kind of fate for edits that hold what nobody may read."""
    siti, sri, budi, tutik = (phone_of(name) for name in ("siti", "sri", "budi", "tutik"))
    sections = siti.client.get("/api/form").json["kinds"]["member"]["sections"]
    nik, text_field = (
        next(field["id"] for section in sections for field in section["fields"] if field["type"] == kind)
        for kind in ("nik", "text")
    )
    answers = {nik: NIK, text_field: NAME, "f_satu": STREET, "f_dua": [ILLNESS], NOTE.lower().replace(" ", "_"): NOTE}
    household, _family, (one, two) = door_of(siti, "D002", members=2)
    siti.save(siti.patch("member", one, base=0, **answers), siti.patch("member", two, base=0, **{nik: NIK}))
    siti.save(siti.patch("member", new_id(), base=0, household=household, **answers))
    siti.sync()
    sri.sync()
    budi.sync()
    siti.save(siti.patch("member", one, **{text_field: NAME + " Dewi", "f_satu": STREET + " 2"}))
    sri.save(sri.patch("member", one, **{text_field: NAME + " Putri", "f_satu": STREET + " 3"}))
    sri.save(sri.patch("member", new_id(), household=new_id(), **answers))
    sri.save(sri.patch("household", household, dasawisma=f"{DESA}/D003", **answers))
    sri.save(sri.patch("posyandu", new_id(), **answers))
    sri.save(sri.patch("member", one, f_tiga=NAME * 60, f_empat=STREET))
    sri.save(sri.patch("event", new_id(), household=household, type="lahir", on=sri.today, f_satu=ILLNESS), form="2030")
    tutik.save(tutik.patch("member", one, base=0, **answers))
    siti.sync()
    sri.sync()
    tutik.sync()
    siti.save({"kind": "member", "id": one, "set": [NAME]})
    siti.save(siti.patch("member", two, state="deleted", state_reason=NOTE))
    siti.sync()
    budi.sync()
    budi.save(
        budi.patch("member", one, **{nik: NIK}), settles=[c["id"] for c in budi.client.get("/api/conflicts").json]
    )
    budi.sync()
    fates = {v["verdict"] for phone in (siti, sri, tutik, budi) for v in phone.verdicts.values()}
    assert fates >= {"applied", "merged", "held", "proposed", "refused", "quarantined"}
    return siti, one


def test_no_byte_on_disk__tells_a_name_a_nik_or_an_answer(phone_of, door_of, app, tmp_path):
    season(phone_of, door_of)
    words = [word.encode() for word in (NAME, NIK, STREET, ILLNESS, NOTE)]
    for place, data in every_byte(app, tmp_path):
        assert not [word for word in words if word.lower() in data.lower()], place


def test_chain__and_digests__recomputed_from_the_rows(phone_of, door_of, app):
    season(phone_of, door_of)
    heads = dict(db.session.execute(select(DesaSequence.desa, DesaSequence.chain_head)).all())
    lines = list(db.session.scalars(select(PatchLog).order_by(PatchLog.desa, PatchLog.position)))
    for desa in {line.desa for line in lines}:
        mine = [line for line in lines if line.desa == desa]
        assert [line.position for line in mine] == list(range(1, len(mine) + 1))
        head = bytes(32)
        for line in mine:
            words = f"|{line.edit}|{line.record}|{line.seq}|{line.verdict}|".encode()
            head = hashlib.sha256(head + words + line.payload).digest()
            assert head == line.chain
        assert head == heads[desa]
    live = db.session.execute(
        select(Record.id, Record.version, Record.dasawisma).where(Record.state.in_(("active", "moved", "died")))
    )
    found = {}
    for record, version, area in live:
        found.setdefault(area, []).append((record, version))
    for row in db.session.scalars(select(FeedDigest)):
        assert digest.text(row.digest) == digest.text(digest.total(found.get(row.dasawisma, []))), row.dasawisma
        assert row.count == len(found.get(row.dasawisma, []))


def test_salt_destroyed__the_log_of_that_record_is_gone_for_ever(phone_of, door_of, app):
    siti, one = season(phone_of, door_of)
    lines = siti.client.get(f"/api/records/{one}/history").json
    assert NAME in json.dumps(lines)
    record = db.session.get_one(Record, one)
    blobs = [
        line.payload for line in db.session.scalars(select(PatchLog).where(PatchLog.record == one)) if not line.salt
    ]
    assert blobs
    assert record.salt not in b"".join(blobs)
    assert not db.session.scalar(text("select count(*) from record where salt is null"))
