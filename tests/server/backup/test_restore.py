"""Restore: the same rows on either database, the old one kept, killed anywhere, and every bad file refused."""

# ruff: noqa: PLR0917 (fixtures)
import base64
import json
import os
import resource
import signal
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import create_engine, select, text

from models.account import Person
from models.database import db, engine_options, prepare
from models.migrations.config import alembic_config
from models.territory import ServerState
from server.backup.locks import no_server, say_serving
from server.cli.main import main
from server.transaction import snapshot, write
from tests.builders import DESA
from tests.databases import KINDS, drop, empty_address
from tests.server.backup.databases import content, die_while_writing, restore_and_die, same


@pytest.fixture
def url(app):
    return app.config["DAWIS"].database_url


@pytest.fixture
def filled(phone_of, work):
    """A phone that has sent some doors, one edit that is held and one that is refused."""
    siti = phone_of("siti")
    work(siti, 3)
    siti.save(
        siti.patch("member", "01930000-0000-7000-8000-000000000001", household="01930000-0000-7000-8000-000000000002")
    )
    siti.save(siti.patch("household", "01930000-0000-7000-8000-000000000003", dasawisma="35.22.15.1001/D001"))
    siti.sync()
    return siti


@pytest.fixture
def elsewhere(app, tmp_path):
    """``elsewhere(kind)`` -> an environment for commands on another, empty database with the same keys, and its address."""
    made = []

    def make(kind: str) -> tuple[dict[str, str], str]:
        folder = tmp_path / f"elsewhere-{kind}-{len(made)}"
        folder.mkdir()
        made.append(empty_address(kind, folder))
        config = app.config["DAWIS"]
        keys = {"DAWIS_MASTER_KEY": config.master_key, "DAWIS_BLIND_KEY": config.blind_key}
        return {"DAWIS_DATA_DIR": str(folder), "DAWIS_DATABASE_URL": made[-1], **keys}, made[-1]

    yield make
    for address in made:
        drop(address)


@pytest.mark.parametrize("kind", KINDS)
def test_restore__into_an_empty_database_of_either_kind__the_very_same_rows(filled, backup, elsewhere, url, kind):
    environment, address = elsewhere(kind)
    result = CliRunner().invoke(main, ["restore", backup()], env=environment)
    assert result.exit_code == 0, result.output
    assert same(content(url), content(address))
    again = CliRunner().invoke(main, ["verify"], env=environment)
    assert again.stdout.startswith("YA"), again.output


def test_restore__over_the_present_database__old_one_kept_aside_whole(filled, backup, restore, work, url):
    file, before = backup(), content(url)
    work(filled, 2)
    filled.sync()
    late = content(url, leave_out=())
    told = restore(file)
    assert same(content(url), before)
    assert content(aside_of(url, told["aside"]), leave_out=()) == late


def aside_of(url: str, aside: str) -> str:
    if url.startswith("sqlite"):
        return f"sqlite:///{aside}"
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{aside}"


def test_restore__numbers_go_on_after_the_highest(filled, backup, restore, app, clock):
    file = backup()
    restore(file)
    with write() as session:
        highest = max(session.scalars(select(Person.id)))
        session.add(Person(name=b"x", created_at=clock()))
        session.flush()
        assert max(session.scalars(select(Person.id))) == highest + 1


@pytest.mark.parametrize(
    ("database_kind", "step"),
    [("sqlite", step) for step in ("opened", "built", "checked", "marked", "aside", "switched")]
    + [("postgresql", step) for step in ("marked", "switched")],
    indirect=["database_kind"],
)
def test_restore__killed_at_a_step__the_old_or_the_new_and_then_it_works(
    filled, backup, work, restore, app, clock, url, step
):
    file, before = backup(), content(url)
    work(filled, 2)
    filled.sync()
    late = content(url, leave_out=())
    assert restore_and_die(app.config["DAWIS"], clock, file, step)
    found = content(url, leave_out=())
    if step == "switched":
        assert same(content(url), before)
        assert found["server_state"] != late["server_state"]
    else:
        assert found == late
    restore(file)
    assert same(content(url), before)
    if url.startswith("sqlite"):
        assert not list(Path(db.engine.url.database).parent.glob("*.restoring*"))
    else:
        with snapshot() as session:
            assert not session.scalars(text("select nspname from pg_namespace where nspname like 'dawis_new%'")).all()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_restore__killed_while_pages_are_overwritten__still_the_old_one(filled, backup, work, restore, app, clock, url):
    file, before = backup(), content(url)
    work(filled, 2)
    filled.sync()
    late = content(url, leave_out=())
    for size in (1, 50_000, 250_000):
        clock.forward(seconds=1)
        cut = partial(die_while_writing, size)
        assert restore_and_die(app.config["DAWIS"], clock, file, "aside", cut), size
        assert content(url, leave_out=()) == late
    restore(file)
    assert same(content(url), before)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("step", ["marked", "aside", "cleared", "switched"])
def test_restore__present_one_unreadable__moved_aside_with_its_log__killed_anywhere(
    filled, backup, app, clock, url, step
):
    file, before = backup(), content(url)
    path = Path(db.engine.url.database)
    db.session.remove()
    db.engine.dispose()
    path.write_bytes(b"not a database at all " * 400)
    Path(f"{path}-wal").write_bytes(b"a log of its own")
    restore_and_die(app.config["DAWIS"], clock, file, step)
    if step == "switched":
        assert same(content(url), before)
    else:
        assert path.read_bytes().startswith(b"not a database")
    kept = list(path.parent.glob("dawis.db.before-*[0-9]"))
    assert [one.read_bytes()[:5] for one in kept] == ([b"not a"] if step != "marked" else [])
    assert (step == "marked") or Path(f"{kept[0]}-wal").read_bytes() == b"a log of its own"
    clock.forward(seconds=1)
    restore_and_die(app.config["DAWIS"], clock, file, "never")
    assert same(content(url), before)


def test_restore__server_running__refused_and_nothing_changed__forced_goes_on(filled, backup, dawis, restore, app, url):
    file, before = backup(), content(url, leave_out=())
    folder = app.config["DAWIS"].data_dir
    child = os.fork()
    if child == 0:
        say_serving(folder)
        (folder / "serving").touch()
        signal.pause()
    while not (folder / "serving").exists():
        pass
    try:
        with no_server(folder) as is_alone:
            assert not is_alone
        result = dawis("restore", file)
        assert result.exit_code == 1
        assert "Server sedang berjalan" in result.output
        assert content(url, leave_out=()) == before
        restore(file)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
    with no_server(folder) as is_alone:
        assert is_alone


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_restore__server_on_another_machine__its_connection_is_seen(filled, backup, dawis, app):
    file = backup()
    with db.engine.connect():
        result = dawis("restore", file)
    assert result.exit_code == 1
    assert "Server sedang berjalan" in result.output


def refused(result, words: str) -> None:
    assert result.exit_code == 1, result.output
    assert words in result.output
    assert "Traceback" not in result.output


def test_restore_and_verify__bad_files__words_and_nothing_changed(filled, backup, dawis, url, tmp_path, monkeypatch):
    file, before = Path(backup()), content(url, leave_out=())
    whole = file.read_bytes()
    bad = tmp_path / "bad.backup"
    for data, words in (
        (whole[:-5], "terpotong"),
        (whole[: len(whole) // 2], "terpotong"),
        (whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:], "rusak"),
        (b"PK\3\4" + whole, "bukan cadangan"),
        (b"", "bukan cadangan"),
    ):
        bad.write_bytes(data)
        for name in ("restore", "verify"):
            refused(dawis(name, str(bad)), words)
    for name in ("restore", "verify"):
        refused(dawis(name, str(tmp_path / "none")), "tidak ditemukan")
        refused(dawis(name, str(tmp_path)), "izin")
    monkeypatch.setenv("DAWIS_MASTER_KEY", base64.b64encode(b"z" * 32).decode())
    for name in ("restore", "verify"):
        refused(dawis(name, str(file)), "kunci lain")
    assert content(url, leave_out=()) == before


def test_restore__machine_without_keys__told_and_none_are_made(backup, elsewhere, filled):
    environment, _ = elsewhere("sqlite")
    environment |= {"DAWIS_MASTER_KEY": None, "DAWIS_BLIND_KEY": None}
    file = backup()
    for name in ("restore", "verify"):
        refused(CliRunner().invoke(main, [name, file], env=environment), "Kunci belum ada")
    assert not (Path(environment["DAWIS_DATA_DIR"]) / "keys").exists()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_restore__database_of_another_installation__refused_unless_forced(filled, backup, dawis, restore, url):
    file = backup()
    with write() as session:
        session.get_one(ServerState, 1).epoch = "0123456789abcdef"
    before = content(url, leave_out=())
    db.session.remove()
    db.engine.dispose()
    refused(dawis("restore", file), "pemasangan lain")
    assert content(url, leave_out=()) == before
    restore(file)


def test_restore__backup_of_a_newer_version__refused(filled, backup, dawis, url, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr("server.backup.make.schema_of", lambda _connection: "9999")
        file = backup()
    before = content(url, leave_out=())
    for name in (["restore", "--force"], ["verify"]):
        refused(dawis(*name, file), "lebih baru")
    assert content(url, leave_out=()) == before


def test_restore__backup_of_an_older_schema__brought_up_to_date(elsewhere, app, dawis, tmp_path, url):
    environment, address = elsewhere("sqlite")
    engine = create_engine(address, **engine_options(address))
    prepare(engine)
    command.upgrade(alembic_config(engine), "0001")
    with engine.connect().execution_options(dawis_write=True) as connection, connection.begin():
        connection.execute(text("insert into server_state values (1, 'aaaabbbbccccdddd', 0, '')"))
        connection.execute(text("insert into restore_point values (1, 7, 'aaaabbbbccccdddd', 5, '2026-01-01')"))
    engine.dispose()
    made = CliRunner().invoke(main, ["backup", "--json"], env=environment)
    assert made.exit_code == 0, made.output
    file = json.loads(made.stdout)["file"]
    result = CliRunner().invoke(main, ["restore", file, "--force"], env=environment)
    assert result.exit_code == 0, result.output
    assert next(row[:3] for row in content(address, ())["restore_point"]) == (1, 7, "aaaabbbbccccdddd")


def test_restore__content_that_fails_the_check__refused_unless_accepted(filled, backup, dawis, restore, verify, url):
    with write() as session:
        session.execute(text("update patch set verdict = 'merged' where position = 2"))
    file, before = backup(), content(url, leave_out=())
    ok, parts = verify(file)
    assert (ok, parts["chain"]["wrong"]) == (False, 1)
    refused(dawis("restore", "--force", file), "rantai riwayat: 1 salah")
    assert content(url, leave_out=()) == before
    restore(file, "--accept-damage")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_restore__disk_full_while_the_copy_is_made__words_and_nothing_changed(filled, backup, dawis, work, url):
    work(filled, 30)
    filled.sync()
    file, before = backup(), content(url, leave_out=())
    db.session.remove()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        results = [dawis("restore", "--force", file), dawis("verify", file)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    for result in results:
        refused(result, "penuh")
    assert content(url, leave_out=()) == before
    folder = Path(db.engine.url.database).parent
    assert not [one for part in ("*restoring*", "verify-*", "*before*") for one in folder.glob(part)]


def test_restore__shows_whom_to_ask_in_words(filled, backup, work, dawis):
    file = backup()
    work(filled, 2)
    filled.sync()
    db.session.remove()
    result = dawis("restore", file, "--force")
    assert f"Siti ({DESA}/D001, {DESA}/D002): 2" in result.stdout
