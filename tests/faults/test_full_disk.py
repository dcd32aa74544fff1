"""The disk is really full under a running server: 507, nothing acknowledged, and it goes on by itself afterwards.

The server (on PostgreSQL: the tables) lives in a small memory file system of its own mount namespace.
"""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest

from tests.builders import DESA
from tests.contract.phone import new_id
from tests.databases import KINDS, _make_tables, new_address
from tests.faults.postgres import Postgres
from tests.faults.said import say
from tests.faults.serving import Serving

SIZE = "24m"
BIG = "x" * 450
BEFORE, AFTER = 3, 3
NAMESPACE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]


@pytest.fixture(params=KINDS)
def small(request, tmp_path):
    """A prepared installation, its disk as seen from here, and people's cookies."""
    folder, disk = tmp_path / "data", tmp_path / "disk"
    folder.mkdir()
    disk.mkdir()
    disk.chmod(0o777)
    if request.param == "sqlite":
        serving = Serving(folder, new_address("sqlite", folder))
        cookies = serving.prepare(["siti"])
        mount = f'mount -t tmpfs -o size={SIZE} tmpfs {disk} && cp -a {folder}/. {disk} && exec "$@"'
        serving.folder, serving.database_url = disk, f"sqlite:///{disk / 'dawis.db'}"
        serving.around = [*NAMESPACE, "sh", "-c", mount, "sh"]
        serving.start()
        yield serving, Path(f"/proc/{serving.process.pid}/root{disk}"), cookies
        serving.stop()
        return
    postgres, disk = Postgres(), Path(mkdtemp(prefix="dawis-disk-"))
    disk.chmod(0o755)  # the database's own user must get there
    holder = subprocess.Popen(
        [*NAMESPACE, "sh", "-c", f"mount -t tmpfs -o size={SIZE},mode=0777 tmpfs {disk} && exec sleep 3600"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield from _on_postgres(postgres, folder, disk, holder)


def _on_postgres(postgres, folder, disk, holder):
    postgres.kill()
    postgres.start(around=["nsenter", f"--mount=/proc/{holder.pid}/ns/mnt"])
    space = disk / "space"
    inside = Path(f"/proc/{holder.pid}/root{space}")
    inside.mkdir()
    if postgres.server.system_user:
        shutil.chown(inside, postgres.server.system_user)
    with psycopg.connect(postgres.server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
        connection.execute("CREATE DATABASE dawis TABLESPACE small")
    serving = Serving(folder, postgres.address("dawis"))
    _make_tables(serving.database_url)
    cookies = serving.prepare(["siti"])
    serving.start()
    yield serving, inside, cookies
    serving.stop()
    postgres.stop()
    holder.send_signal(signal.SIGTERM)
    holder.wait()
    disk.rmdir()


def test_full_disk__507_nothing_acknowledged__goes_on_by_itself(small):
    serving, disk, cookies = small
    siti = serving.phone(cookies[0])
    doors: list[str] = []

    def push():
        for _ in range(20):
            doors.append(new_id())
            siti.save(siti.patch("household", doors[-1], dasawisma=f"{DESA}/D001", alamat=BIG))
        return siti.post(siti.body(siti.queue))

    for _ in range(BEFORE):
        siti.apply(push().json)
    workers = serving.workers()
    before = siti.applied_through
    ballast = disk / "ballast"
    _fill(ballast)
    statuses = []
    for _ in range(60):
        answer = push()
        statuses.append(answer.status_code)
        if answer.status_code == 200:
            siti.apply(answer.json)
            before = siti.applied_through
        _fill(ballast)
        if statuses[-3:] == [507] * 3:
            break
    assert statuses[-3:] == [507] * 3, statuses
    assert answer.json["code"] == "server.full"
    looking = siti.post(siti.body([]))
    assert looking.status_code == 200, "it can still be read"
    assert looking.json["applied_through"] == before
    ballast.unlink()
    for _ in range(AFTER):
        answer = siti.post(siti.body(siti.queue[:200]))
        assert answer.status_code == 200
        assert {one["verdict"] for one in answer.json["verdicts"]} <= {"applied"}
        siti.apply(answer.json)
        siti.sync()
        siti.save(siti.patch("household", doors[0], alamat="again"))
    siti.sync()
    assert set(siti.records) == set(doors)
    assert serving.workers() == workers, "a worker was replaced"
    say(f"full disk: {statuses}")


def _fill(ballast):
    """Take every byte there is."""
    for size in (1 << 20, 1 << 12, 1):
        try:
            with ballast.open("ab", buffering=0) as file:
                while file.write(b"\0" * size) == size:
                    pass
        except OSError:
            continue
