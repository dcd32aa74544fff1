"""``dawis settings`` and ``dawis live``: real use starts only when it is decided who answers for the data.

``oldest_app`` is a decision too, but none that real use waits for: the oldest app that may still read.
"""

import json
import re

import click
from sqlalchemy import func, select

from models.territory import Area, ServerState, Setting
from server.cli.main import with_app
from server.config import VERSION
from server.oldest_app import NAME as OLDEST_APP
from server.oldest_app import version
from server.transaction import snapshot, write

REQUIRED = {
    "controller": "pengendali data (instansi yang bertanggung jawab)",
    "walidata": "walidata",
    "legal_basis": "dasar hukum",
    "contact": "kontak untuk warga",
}
OPTIONAL = {OLDEST_APP: "aplikasi tertua yang masih boleh membaca, misalnya 1.4.0"}
WORDS = REQUIRED | OPTIONAL
APP = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}")
LONGEST = 500


@click.group()
def settings() -> None:
    """Keputusan pemasangan: pengendali data, walidata, dasar hukum, kontak, aplikasi tertua."""


@settings.command("set")
@click.argument("name")
@click.argument("value")
@with_app
def set_value(name: str, value: str) -> None:
    """Simpan satu keputusan."""
    value = " ".join(value.split())
    _check(name, value)
    with write() as session:
        session.merge(Setting(name=name, value=value))
    click.echo(f"{name}: {value}")


def _check(name: str, value: str) -> None:
    """Refuse an unknown name and a value that cannot be meant; an app newer than our own would lock every phone out."""
    if name not in WORDS:
        raise click.ClickException(f"Setelan {name} tidak ada. Yang ada: {', '.join(sorted(WORDS))}.")
    if len(value) > LONGEST or not value.isprintable():
        raise click.ClickException(f"Nilai {name} paling panjang {LONGEST} huruf, dalam satu baris.")
    if name != OLDEST_APP:
        return
    if not APP.fullmatch(value):
        raise click.ClickException("Tulis nomor aplikasi dengan angka dan titik, misalnya 1.4.0.")
    if version(value) > version(VERSION):
        raise click.ClickException(
            f"Aplikasi di server ini {VERSION}; HP tidak dapat memperbarui ke {value}. Tidak ada yang diubah."
        )


@settings.command("list")
@click.option("--json", "as_json", is_flag=True)
@with_app
def list_values(*, as_json: bool) -> None:
    """Tampilkan semua keputusan."""
    values = read_settings()
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False))
        return
    for name, words in WORDS.items():
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
