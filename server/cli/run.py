"""``dawis run``: bring the database up to date, seed the demonstration at first start, then serve with gunicorn."""

import os
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication


@click.command()
@click.option("--demo/--no-demo", default=True, help="Isi desa contoh pada basis data yang masih kosong.")
def run(*, demo: bool) -> None:
    """Jalankan server."""
    os.umask(0o077)
    Served(prepare(demo=demo)).run()


class Served(BaseApplication):  # type: ignore[misc]
    """Gunicorn around an application that is made already: nothing is imported twice."""

    def __init__(self, app: Flask) -> None:
        self.made = app
        super().__init__()

    def load_config(self) -> None:
        """The settings of ``server/gunicorn_conf.py``."""
        from server import gunicorn_conf

        for name, value in vars(gunicorn_conf).items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application."""
        return self.made


def prepare(*, demo: bool) -> Flask:
    """Schema, territory, demonstration, and the table of how to sign in; in this order, each step safe to repeat."""
    from models.database import db
    from server.app import create_app
    from server.cli.database import upgrade_database
    from server.demo import seed, welcome

    app = create_app()
    with app.app_context():
        upgrade_database()
        seed.ensure_seeded(demo=demo, say=_say)
        os.environ["DAWIS_WELCOME"] = welcome.table(app.config["DAWIS"])
        db.engine.dispose()
    return app


def _say(words: str) -> None:
    click.echo(words, err=True)
