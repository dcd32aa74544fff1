"""``dawis dasawisma``: list the dasa wisma of a desa, add one."""

import json
from dataclasses import asdict

import click
from flask import current_app

from models.calendar import day_of
from server.cli.main import with_app
from server.register.areas import add_dasawisma, dasawisma_lines, desa_of
from server.security.identity import now
from server.transaction import snapshot, write


@click.group()
def dasawisma() -> None:
    """Dasa wisma sebuah desa."""


@dasawisma.command("list")
@click.option("--desa", "desa_code", required=True, help="Kode desa, misalnya 35.22.14.2011.")
@click.option("--json", "as_json", is_flag=True, help="Satu baris JSON tiap dasa wisma.")
@with_app
def list_lines(desa_code: str, *, as_json: bool) -> None:
    """Daftar dasa wisma: kode, nama, RT, rumah yang diharapkan, kader."""
    with snapshot() as session:
        desa = desa_of(session, desa_code)
        lines = dasawisma_lines(session, current_app.config["KEYRING"], desa, now(), day_of(now()))
    for line in lines:
        if as_json:
            click.echo(json.dumps(asdict(line), ensure_ascii=False))
        else:
            click.echo(
                f"{line.code}  {line.name}  {line.rt or '-'}  {line.expected} rumah  {', '.join(line.kader) or '-'}"
            )


@dasawisma.command()
@click.argument("name")
@click.option(
    "--area",
    "area_code",
    required=True,
    help="Kode RT (atau tingkat terendah yang ada), misalnya 35.22.14.2011/RW02-RT003.",
)
@click.option("--json", "as_json", is_flag=True)
@with_app
def add(name: str, area_code: str, *, as_json: bool) -> None:
    """Buat dasa wisma NAME; kodenya diberikan sekali dan tetap."""
    with write() as session:
        made = add_dasawisma(session, area_code, name, day_of(now()))
        answer = {"code": made.code, "name": made.name, "level": made.level, "children": []}
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else f"{made.code}  {made.name}")
