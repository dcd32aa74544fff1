"""Puts a backup in the place of the present database, step by step; killed at any of them, one of the two is whole.

    opened    head, checksum and key are right; it is of this installation
    built     the copy is made, filled, and brought to this version, beside the present database
    checked   the whole proof says yes
    marked    a new epoch has begun in the copy, which also knows every epoch the present one knew
    aside     the present database is kept under another name (SQLite; on PostgreSQL in the last step)
    switched  the copy is the database

The present database is never removed.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.aggregates.refresh import refresh, stale_desa
from models.calendar import day_of
from models.database import db
from models.form.definition import load
from models.problems import Problem
from models.sealing import Keyring, SealError
from server.backup import scratch, switch_postgresql, switch_sqlite
from server.backup.container import Reader
from server.backup.files import stamp
from server.backup.load import Backup, Manifest
from server.backup.locks import JOB, no_server
from server.backup.present import Missing, Present, look_at, missing
from server.config import Config
from server.locks import alone
from server.proof.check import check
from server.proof.report import Report
from sync.epochs import adopt_points, begin_epoch

Show = Callable[[int, int], None]
Mark = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """What a restore did: the backup's manifest, the new epoch, where the old database is, and who must sync."""

    manifest: Manifest
    epoch: str
    aside: str | None
    missing: list[Missing]


@dataclass(frozen=True)
class Wish:
    """What the operator allows: ``force`` a running server or another installation's database, ``damage`` a no."""

    force: bool = False
    accept_damage: bool = False


class Restore:
    """One restore.  ``mark`` is told every step as it is done."""

    def __init__(  # noqa: PLR0917 (what a restore needs)
        self, config: Config, keyring: Keyring, now: datetime, wish: Wish, show: Show, mark: Mark
    ) -> None:
        self.config, self.keyring, self.now, self.wish = config, keyring, now, wish
        self.show, self.mark = show, mark
        self.epoch, self.stamp = secrets.token_hex(8), stamp(now)

    def run(self, file: Path) -> Restored:
        """Restore; raises backup.* and restore.* problems, and then nothing was changed."""
        with no_server(self.config.data_dir) as is_free:
            is_served = not is_free or (self.path is None and switch_postgresql.others() > 0)
            with alone(JOB):
                return self._run(file, is_served=is_served)

    def _run(self, file: Path, *, is_served: bool) -> Restored:
        reader = Reader(file, self.keyring)
        try:
            backup = Backup(reader)
            present = self._present()
            self._allow(backup.manifest, present, is_served=is_served)
            self.mark("opened")
            if self.path is None:
                return self._on_postgresql(backup, present)
            return self._on_sqlite(backup, self.path)
        finally:
            reader.close()

    @property
    def path(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        name = db.engine.url.database
        return Path(name).absolute() if db.engine.dialect.name == "sqlite" and name else None

    def _exists(self) -> bool:
        return self.path is None or (self.path.exists() and self.path.stat().st_size > 0)

    def _present(self) -> Present:
        return look_at(db.engine) if self._exists() else Present()

    def _allow(self, manifest: Manifest, present: Present, *, is_served: bool) -> None:
        if is_served and not self.wish.force:
            raise Problem("restore.running")
        if is_served and self.path and self._exists() and not switch_sqlite.is_readable(self.path):
            raise Problem("restore.unreadable")
        is_foreign = present.epochs and not present.epochs & set(manifest["epochs"])
        if is_foreign and not self.wish.force:
            raise Problem("backup.foreign")

    # SQLite

    def _on_sqlite(self, backup: Backup, path: Path) -> Restored:
        new, aside = path.with_name(path.name + ".restoring"), path.with_name(f"{path.name}.before-{self.stamp}")
        try:
            with switch_sqlite.words(path.parent), scratch.sqlite_engine(new) as engine:
                self._build(backup, engine)
                with switch_sqlite.closed(Path(f"{path}.gate")):
                    present = self._present()
                    absent = missing(db.engine, engine, self.keyring) if present.epochs else []
                    db.engine.dispose()
                    self._mark(engine, present)
                    engine.dispose()
                    self._switch(path, new, aside)
            return Restored(backup.manifest, self.epoch, str(aside) if aside.exists() else None, absent)
        finally:
            scratch.remove(new)

    def _switch(self, path: Path, new: Path, aside: Path) -> None:
        if self._exists() and switch_sqlite.is_readable(path):
            switch_sqlite.copy_aside(path, aside)
            self.mark("aside")
            switch_sqlite.overwrite(path, new)
        else:
            switch_sqlite.replace(path, new, aside, self.mark)
        self.mark("switched")

    # PostgreSQL

    def _on_postgresql(self, backup: Backup, present: Present) -> Restored:
        new, aside = scratch.NEW + self.stamp.lower(), scratch.OLD + self.stamp.lower()
        scratch.drop_leftovers()
        try:
            with scratch.schema_engine(new) as engine:
                self._build(backup, engine)
                absent = missing(db.engine, engine, self.keyring) if present.epochs else []
                self._mark(engine, present)
            switch_postgresql.change_places(new, aside)
            self.mark("switched")
        finally:
            scratch.drop_leftovers()
        return Restored(backup.manifest, self.epoch, aside, absent)

    # both

    def _build(self, backup: Backup, engine: Engine) -> None:
        backup.fill(engine, self.show)
        self.mark("built")
        report = proven(engine, self.keyring, self.now)
        if not report.is_sound and not self.wish.accept_damage:
            raise Problem("backup.unsound", reasons="; ".join(report.reasons()))
        self.mark("checked")

    def _mark(self, engine: Engine, present: Present) -> None:
        with written(engine) as session:
            adopt_points(session, present.points)
            begin_epoch(session, self.epoch, self.now)
        self.mark("marked")


@contextmanager
def written(engine: Engine) -> Iterator[Session]:
    """A session on a copy whose work is kept when the block ends well."""
    with engine.begin() as connection, Session(connection) as session:
        yield session
        session.flush()


def proven(engine: Engine, keyring: Keyring, now: datetime) -> Report:
    """The whole check of a copy, whose counted rows are brought up to date first."""
    form, day = load(), day_of(now)
    with engine.connect() as connection, connection.begin(), Session(connection) as session:
        waiting = stale_desa(session, form, day)
    for desa in waiting:
        with suppress(SealError, ValueError), written(engine) as session:
            refresh(session, keyring, form, desa, day)
    with engine.connect() as connection, connection.begin(), Session(connection) as session:
        return check(session, keyring, day, lambda _words: None)
