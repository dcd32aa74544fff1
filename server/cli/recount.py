"""``dawis recount``: count everything again from the records and compare with what is kept."""

import json
from dataclasses import asdict

import click
from sqlalchemy import select

from models.aggregates.recount import Difference, differences
from models.form.definition import load
from models.problems import Problem
from models.register import Door, mark_dirty
from models.territory import area_by_code
from server.cli.main import with_app
from server.cli.progress import progress_line
from server.counting import read
from server.transaction import snapshot, write


@click.command()
@click.option("--desa", "code", help="Hanya desa ini; tanpa itu semua desa.")
@click.option("--json", "as_json", is_flag=True, help="Satu objek JSON.")
@click.option("--repair", is_flag=True, help="Hitung ulang dan simpan yang berbeda.")
@with_app
def recount(code: str | None, *, as_json: bool, repair: bool) -> None:
    """Hitung semuanya lagi dari catatan dan bandingkan; keluar dengan 1 bila ada yang berbeda."""
    read.bring_up_to_date()
    desa = _desa(code)
    show = progress_line("Menghitung ulang")
    found: list[Difference] = []
    for number, one in enumerate(desa, start=1):
        with snapshot() as session:
            found += differences(session, read.keyring(), load(), one, read.today())
        show(number, len(desa))
    if repair and found:
        _repair(sorted({one.desa for one in found}))
    if as_json:
        lines = [asdict(one) for one in found]
        click.echo(
            json.dumps({"desa": len(desa), "differences": lines, "repaired": repair and bool(found)}, default=str)
        )
    else:
        click.echo(
            f"{len(desa)} desa dihitung ulang, {len(found)} berbeda" + (", diperbaiki" if repair and found else "")
        )
    if found and not repair:
        raise SystemExit(1)


def _desa(code: str | None) -> list[int]:
    with snapshot() as session:
        if code is None:
            return list(session.scalars(select(Door.desa).distinct().order_by(Door.desa)))
        area = area_by_code(session, code)
        if area is None or area.level != "desa":
            raise Problem("area.unknown", area=code)
        return [area.id]


def _repair(desa: list[int]) -> None:
    for one in desa:
        with write() as session:
            mark_dirty(session, session.scalars(select(Door.household).where(Door.desa == one)))
    read.bring_up_to_date()
