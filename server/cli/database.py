"""``dawis database upgrade``: bring the schema to this version and make the one row of server state."""

import secrets

import click

from server.cli.main import with_app


@click.group()
def database() -> None:
    """Basis data."""


@database.command()
@with_app
def upgrade() -> None:
    """Buat atau perbarui tabel."""
    upgrade_database()


def upgrade_database() -> None:
    """Apply every migration; make the server's epoch when it has none."""
    from alembic import command

    from models.database import db
    from models.migrations.config import alembic_config
    from models.territory import ServerState
    from server.transaction import write

    command.upgrade(alembic_config(db.engine), "head")
    with write() as session:
        if session.get(ServerState, 1) is None:
            session.add(ServerState(id=1, epoch=secrets.token_hex(8), is_live=False, seeded=""))
