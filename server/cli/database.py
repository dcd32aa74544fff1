"""``dawis database upgrade``: bring schema and records to this version, and make the one row of server state.

What waited in quarantine for a form this server now knows is replayed, in the order it came.
"""

import secrets

import click

from server.cli.main import with_app


@click.group()
def database() -> None:
    """Basis data."""


@database.command()
@with_app
def upgrade() -> None:
    """Buat atau perbarui tabel, bawa catatan ke formulir terbaru, lalu olah kiriman yang menunggu formulir ini."""
    upgrade_database()


def upgrade_database() -> None:
    """Apply every migration and form; make the server's epoch when it has none; replay what waited for the form."""
    from alembic import command
    from flask import current_app

    from models.database import db
    from models.form.upcast import NoWayError
    from models.migrations.config import alembic_config
    from models.territory import ServerState
    from server.cli.quarantine import replay_all
    from server.recast import recast
    from server.transaction import write

    command.upgrade(alembic_config(db.engine), "head")
    with write() as session:
        if session.get(ServerState, 1) is None:
            session.add(ServerState(id=1, epoch=secrets.token_hex(8), is_live=False, seeded=""))
    try:
        with write() as session:
            recast(session, current_app.config["KEYRING"])
    except NoWayError as error:
        raise click.ClickException(
            f"Data memakai formulir {error.args[0]} yang belum dikenal versi Dawis ini. Tidak ada yang diubah."
        ) from error
    replay_all("form")
