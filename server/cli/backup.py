"""``dawis backup`` and ``dawis restore``: a copy of everything, made while the server runs, and the way back."""

import json
from pathlib import Path

import click
from flask import current_app

from server.cli.main import with_app
from server.cli.progress import progress_line
from server.config import from_environment, has_keys
from server.errors import WORDS
from server.security.identity import now

FOLDER = "backups"
STEPS = {
    "opened": "Cadangan utuh dan kuncinya cocok.",
    "built": "Salinan selesai disusun.",
    "checked": "Salinan sudah diperiksa.",
    "aside": "Basis data lama disimpan.",
    "switched": "Basis data sudah diganti.",
}


@click.command()
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder tujuan; bila kosong: backups.")
@click.option("--keep-days", type=click.IntRange(0), help="Hapus cadangan yang lebih tua; yang terbaru selalu tinggal.")
@click.option("--json", "as_json", is_flag=True, help="Satu objek JSON.")
@with_app
def backup(folder: Path | None, keep_days: int | None, *, as_json: bool) -> None:
    """Buat cadangan terkunci selagi server berjalan; kunci tidak ikut di dalamnya."""
    from server.backup.make import back_up

    folder = (folder or current_app.config["DAWIS"].data_dir / FOLDER).absolute()
    made = back_up(current_app.config["KEYRING"], folder, now(), keep_days, progress_line("Mencadangkan baris"))
    key = current_app.config["KEYRING"].name
    said = {"file": str(made.path), "bytes": made.size, "rows": made.rows, "key": key}
    if as_json:
        click.echo(json.dumps({**said, "removed": [str(path) for path in made.removed]}))
        return
    click.echo(f"{made.path} · {made.size:,} byte · {made.rows:,} baris · kunci {key}".replace(",", "."))
    if made.removed:
        click.echo(f"{len(made.removed)} cadangan lama dihapus.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Walau server berjalan, atau basis data sekarang milik pemasangan lain.")
@click.option("--accept-damage", is_flag=True, help="Walau isi cadangan tidak lulus pemeriksaan.")
@click.option("--json", "as_json", is_flag=True, help="Satu objek JSON.")
def restore(file: Path, *, force: bool, accept_damage: bool, as_json: bool) -> None:
    """Pulihkan dari cadangan; basis data sekarang disimpan di samping, HP mengirim ulang sendiri."""
    need_keys()
    _restore(file, force=force, accept_damage=accept_damage, as_json=as_json)


def need_keys() -> None:
    """Stop before a start would make new keys, which open no backup."""
    config = from_environment()
    if not has_keys(config):
        raise click.ClickException(f"{WORDS['backup.no_keys']} ({config.data_dir / 'keys'})")


@with_app
def _restore(file: Path, *, force: bool, accept_damage: bool, as_json: bool) -> None:
    from server.backup.restore import Restore, Wish

    def mark(step: str) -> None:
        if step in STEPS:
            click.echo(STEPS[step], err=True)

    wish, show = Wish(force=force, accept_damage=accept_damage), progress_line("Memulihkan baris")
    done = Restore(current_app.config["DAWIS"], current_app.config["KEYRING"], now(), wish, show, mark).run(file)
    absent = [
        {"author": one.author, "name": one.name, "areas": list(one.areas), "edits": one.edits} for one in done.missing
    ]
    if as_json:
        made = {"made_at": done.manifest["made_at"], "epoch": done.epoch, "aside": done.aside}
        click.echo(json.dumps({**made, "missing": absent}, ensure_ascii=False))
        return
    click.echo(f"Dipulihkan ke keadaan {done.manifest['made_at']}. Riwayat server baru: {done.epoch}.")
    if done.aside:
        click.echo(f"Basis data sebelumnya tetap ada: {done.aside}")
    if done.missing:
        number = sum(one.edits for one in done.missing)
        click.echo(
            f"{number} kiriman sesudah cadangan itu belum ada di sini. HP mengirim ulang sendiri; mintalah sinkron:"
        )
        for one in done.missing:
            click.echo(f"  {one.name} ({', '.join(one.areas) or 'tanpa wilayah'}): {one.edits}")
