"""``dawis kader invite``: new kader of a dasa wisma, each with a one-time activation code."""

import json

import click
from flask import current_app

from models.problems import Problem
from models.territory import area_by_code
from server.cli.main import with_app
from server.invitations import Invited, invite_kader
from server.security.identity import now
from server.transaction import write


@click.group()
def kader() -> None:
    """Kader and their phones."""


@kader.command()
@click.option("--dasawisma", required=True, help="Kode dasa wisma, misalnya 35.22.14.2011/D014.")
@click.option("--count", default=1, type=click.IntRange(1, 10_000), help="Berapa kader baru.")
@click.option("--json", "as_json", is_flag=True, help="Satu baris JSON tiap kader.")
@with_app
def invite(dasawisma: str, count: int, as_json: bool) -> None:
    """Undang kader baru untuk satu dasa wisma."""
    with write() as session:
        area = area_by_code(session, dasawisma)
        if area is None or area.level != "dasawisma":
            raise Problem("area.unknown", area=dasawisma)
        invited = [invite_kader(session, current_app.config["KEYRING"], area, now()) for _ in range(count)]
    for one in invited:
        click.echo(as_line(one) if as_json else as_words(one))


def as_line(invited: Invited) -> str:
    """One JSON line: code, dasawisma, kader, expires_at, and the QR's secret."""
    return json.dumps(
        {
            "code": invited.code,
            "dasawisma": invited.dasawisma,
            "kader": invited.kader,
            "person": invited.person_id,
            "secret": invited.secret,
            "expires_at": invited.expires_at.isoformat().replace("+00:00", "Z"),
        },
        ensure_ascii=False,
    )


def as_words(invited: Invited) -> str:
    """One line for people."""
    return f"{invited.kader} · {invited.dasawisma} · kode {invited.code} · berlaku sampai {invited.expires_at:%d-%m-%Y}"
