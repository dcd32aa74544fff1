"""``dawis tidy``: what an operator does now and then; once a day is plenty, and twice does no harm."""

from functools import partial

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.history import Held
from server.cli.main import with_app
from server.locks import with_locks
from server.push import tools
from server.security.identity import now
from server.transaction import snapshot, write
from sync.batch import Batch
from sync.departures import prune
from sync.flush import flush
from sync.hold import expire


@click.command()
@with_app
def tidy() -> None:
    """Lupakan kepergian lebih dari 400 hari; jadikan usulan yang tertahan lebih dari 30 hari."""
    with write() as session:
        gone = prune(session, now())
    with snapshot() as session:
        desa = session.scalars(select(Held.desa).where(Held.expires_at <= now(), Held.state == "held").distinct()).all()
    for one in desa:
        with_locks(partial(_expire, one))
    click.echo(f"{gone} kepergian dilupakan, {len(desa)} desa diperiksa.")


def _expire(desa: int, session: Session, lock: frozenset[int]) -> None:
    batch = Batch(session, tools())
    batch.lock({desa} | lock)
    expire(batch, desa)
    flush(batch)
