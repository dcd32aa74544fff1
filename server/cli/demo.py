"""``dawis demo``: fill the demonstration desa, or remove it before real use."""

import click
from flask import current_app

from models.territory import Area
from server.cli.main import with_app
from server.demo import seed as seeding
from server.demo import welcome
from server.demo.accounts import KEPT_IN, password
from server.demo.purge import purge_demo
from server.security.identity import now
from server.transaction import snapshot, write


@click.group()
def demo() -> None:
    """Desa contoh."""


@demo.command()
@with_app
def seed() -> None:
    """Isi desa contoh Kapas dengan orang dan kunjungan rekaan."""
    with snapshot() as session:
        if session.query(Area).filter(Area.is_demo).count():
            raise click.ClickException("Desa contoh sudah ada. Hapus dulu: dawis demo purge")
    seeding.ensure_territory(lambda words: click.echo(words, err=True))
    with write() as session:
        seeding.seed_demo(session, now(), password(current_app.config["DAWIS"].data_dir))
    click.echo(welcome.table(current_app.config["DAWIS"]))


@demo.command()
@with_app
def purge() -> None:
    """Hapus desa contoh: orang, rumah, kunjungan, akun dan riwayatnya."""
    with write() as session:
        gone = purge_demo(session)
    (current_app.config["DAWIS"].data_dir / KEPT_IN).unlink(missing_ok=True)
    click.echo(f"Data contoh dihapus ({gone} wilayah di bawah desa).")
