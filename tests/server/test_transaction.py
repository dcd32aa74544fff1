import threading

import pytest
from sqlalchemy import select

from models.account import Person
from models.database import db
from models.territory import ServerState
from server.transaction import snapshot, write


def test_write__fault__nothing_kept(app, clock):
    with pytest.raises(ZeroDivisionError):
        _fault(clock())
    assert db.session.scalars(select(Person)).all() == []


def _fault(moment):
    with write() as session:
        session.add(Person(name=b"x", created_at=moment))
        session.flush()
        raise ZeroDivisionError


def test_write__inside_write__refused_instead_of_waiting_for_itself(app):
    if db.engine.dialect.name == "sqlite":
        with pytest.raises(RuntimeError, match="inside"), write(), write():
            pass
    with write():
        pass


def test_write__eight_threads_count_together__no_increment_lost(app):
    def work():
        with app.app_context():
            for _ in range(25):
                with write() as session:
                    state = session.scalar(select(ServerState).with_for_update())
                    state.seeded = str(int(state.seeded) + 1)

    with write() as session:
        session.get_one(ServerState, 1).seeded = "0"
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with snapshot() as session:
        assert session.get_one(ServerState, 1).seeded == "200"


def test_snapshot__sees_one_moment_while_others_write(app):
    with snapshot() as session:
        before = session.get_one(ServerState, 1).seeded
        done = threading.Thread(target=_rename, args=(app, "changed"))
        done.start()
        done.join()
        assert session.scalar(select(ServerState.seeded)) == before
    with snapshot() as session:
        assert session.scalar(select(ServerState.seeded)) == "changed"


def _rename(app, value):
    with app.app_context(), write() as session:
        session.get_one(ServerState, 1).seeded = value


def test_sqlite__library_and_durability_are_the_safe_ones(app):
    if db.engine.dialect.name != "sqlite":
        assert db.session.connection().exec_driver_sql("show synchronous_commit").scalar() == "on"
        return
    connection = db.session.connection()
    version = tuple(int(part) for part in connection.exec_driver_sql("select sqlite_version()").scalar().split("."))
    assert version >= (3, 51, 3)
    assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
    assert connection.exec_driver_sql("pragma synchronous").scalar() == 2
