"""``dawis desa``: split, merge and recode a desa, and move a part of one, while phones are offline.

Everything of one command is one transaction: it happens whole or not at all.  ``--dry-run`` says what would move.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import click
from sqlalchemy.orm import Session

from models.calendar import day_of
from models.territory import area_by_code
from server.cli.main import with_app
from server.counting import read
from server.locks import alone, with_locks
from server.push import tools
from server.register.desa import merge_desa, move_part, recode_desa, split_desa
from server.register.regroup import Moved
from server.security.identity import now
from server.transaction import snapshot, write

DRY = click.option("--dry-run", "is_dry", is_flag=True, help="Hanya tampilkan apa yang akan terjadi.")
LARGEST_PLAN = 1_000_000


class _DryError(Exception):
    """Takes everything back."""


@click.group()
def desa() -> None:
    """Pemekaran, penggabungan, dan kode baru desa; kode dasa wisma tetap."""


@desa.command()
@click.argument("code")
@click.argument("new")
@with_app
def recode(code: str, new: str) -> None:
    """Beri desa CODE kode Kemendagri NEW mulai hari ini; kode di bawahnya tetap."""
    with write() as session:
        area = recode_desa(session, code, new, day_of(now()))
        name = area.name
    click.echo(f"{name}: {code} menjadi {new}.")


@desa.command()
@click.argument("code")
@click.argument("new")
@click.option("--name", required=True, help="Nama desa baru.")
@click.option("--area", "areas", multiple=True, help="Bagian yang pindah; boleh berkali-kali.")
@click.option("--plan", type=click.Path(path_type=Path), help="Berkas: satu kode bagian tiap baris.")
@DRY
@with_app
def split(code: str, new: str, name: str, areas: tuple[str, ...], plan: Path | None, *, is_dry: bool) -> None:
    """Mekarkan desa CODE: bagian yang disebut menjadi desa NEW."""
    wanted = [*areas, *(_read(plan) if plan else ())]
    moved = _do(lambda session: split_desa(session, code, new, name, wanted, tools()), code, is_dry=is_dry)
    _say(moved, f"{code} dimekarkan, desa baru {new}", is_dry=is_dry)


@desa.command()
@click.argument("code")
@click.argument("into")
@DRY
@with_app
def merge(code: str, into: str, *, is_dry: bool) -> None:
    """Gabungkan seluruh desa CODE ke desa INTO; CODE ditutup."""
    moved = _do(lambda session: merge_desa(session, code, into, tools()), code, into, is_dry=is_dry)
    _say(moved, f"{code} digabung ke {into}", is_dry=is_dry)


@desa.command()
@click.argument("area")
@click.argument("into")
@DRY
@with_app
def move(area: str, into: str, *, is_dry: bool) -> None:
    """Pindahkan satu dusun, RW, RT atau dasa wisma AREA ke dalam INTO, di desa yang sama atau desa lain."""
    moved = _do(lambda session: move_part(session, area, into, tools()), area, into, is_dry=is_dry)
    _say(moved, f"{area} pindah ke {into}", is_dry=is_dry)


def _do(work: Callable[[Session], Moved], *codes: str, is_dry: bool) -> Moved:
    """Do it in one transaction on rows that are counted, with no import of these desa under way; count again after."""
    found: list[Moved] = []

    def once(session: Session, _lock: frozenset[int]) -> None:
        found[:] = [work(session)]
        if is_dry:
            raise _DryError

    with ExitStack() as held:
        for job in ("desa", *(f"register-{one}" for one in _desa_of(codes))):
            held.enter_context(alone(job))
        read.bring_up_to_date()
        try:
            with_locks(once)
        except _DryError:
            return found[0]
        read.bring_up_to_date()
    return found[0]


def _desa_of(codes: Sequence[str]) -> list[int]:
    with snapshot() as session:
        areas = [area_by_code(session, code) for code in codes]
        return sorted({area.desa_id for area in areas if area and area.desa_id})


def _read(plan: Path) -> list[str]:
    try:
        if plan.stat().st_size > LARGEST_PLAN:
            raise click.ClickException(f"Berkas {plan} terlalu besar.")
        lines = plan.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"Berkas {plan} tidak dapat dibaca.") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _say(moved: Moved, words: str, *, is_dry: bool) -> None:
    head = "Percobaan, tidak ada yang diubah: " if is_dry else ""
    click.echo(f"{head}{words}: {moved.areas} wilayah, {moved.dasawisma} dasa wisma, {moved.records} catatan.")
