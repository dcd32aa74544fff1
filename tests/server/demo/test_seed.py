"""The demonstration: whole or not at all, about half collected, gone without a trace."""

import pytest
from sqlalchemy import func, select

from models.account import Credential, Person
from models.aggregates.tables import DoorSummary
from models.calendar import day_of
from models.database import Base
from models.form.definition import load
from models.history import Conflict, Edit
from models.records import Record, fields_of
from models.register import Door, RegisterState
from models.territory import Area, DesaSequence, ServerState, area_by_code
from server.demo import seed, welcome
from server.demo.people import FIRST_SERIAL
from server.demo.purge import purge_demo
from server.transaction import snapshot, write

DESA = "35.22.14.2011"


@pytest.fixture
def empty(app):
    """An installation at its first start."""
    with write() as session:
        session.get_one(ServerState, 1).seeded = ""
    return app


def count(session, table, *where):
    return session.scalar(select(func.count()).select_from(table).where(*where))


def test_ensure_seeded__first_start__makes_a_believable_desa_and_purge_removes_it(empty, keyring, clock):
    said = []
    seed.ensure_seeded(demo=True, say=said.append)
    seed.ensure_seeded(demo=True, say=said.append)
    assert len(said) == 3
    with snapshot() as session:
        desa = area_by_code(session, DESA)
        assert count(session, Area, Area.level == "desa") == 430
        assert count(session, Area, Area.desa_id == desa.id, Area.level == "dusun") == 4
        groups = session.scalars(select(Area).where(Area.desa_id == desa.id, Area.level == "dasawisma")).all()
        assert len(groups) == 40
        assert all(area.is_demo and not area.is_placeholder for area in groups)
        assert 580 <= count(session, Door, Door.removed_at.is_(None)) <= 640
        assert 1700 <= count(session, Record, Record.kind == "member") <= 2000
        complete = count(session, DoorSummary, DoorSummary.is_complete)
        assert 0.45 <= complete / count(session, DoorSummary) <= 0.55
        assert session.get_one(RegisterState, desa.id).state == "approved"
        assert set(session.scalars(select(Edit.verdict))) <= {"applied", "merged"}
        assert set(session.scalars(select(Conflict.state))) == {"open", "auto"}
        assert count(session, Door, Door.dirty) == 0
        days = {fields_of(keyring, one)["on"] for one in session.scalars(select(Record).where(Record.kind == "visit"))}
        assert max(days) <= day_of(clock()).isoformat()
        nik = load().role("member", "nik")
        members = session.scalars(select(Record).where(Record.kind == "member").limit(200))
        numbers = [fields_of(keyring, one).get(nik) for one in members]
        assert all(int(number[-4:]) >= FIRST_SERIAL for number in numbers if number)
    text = welcome.table(empty.config["DAWIS"])
    assert "admin.kapas" in text
    assert "Kode aktivasi kader" in text
    with write() as session:
        purge_demo(session)
    with snapshot() as session:
        assert count(session, Area, Area.is_demo) == count(session, Person) == count(session, Credential) == 0
        left = {table.name for table in Base.metadata.sorted_tables if count(session, table)}
        assert left == {"area", "area_code", "area_placement", "desa_sequence", "server_state"}
        assert count(session, Area) == 459
        assert session.scalar(select(func.max(DesaSequence.seq))) > 3000
    assert welcome.table(empty.config["DAWIS"]) == "Tanpa desa contoh."


def test_ensure_seeded__killed_in_the_middle__is_done_by_the_next_start(empty, monkeypatch):
    def dies(*_arguments, **_names):
        raise KeyboardInterrupt

    monkeypatch.setattr(seed, "_play", dies)
    with pytest.raises(KeyboardInterrupt):
        seed.ensure_seeded(demo=True, say=print)
    with snapshot() as session:
        assert session.get_one(ServerState, 1).seeded == ""
        assert count(session, Record) == count(session, Person) == count(session, Area, Area.is_demo) == 0
    monkeypatch.setattr(seed, "_play", lambda *_arguments, **_names: None)
    seed.ensure_seeded(demo=True, say=print)
    with snapshot() as session:
        assert session.get_one(ServerState, 1).seeded == "done"
        assert count(session, Record, Record.kind == "household") == count(session, Door)


def test_ensure_seeded__without_demonstration__only_loads_the_territory(empty):
    seed.ensure_seeded(demo=False, say=print)
    with snapshot() as session:
        assert session.get_one(ServerState, 1).seeded == "done"
        assert (count(session, Area), count(session, Person)) == (459, 0)
