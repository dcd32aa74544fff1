import json
import resource
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.backup.files import made_at, stamp, thin_out
from server.backup.locks import JOB
from server.locks import alone


def test_backup__while_phones_write__one_moment_and_nobody_waits_for_it(phone_of, work, backup, verify, app):
    siti, stop = phone_of("siti"), threading.Event()

    def write_on():
        with app.app_context():
            while not stop.is_set():
                work(siti)
                siti.sync()

    work(siti, 20)
    siti.sync()
    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        files = [backup() for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    assert siti.n > 22
    for file in files:
        ok, parts = verify(file)
        assert ok, parts
    assert sorted(files) == files


def test_backup__holds_no_name_and_no_key_and_only_its_owner_reads_it(phone_of, work, backup, app):
    siti = phone_of("siti")
    work(siti)
    siti.sync()
    path = Path(backup())
    for secret in (b"Siti", b"Rahasia", b"m" * 32, b"bWJt", siti.outbox.encode()):
        assert secret not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_backup__disk_full__words_no_half_file_and_the_old_one_stays(phone_of, work, backup, dawis):
    siti = phone_of("siti")
    work(siti, 50)
    siti.sync()
    first = Path(backup())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (first.stat().st_size // 2, hard))
    try:
        result = dawis("backup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert result.exit_code == 1
    assert "Tempat penyimpanan penuh" in result.output
    assert list(first.parent.iterdir()) == [first]


def test_backup__folder_that_cannot_be__words(dawis, tmp_path):
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/dawis")):
        result = dawis("backup", "--to", str(folder))
        assert result.exit_code == 1, folder
        assert "izin" in result.output


def test_backup__killed_halfway__the_next_one_sweeps_up(backup, app):
    folder = Path(backup()).parent
    (folder / "dawis-20200101T000000000Z.backup.partial").write_bytes(b"half")
    backup()
    assert list(folder.glob("*partial")) == []


def test_backup_and_restore__another_one_under_way__words(backup, dawis, app):
    file = backup()
    with alone(JOB):
        results = [dawis("backup"), dawis("restore", "--force", file)]
    for result in results:
        assert result.exit_code == 1
        assert "sedang berjalan" in result.output


def test_keep_days__older_ones_go__never_the_newest_and_nothing_else(backup, dawis, app):
    folder = Path(backup()).parent
    old = folder / f"dawis-{stamp(datetime.now(UTC) - timedelta(days=31))}Z.backup"
    young = folder / f"dawis-{stamp(datetime.now(UTC) - timedelta(days=29))}Z.backup"
    for path in (old, young, folder / "catatan.txt", folder / "dawis-19990101T000000000Z.backup.salinan"):
        path.write_bytes(b"x")
    told = json.loads(dawis("backup", "--json", "--keep-days", "30").stdout)
    assert told["removed"] == [str(old)]
    assert young.exists()
    assert len(list(folder.iterdir())) == 5
    newest = Path(told["file"])
    now = datetime.now(UTC) + timedelta(days=900)
    thin_out(folder, 0, now, newest)
    assert sorted(path.name for path in folder.iterdir() if made_at(path)) == [newest.name]


def test_backup__database_without_tables__words(dawis, app, monkeypatch, tmp_path):
    monkeypatch.setenv("DAWIS_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    result = dawis("backup")
    assert result.exit_code == 1
    assert "dawis database upgrade" in result.output
    assert not list((tmp_path / "backups").glob("*"))
