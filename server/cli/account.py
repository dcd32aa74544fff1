"""``dawis account``: office accounts of an installation."""

import json
import secrets

import click
from flask import current_app
from sqlalchemy import select

from models.account import ROLES, Credential
from models.problems import Problem
from models.territory import area_by_code
from server.cli.main import with_app
from server.invitations import ALPHABET, add_person, grant
from server.security.identity import now
from server.security.password import set_password
from server.transaction import write

LENGTH = 14
OFFICE_ROLES = tuple(role for role in ROLES if role != "kader")


@click.group()
def account() -> None:
    """Akun kantor: desa, PKK, kecamatan, kabupaten, BAPPEDA."""


@account.command()
@click.argument("username")
@click.option("--role", required=True, multiple=True, type=click.Choice(OFFICE_ROLES), help="Boleh lebih dari satu.")
@click.option("--area", required=True, help="Kode wilayah, misalnya 35.22.14.2011.")
@click.option("--name", required=True, help="Nama dan jabatan.")
@click.option("--json", "as_json", is_flag=True)
@with_app
def add(username: str, role: tuple[str, ...], area: str, name: str, *, as_json: bool) -> None:
    """Buat akun; kata sandinya hanya ditampilkan sekali."""
    password = "".join(secrets.choice(ALPHABET.lower()) for _ in range(LENGTH))
    with write() as session:
        place = area_by_code(session, area)
        if place is None:
            raise Problem("area.unknown", area=area)
        if session.scalar(select(Credential).where(Credential.username == username.strip().lower())):
            raise click.ClickException(f"Nama pengguna {username} sudah dipakai.")
        person = add_person(session, current_app.config["KEYRING"], name, now(), is_demo=place.is_demo)
        for one in role:
            grant(session, person, one, place, now())
        set_password(session, person.id, username, password)
    made = {"username": username.strip().lower(), "password": password, "roles": list(role), "area": area}
    words = f"{made['username']} · kata sandi {password} · {', '.join(role)} di {area}"
    click.echo(json.dumps(made, ensure_ascii=False) if as_json else words)


@account.command()
@click.argument("username")
@with_app
def reset(username: str) -> None:
    """Beri kata sandi baru; kata sandi lama tidak berlaku lagi."""
    password = "".join(secrets.choice(ALPHABET.lower()) for _ in range(LENGTH))
    with write() as session:
        row = session.scalar(select(Credential).where(Credential.username == username.strip().lower()))
        if row is None:
            raise click.ClickException(f"Tidak ada akun {username}.")
        set_password(session, row.person_id, row.username, password)
    click.echo(f"{username} · kata sandi baru {password}")
