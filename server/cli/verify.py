"""``dawis verify``: whether a backup, or the database in use, holds what it promises; yes or no."""

import json
import tempfile
from contextlib import suppress
from pathlib import Path

import click
from flask import current_app

from models.sealing import SealError
from server.cli.backup import need_keys
from server.cli.main import with_app
from server.cli.progress import progress_line
from server.counting import read
from server.proof.report import Report
from server.security.identity import now
from server.transaction import snapshot


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Satu objek JSON.")
def verify(file: Path | None, *, as_json: bool) -> None:
    """Periksa cadangan FILE dengan memulihkannya di tempat lain, atau basis data yang dipakai: YA atau TIDAK."""
    need_keys()
    _verify(file, as_json=as_json)


@with_app
def _verify(file: Path | None, *, as_json: bool) -> None:
    report = _file(file) if file else _live()
    for line in [json.dumps(report.as_json(), ensure_ascii=False)] if as_json else report.lines():
        click.echo(line)
    if not report.is_sound:
        raise SystemExit(1)


def _live() -> Report:
    from server.proof.check import check

    with suppress(SealError, ValueError):
        read.bring_up_to_date()
    with snapshot() as session:
        return check(session, read.keyring(), read.today(), lambda words: click.echo(words, err=True))


def _file(file: Path) -> Report:
    """Fill a scratch SQLite file beside the data, whichever database the backup is from."""
    from server.backup.container import Reader
    from server.backup.load import Backup
    from server.backup.restore import proven
    from server.backup.scratch import sqlite_engine
    from server.backup.switch_sqlite import words

    reader = Reader(file, read.keyring())
    data_dir = current_app.config["DAWIS"].data_dir
    try:
        with (
            words(data_dir),
            tempfile.TemporaryDirectory(prefix="verify-", dir=data_dir) as folder,
            sqlite_engine(Path(folder) / "copy.db") as engine,
        ):
            Backup(reader).fill(engine, progress_line("Memulihkan baris"))
            return proven(engine, read.keyring(), now())
    finally:
        reader.close()
