"""``dawis run``: bring the database up to date, seed the demonstration at first start, then become gunicorn."""

import os
import sys
from pathlib import Path

import click


@click.command()
@click.option("--demo/--no-demo", default=True, help="Isi desa contoh pada basis data yang masih kosong.")
def run(*, demo: bool) -> None:
    """Jalankan server."""
    os.umask(0o077)
    prepare(demo=demo)
    gunicorn = Path(sys.executable).with_name("gunicorn")
    os.execv(gunicorn, [str(gunicorn), "--config", "python:server.gunicorn_conf", "wsgi:app"])  # noqa: S606 (our own file)


def prepare(*, demo: bool) -> None:
    """Schema, territory, demonstration, and the table of how to sign in; in this order, each step safe to repeat."""
    from flask import current_app

    from server.app import create_app
    from server.cli.database import upgrade_database
    from server.demo import seed, welcome

    with create_app().app_context():
        upgrade_database()
        seed.ensure_seeded(demo=demo, say=_say)
        text = welcome.table(current_app.config["DAWIS"])
    os.environ["DAWIS_WELCOME"] = text


def _say(words: str) -> None:
    click.echo(words, err=True)
