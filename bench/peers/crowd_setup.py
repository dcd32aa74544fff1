"""Prepares an installation with many kader who have not yet come: ``python -m bench.peers.crowd_setup COUNT``.

As many dasa wisma as kader, forty to a desa, in real desa of the kabupaten; one office that covers all of them.  Prints
``{"office": {"username", "password"}, "codes": {dasa wisma: activation code}}``.
"""

import json
import sys
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.peers.dawis_setup import OFFICE, WORDS
from models.territory import Area, add_area, area_by_code
from server.cli.run import prepare
from server.invitations import add_person, grant, invite_kader
from server.register.areas import make_areas, place_book
from server.security.password import set_password
from server.transaction import write

A_DESA = 40


def main() -> int:
    """Prepare and print."""
    count = int(sys.argv[1])
    app = prepare(demo=False)
    now = datetime.now(UTC)
    with app.app_context(), write() as session:
        query = select(Area).where(Area.level == "desa").order_by(Area.code).limit(-(-count // A_DESA))
        desa = list(session.scalars(query))
        codes = [code for one in desa for code in make_places(session, one, now)][:count]
        invited = {code: invite_kader(session, app.config["KEYRING"], _area(session, code), now).code for code in codes}
        add_office(app, session, desa, now)
    sys.stdout.write(json.dumps({"office": {"username": OFFICE, "password": WORDS}, "codes": invited}))
    return 0


def make_places(session: Session, desa: Area, now: datetime) -> list[str]:
    """One RT with forty dasa wisma; their codes."""
    parent = desa
    for level, code in (("dusun", "DS01"), ("rw", "RW01"), ("rt", "RW01-RT001")):
        parent = add_area(session, level=level, code=f"{desa.code}/{code}", name=code, parent=parent, today=now.date())
    book = place_book(session, desa)
    lines = [book.next_dasawisma(parent.code, f"Melati {number}") for number in range(1, A_DESA + 1)]
    make_areas(session, lines, now.date())
    return [line.code for line in lines]


def add_office(app: Flask, session: Session, desa: list[Area], now: datetime) -> None:
    """One office account that may write everywhere, to fill the desa with doors."""
    person = add_person(session, app.config["KEYRING"], "Kantor", now)
    for one in desa:
        grant(session, person, "admin_desa", one, now)
    set_password(session, person.id, OFFICE, WORDS)


def _area(session: Session, code: str) -> Area:
    found = area_by_code(session, code)
    assert found is not None
    return found


if __name__ == "__main__":
    sys.exit(main())
