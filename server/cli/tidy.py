"""``dawis tidy`` and ``dawis quarantine``: what an operator does now and then."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.history import Held, Quarantine
from server.cli.main import with_app
from server.push import tools
from server.security.identity import now
from server.transaction import snapshot, write
from sync.batch import Batch, LockAgainError
from sync.departures import prune
from sync.flush import flush
from sync.hold import expire
from sync.replay import replay


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


@click.group()
def quarantine() -> None:
    """Kiriman yang belum dapat diolah server; isinya tersimpan utuh."""


@quarantine.command("list")
@click.option("--json", "as_json", is_flag=True)
@with_app
def show(*, as_json: bool) -> None:
    """Daftar yang masih menunggu."""
    with snapshot() as session:
        query = select(Quarantine).where(Quarantine.state == "open", Quarantine.verdict == "quarantined")
        rows = session.scalars(query.order_by(Quarantine.created_at)).all()
        for row in rows:
            line = {"ticket": row.ticket, "code": row.code, "edit": row.edit, "at": row.created_at.isoformat()}
            click.echo(json.dumps(line) if as_json else "  ".join(line.values()))
    if not rows and not as_json:
        click.echo("Tidak ada yang menunggu.")


@quarantine.command("replay")
@click.argument("ticket")
@with_app
def again(ticket: str) -> None:
    """Coba olah lagi satu tiket, seperti pada hari ia datang."""
    try:
        fate = with_locks(lambda session, lock: replay(session, ticket, tools(), lock))
    except KeyError as error:
        raise click.ClickException(f"Tiket {ticket} tidak ada.") from error
    click.echo(f"{ticket}: {fate}")


def with_locks(work: Callable[[Session, frozenset[int]], Any]) -> Any:
    """Do this in a write transaction, again where it turns out that more desa must be locked."""
    lock: frozenset[int] = frozenset()
    while True:
        try:
            with write() as session:
                return work(session, lock)
        except LockAgainError as more:
            if more.desa <= lock:
                raise
            lock = more.desa
