"""``dawis quarantine``: what the server could not take yet, and trying it again.

A replay judges an edit as on the day it came, once; what was replayed before, or cannot be yet, changes nothing.
Contents are never printed: they are people's answers.
"""

import json
import logging
from typing import Any

import click
from flask import current_app
from sqlalchemy.orm import Session

from models.history import Edit as EditRow
from models.history import Quarantine, RawEdit
from models.problems import Problem
from models.territory import Area
from server.cli.main import with_app
from server.locks import with_locks
from server.push import tools
from server.transaction import snapshot
from sync.edit import Edit
from sync.reading import read_edit
from sync.replay import replay, waiting_tickets
from sync.verdict import QUARANTINED
from sync.wire import loads

log = logging.getLogger(__name__)
FAULT = "fault"
REASONS = {
    "form": "versi formulir belum dikenal server",
    "fault": "kesalahan di server",
    "kind": "jenis catatan belum dikenal server",
    "sealed": "kiriman tersegel",
}
FATES = {
    "applied": "diterapkan",
    "merged": "diterapkan, sebagian digabung",
    "held": "menunggu catatan lain",
    "proposed": "menjadi usulan, menunggu keputusan desa",
    "refused": "ditolak, menunggu perbaikan pengirim",
    QUARANTINED: "tetap di karantina",
    FAULT: "tetap di karantina: kesalahan terulang, lihat log server",
}


@click.group()
def quarantine() -> None:
    """Kiriman yang belum dapat diolah server; isinya tersimpan utuh."""


@quarantine.command("list")
@click.option("--code", type=click.Choice(sorted(REASONS)), help="Hanya dengan sebab ini.")
@click.option("--json", "as_json", is_flag=True)
@with_app
def list_tickets(code: str | None, *, as_json: bool) -> None:
    """Daftar yang masih menunggu, menurut urutan datangnya."""
    with snapshot() as session:
        lines = [_line(session, session.get_one(Quarantine, one)) for one in waiting_tickets(session, code)]
    for line in lines:
        said = (line["ticket"], line["at"], line["desa"], REASONS.get(line["code"], line["code"]))
        click.echo(json.dumps(line) if as_json else "  ".join(said))
    if not lines and not as_json:
        click.echo("Tidak ada yang menunggu.")


@quarantine.command()
@click.argument("ticket")
@click.option("--json", "as_json", is_flag=True)
@with_app
def show(ticket: str, *, as_json: bool) -> None:
    """Keterangan satu tiket: dari siapa, kapan, catatan dan pertanyaan mana; jawabannya tidak ditampilkan."""
    with snapshot() as session:
        row = session.get(Quarantine, ticket) if ticket.isprintable() else None
        if row is None:
            raise _unknown(ticket)
        line = {**_line(session, row), "state": row.state, **_about(session, row)}
    if as_json:
        click.echo(json.dumps(line))
        return
    for key, value in line.items():
        click.echo(f"{key}: {value}")


@quarantine.command("replay")
@click.argument("ticket", required=False)
@click.option("--all", "is_all", is_flag=True, help="Semua yang menunggu, menurut urutan datangnya.")
@click.option("--code", type=click.Choice(sorted(REASONS)), help="Bersama --all: hanya dengan sebab ini.")
@with_app
def replay_tickets(ticket: str | None, code: str | None, *, is_all: bool) -> None:
    """Coba olah lagi, seperti pada hari ia datang; yang sudah diolah tidak diolah dua kali."""
    if is_all == (ticket is not None) or (code and not is_all):
        raise click.ClickException("Sebutkan satu tiket, atau --all (boleh dengan --code).")
    if ticket is not None:
        click.echo(f"{ticket}: {_words(again(ticket))}")
        return
    fates = replay_all(code)
    for one, fate in fates:
        click.echo(f"{one}: {_words(fate)}")
    click.echo(f"{sum(fate not in {QUARANTINED, FAULT} for _, fate in fates)} dari {len(fates)} diolah.")


def replay_all(code: str | None = None) -> list[tuple[str, str]]:
    """Replay what waits (for one reason), each in a transaction of its own; return (ticket, fate)."""
    with snapshot() as session:
        tickets = waiting_tickets(session, code)
    return [(ticket, again(ticket)) for ticket in tickets]


def again(ticket: str) -> str:
    """Replay one ticket and return its fate; ``fault`` where it still cannot be taken.  An edit never stops others."""
    try:
        fate = with_locks(lambda session, lock: replay(session, ticket, tools(), lock))
    except KeyError as error:
        if error.args != (ticket,):
            raise
        raise _unknown(ticket) from error
    except Problem:
        raise
    except Exception:
        log.exception("ticket %s cannot be replayed", ticket)
        return FAULT
    return "refused" if fate == "open" else str(fate)


def _words(fate: str) -> str:
    return f"{fate} ({FATES[fate]})" if fate in FATES else fate


def _unknown(ticket: str) -> click.ClickException:
    return click.ClickException(f"Tiket {ticket} tidak ada.")


def _line(session: Session, row: Quarantine) -> dict[str, Any]:
    desa = session.get(Area, row.desa)
    at = row.created_at.isoformat()
    return {"ticket": row.ticket, "code": row.code, "edit": row.edit, "at": at, "desa": desa.code if desa else "-"}


def _about(session: Session, row: Quarantine) -> dict[str, Any]:
    """What is known of the edit: author, clock, form, and which questions of which records it answers."""
    edit, raw = session.get_one(EditRow, row.edit), session.get_one(RawEdit, row.edit)
    given = loads(current_app.config["KEYRING"].open(raw.desa, "raw_edit", raw.edit, raw.blob))
    read = read_edit(given, edit.form)
    patches = read.patches if isinstance(read, Edit) else ()
    return {
        "author": edit.author,
        "outbox": edit.outbox,
        "n": edit.n,
        "clock": "high" if edit.is_trusted else "low",
        "form": read.form if isinstance(read, Edit) else edit.form,
        "patches": [{"kind": one.kind, "id": one.id, "fields": sorted({*one.set, *one.adjust})} for one in patches],
    }
