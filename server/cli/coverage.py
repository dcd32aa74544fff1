"""``dawis coverage CODE``: how far an area is."""

import json
from datetime import datetime
from typing import Any

import click

from models.problems import Problem
from models.territory import area_by_code
from server.cli.main import with_app
from server.counting import read
from server.transaction import snapshot


@click.command()
@click.argument("code")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Keadaan pada akhir hari itu, misalnya 2026-06-30.")
@click.option("--json", "as_json", is_flag=True, help="Satu objek JSON.")
@with_app
def coverage(code: str, as_of: datetime | None, *, as_json: bool) -> None:
    """Cakupan wilayah CODE: diharapkan, terdata, lengkap, terkini."""
    with snapshot() as session:
        area = area_by_code(session, code)
    if area is None:
        raise Problem("area.unknown", area=code)
    found = read.coverage(area, as_of.date() if as_of else None)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else as_words(found))


def as_words(found: dict[str, Any]) -> str:
    """A few lines for people."""
    doors, percent = found["doors"], found["doors"]["percent"]
    head = f"{found['name']} ({found['area']}), {found['as_of']}"
    share = "belum dapat dihitung" if percent is None else f"{percent} % lengkap"
    lines = [f"{head}: {share}"]
    lines.append("diharapkan {expected}, terdata {known}, lengkap {complete}, terkini {fresh}".format(**doors))
    lines += [f"  {one['name']}: {one['doors']['complete']}/{one['doors']['expected']}" for one in found["children"]]
    return "\n".join(lines)
