"""``dawis register``: bring in resident files, take an import back, give the file back, load reference totals."""

import json
import os
from pathlib import Path
from typing import Any

import click
from flask import current_app

from models.calendar import day_of
from models.exchange.reasons import UnreadableFileError
from server.cli.main import with_app
from server.cli.progress import progress_line
from server.register.export import export_residents
from server.register.importing import Office, dry_run, run_import
from server.register.reference import load_reference
from server.register.report import Report, write_errors
from server.register.source import Source, read_source
from server.register.undo import undo_import
from server.security.identity import now

FILE = click.Path(path_type=Path)


@click.group()
def register() -> None:
    """Register rumah yang diharapkan: impor, pembatalan, angka pembanding."""


@register.command("import")
@click.argument("file", type=FILE)
@click.option("--desa", "desa_code", required=True, help="Kode desa, misalnya 35.22.14.2011.")
@click.option("--rtm", type=FILE, help="Berkas rumah tangga (NIK, NOMOR RUMAH TANGGA, STATUS HUBUNGAN).")
@click.option("--dry-run", "is_dry", is_flag=True, help="Hanya tampilkan apa yang akan terjadi.")
@click.option(
    "--errors", type=FILE, help="Tulis baris yang ditolak ke berkas ini, CSV atau XLSX (bawaan: FILE-ditolak.csv)."
)
@click.option("--json", "as_json", is_flag=True)
@with_app
def import_file(
    file: Path, desa_code: str, rtm: Path | None, errors: Path | None, *, is_dry: bool, as_json: bool
) -> None:
    """Baca berkas penduduk OpenSID (XLSX atau CSV) menjadi rumah, KK dan warga."""
    source = _read(file, rtm)
    if is_dry:
        report = dry_run(desa_code, source, _office())
    else:
        report = run_import(desa_code, source, _office(), progress_line("Menyimpan rumah"))
    errors = _errors_file(report, errors, file)
    if as_json:
        said = report.as_json(dry_run=is_dry) | {"errors_file": str(errors) if errors else None}
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for line in report.as_words(dry_run=is_dry):
        click.echo(line)
    if errors:
        click.echo(f"Baris yang ditolak ditulis ke {errors}")
    if report.import_id:
        click.echo(f"Impor {report.import_id} selesai. Batalkan dengan: dawis register undo {report.import_id}")


def _errors_file(report: Report, wanted: Path | None, file: Path) -> Path | None:
    """Write the rows turned down: where asked, else beside the file, else into the data folder; None for no rows."""
    rtm = report.source.rtm_rejections
    if wanted is None and not (report.rejections or rtm):
        return None
    beside = file.with_name(f"{file.stem}-ditolak.csv")
    if wanted is None and not os.access(beside.parent, os.W_OK):
        beside = current_app.config["DAWIS"].data_dir / beside.name
    write_errors(wanted or beside, report.rejections, rtm)
    return wanted or beside


@register.command()
@click.argument("import_id", metavar="IMPORT")
@click.option("--json", "as_json", is_flag=True)
@with_app
def undo(import_id: str, *, as_json: bool) -> None:
    """Batalkan satu impor; yang sudah disentuh kader tetap."""
    done = undo_import(import_id, _office(), progress_line("Membatalkan"))
    said = done.as_json()
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo(f"{said['deleted']} catatan dihapus, {said['restored']} isian dikembalikan.")
    if said["kept_doors"] or said["kept_fields"]:
        click.echo(f"Tetap karena sudah disentuh: {said['kept_doors']} rumah, {said['kept_fields']} isian.")
    if said["still_listed"]:
        click.echo(f"{said['still_listed']} rumah tetap di register sampai pengurangannya disetujui kecamatan.")


@register.command()
@click.argument("file", type=FILE)
@click.option("--desa", "desa_code", required=True)
@click.option("--json", "as_json", is_flag=True)
@with_app
def export(file: Path, desa_code: str, *, as_json: bool) -> None:
    """Tulis warga desa kembali sebagai berkas OpenSID; sel yang tidak disentuh kembali persis seperti semula."""
    said = export_residents(file, desa_code, current_app.config["KEYRING"])
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        click.echo(f"{said['rows']} warga ditulis ke {file}; {len(said['blanks'])} sel tanpa kode dibiarkan kosong.")


@register.command()
@click.argument("file", type=FILE)
@click.option("--source", help="Sumber angka, bila tidak ada kolomnya (misalnya Dukcapil semester I 2026).")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d", "%d-%m-%Y"]), help="Keadaan per tanggal.")
@click.option("--errors", type=FILE)
@click.option("--json", "as_json", is_flag=True)
@with_app
def reference(file: Path, source: str | None, on: Any, errors: Path | None, *, as_json: bool) -> None:
    """Muat angka pembanding per desa: kode desa, KK, orang, sumber, tanggal."""
    try:
        loaded = load_reference(file, day_of(now()), source, on.date() if on else None)
    except UnreadableFileError as error:
        raise click.ClickException(str(error)) from error
    if errors is not None:
        write_errors(errors, loaded.rejections)
    if as_json:
        click.echo(json.dumps(loaded.as_json(), ensure_ascii=False))
        return
    click.echo(f"{loaded.count} desa dimuat, {len(loaded.rejections)} baris ditolak.")
    for one in loaded.rejections[:20]:
        click.echo(f"Ditolak: baris {one.row}, kolom {one.column}: {one.text}")


def _office() -> Office:
    return Office(current_app.config["KEYRING"], now())


def _read(file: Path, rtm: Path | None) -> Source:
    show = progress_line("Membaca baris")
    try:
        return read_source(file, rtm, day_of(now()), lambda count: show(count, 0))
    except UnreadableFileError as error:
        raise click.ClickException(str(error)) from error
