"""Prepares an installation for the benchmark and prints who may use it, as JSON: ``python -m bench.peers.dawis_setup``.

Run in the environment of the server that will use it.  The real first start without the demonstration, then the dasa
wisma of workload W, one more to warm up in, and people who sign in by the routes everybody uses: a kader for each dasa
wisma, eight more with ten dasa wisma each, one for the spare, and the desa's office.  Each has synced once.
"""

import json
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bench.workload import DASAWISMA, DESA, code_of
from models.account import Person
from models.territory import Area, add_area, area_by_code
from server.cli.run import prepare
from server.invitations import grant, invite_kader
from server.register.areas import add_dasawisma
from server.security.password import set_password
from server.transaction import write

LATE = 8
EACH = DASAWISMA // LATE
SPARE = DASAWISMA + 1
OFFICE, WORDS = "kantor", "kata-sandi-bangku"


def main() -> int:
    """Prepare, and print ``{"server": {…}, "people": {device: {"cookie", "outbox", "cursor", "epoch"}}}``."""
    app = prepare(demo=False)
    with app.app_context():
        now = datetime.now(UTC)
        with write() as session:
            make_places(session, now)
        codes = invite_all(app, now)
        people = {device: activated(app, code) for device, code in codes.items()}
        people["office"] = signed_in(app, now)
    sys.stdout.write(json.dumps(people))
    return 0


def make_places(session: Session, now: datetime) -> None:
    """One RT with all dasa wisma of the workload and the spare one."""
    parent = area_by_code(session, DESA)
    assert parent is not None
    for level, code in (("dusun", "DS01"), ("rw", "RW01"), ("rt", "RW01-RT001")):
        parent = add_area(session, level=level, code=f"{DESA}/{code}", name=code, parent=parent, today=now.date())
    for number in range(1, SPARE + 1):
        made = add_dasawisma(session, parent.code, f"Melati {number}", now.date())
        assert made.code == code_of(number), made.code


def invite_all(app: Flask, now: datetime) -> dict[str, str]:
    """Activation codes by device."""
    codes = {}
    with write() as session:
        places = [_area(session, code_of(number)) for number in range(1, SPARE + 1)]
        for place in places:
            codes[place.code] = invite_kader(session, app.config["KEYRING"], place, now).code
        for number in range(LATE):
            mine = places[number * EACH : (number + 1) * EACH]
            invited = invite_kader(session, app.config["KEYRING"], mine[0], now)
            for place in mine[1:]:
                grant(session, session.get_one(Person, invited.person_id), "kader", place, now)
            codes[f"late-{number}"] = invited.code
    return codes


def _area(session: Session, code: str) -> Area:
    found = area_by_code(session, code)
    assert found is not None
    return found


def activated(app: Flask, code: str) -> dict[str, Any]:
    """A phone that was activated with a code and has synced once."""
    client = app.test_client()
    answer = client.post(
        "/api/session/activate", json={"code": code, "device": {"name": "HP"}}, headers={"X-Dawis": "1"}
    )
    assert answer.status_code == 200, answer.text  # noqa: PLR2004
    return synced(client)


def signed_in(app: Flask, now: datetime) -> dict[str, Any]:
    """The desa's office, signed in with its password."""
    from server.invitations import add_person

    with write() as session:
        person = add_person(session, app.config["KEYRING"], "Kantor", now)
        grant(session, person, "admin_desa", _area(session, DESA), now)
        set_password(session, person.id, OFFICE, WORDS)
    client = app.test_client()
    body = {"username": OFFICE, "password": WORDS}
    answer = client.post("/api/session/login", json=body, headers={"X-Dawis": "1"})
    assert answer.status_code == 200, answer.text  # noqa: PLR2004
    return synced(client)


def synced(client: FlaskClient) -> dict[str, Any]:
    """Her cookie, a new outbox, and the cursor and epoch of a first, empty sync."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    outbox = str(uuid.uuid4())
    body = {"protocol": 1, "app": "1.0.0", "form": "2026.1", "outbox": outbox, "edits": [], "cursor": None, "again": []}
    answer = client.post("/api/sync", json=body, headers={"X-Dawis": "1"})
    assert answer.status_code == 200, answer.text  # noqa: PLR2004
    told = answer.get_json()
    return {"cookie": cookie.value, "outbox": outbox, "cursor": told["cursor"], "epoch": told["server"]["epoch"]}


if __name__ == "__main__":
    sys.exit(main())
