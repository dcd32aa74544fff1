import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.history import Outbox
from models.records import Record
from models.sql import Read, Write, among, insert_rows
from server.transaction import snapshot, write

OUTBOX, RECORD = Outbox.__table__, Record.__table__
BY_ID = Read(
    select(OUTBOX.c.id, OUTBOX.c.person, OUTBOX.c.created_at).where(among(OUTBOX.c.id, "ids")).order_by(OUTBOX.c.id)
)
BY_PERSON = Read(select(OUTBOX.c.id).where(among(OUTBOX.c.person, "people"), OUTBOX.c.kind == "phone"))
BY_NIK = Read(select(RECORD.c.id).where(among(RECORD.c.nik_index, "niks")))
MOVE = Write(update(OUTBOX).where(OUTBOX.c.id == bindparam("key")).values(applied_through=bindparam("to")))


def outboxes(moment, *names):
    return [{"id": name, "person": 7, "kind": "phone", "applied_through": 0, "created_at": moment} for name in names]


def test_among__any_length__finds_what_is_named(app, clock):
    with write() as session:
        insert_rows(session, OUTBOX, outboxes(clock(), "a", "b", "c"))
    with snapshot() as session:
        assert [row[0] for row in BY_ID.all(session, ids=["c", "a", "nobody"])] == ["a", "c"]
        assert list(BY_ID.all(session, ids=[])) == []
        assert BY_ID.first(session, ids=["b"]) == ("b", 7, clock())
        assert len(BY_PERSON.all(session, people=[7, 8])) == 3
        assert list(BY_NIK.all(session, niks=[b"\x00" * 16, b"\xff" * 16])) == []
        assert [row[0] for row in BY_ID.all(session, ids=[f"x{n}" for n in range(40_000)] + ["b"])] == ["b"]


def test_insert_rows__one_is_there__refused_or_passed_over(app, clock):
    with write() as session:
        insert_rows(session, OUTBOX, outboxes(clock(), "a"))
        insert_rows(session, OUTBOX, outboxes(clock(), "a", "b"), is_forgiving=True)
    with snapshot() as session:
        assert len(BY_ID.all(session, ids=["a", "b"])) == 2
    with pytest.raises(IntegrityError), write() as session:
        insert_rows(session, OUTBOX, outboxes(clock(), "a"))


def test_write__one_and_many__only_what_was_named(app, clock):
    with write() as session:
        insert_rows(session, OUTBOX, outboxes(clock(), "a", "b", "c"))
        MOVE.run(session, key="a", to=5)
        MOVE.run_all(session, [{"key": "b", "to": 6}, {"key": "c", "to": 7}])
    with snapshot() as session:
        found = session.execute(select(OUTBOX.c.id, OUTBOX.c.applied_through).order_by(OUTBOX.c.id)).all()
        assert [tuple(row) for row in found] == [("a", 5), ("b", 6), ("c", 7)]


def test_read__database_fault__is_the_one_the_pusher_knows(app):
    from sqlalchemy import text

    with pytest.raises(DBAPIError), snapshot() as session:
        Read(text("SELECT nothing FROM nowhere")).all(session)
