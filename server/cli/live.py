"""``dawis settings`` and ``dawis live``: real use starts only when it is decided who answers for the data."""

import json

import click
from sqlalchemy import func, select

from models.territory import Area, ServerState, Setting
from server.cli.main import with_app
from server.transaction import snapshot, write

REQUIRED = {
    "controller": "pengendali data (instansi yang bertanggung jawab)",
    "walidata": "walidata",
    "legal_basis": "dasar hukum",
    "contact": "kontak untuk warga",
}


@click.group()
def settings() -> None:
    """Keputusan pemasangan: pengendali data, walidata, dasar hukum, kontak."""


@settings.command("set")
@click.argument("name", type=click.Choice(sorted(REQUIRED)))
@click.argument("value")
@with_app
def set_value(name: str, value: str) -> None:
    """Simpan satu keputusan."""
    with write() as session:
        session.merge(Setting(name=name, value=value.strip()))
    click.echo(f"{name}: {value.strip()}")


@settings.command("list")
@click.option("--json", "as_json", is_flag=True)
@with_app
def list_values(*, as_json: bool) -> None:
    """Tampilkan semua keputusan."""
    values = read_settings()
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False))
        return
    for name, words in REQUIRED.items():
        click.echo(f"{name:12} {values.get(name) or '(belum diisi)'}  — {words}")


def read_settings() -> dict[str, str]:
    """Every decision made so far."""
    with snapshot() as session:
        return {row.name: row.value for row in session.scalars(select(Setting))}


@click.command()
@with_app
def live() -> None:
    """Mulai pemakaian sungguhan; ditolak selama data contoh masih ada atau keputusan belum lengkap."""
    with write() as session:
        demo = session.scalar(select(func.count()).select_from(Area).where(Area.is_demo))
        given = {row.name for row in session.scalars(select(Setting)) if row.value}
        missing = [words for name, words in REQUIRED.items() if name not in given]
        if demo:
            missing.insert(0, "data contoh belum dihapus (jalankan: dawis demo purge)")
        if missing:
            raise click.ClickException("Belum bisa mulai: " + "; ".join(missing) + ".")
        session.get_one(ServerState, 1).is_live = True
    click.echo("Dawis sekarang dipakai sungguhan.")
