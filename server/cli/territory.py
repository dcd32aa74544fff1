"""``dawis territory``: load the official list of a kabupaten, show an area and what lies in it."""

import json
from typing import Any

import click

from models.calendar import day_of
from models.exchange.area_codes import MissingTerritoryError
from models.problems import Problem
from models.territory import area_by_code
from server.cli.main import with_app
from server.cli.progress import progress_line
from server.register.territory import area_tree, load_territory
from server.security.identity import now
from server.transaction import snapshot, write


@click.group()
def territory() -> None:
    """Wilayah: kabupaten sampai dasa wisma."""


@territory.command()
@click.argument("code")
@with_app
def load(code: str) -> None:
    """Muat kabupaten CODE beserta kecamatan, desa dan kelurahannya dari daftar resmi."""
    try:
        with write() as session:
            loaded = load_territory(session, code, day_of(now()), progress_line("Memuat wilayah"))
    except MissingTerritoryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{code}: {loaded.added} wilayah baru, {loaded.renamed} ganti nama, {loaded.known} sudah ada.")


@territory.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True)
@with_app
def show(code: str, *, as_json: bool) -> None:
    """Tampilkan wilayah CODE dan semua yang ada di dalamnya."""
    with snapshot() as session:
        area = area_by_code(session, code)
        if area is None:
            raise Problem("area.unknown", area=code)
        tree = area_tree(session, area)
    if as_json:
        click.echo(json.dumps(tree, ensure_ascii=False))
    else:
        _print(tree, 0)


def _print(node: dict[str, Any], depth: int) -> None:
    click.echo(f"{'  ' * depth}{node['code']}  {node['name']}  ({node['level']})")
    for child in node["children"]:
        _print(child, depth + 1)
