"""Decides who may look around in the demonstration: one person of every role, and a kader with a phone per dasa wisma.

All office accounts share one password, made at the first start and kept in `demo.json` of the data folder (0600).
"""

import json
import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from sqlalchemy.orm import Session

from models.account import Device
from models.sealing import Keyring
from models.territory import Area, area_by_code
from server.demo.people import WORDS
from server.demo.phone import DemoPhone
from server.invitations import add_person, grant
from server.register.ids import uuid7_maker
from server.security.password import set_password

DESA, KECAMATAN, KABUPATEN = "35.22.14.2011", "35.22.14", "35.22"
OFFICES = (
    ("admin.kapas", "Sulastri (sekretaris desa)", "admin_desa", DESA),
    ("pkk.kapas", "Nurul Handayani (TP PKK desa)", "tp_pkk", DESA),
    ("pkk.kecamatan", "Endang Rahayu (TP PKK kecamatan)", "tp_pkk", KECAMATAN),
    ("pkk.kabupaten", "Titik Wulandari (TP PKK kabupaten)", "tp_pkk", KABUPATEN),
    ("camat.kapas", "Hadi Santoso (camat)", "camat", KECAMATAN),
    ("kominfo", "Agus Prasetyo (Dinas Kominfo)", "kabupaten", KABUPATEN),
    ("bappeda", "Ratna Kusuma (BAPPEDA)", "bappeda", KABUPATEN),
    ("evaluator", "Wahyuni Puspita (evaluator)", "evaluator", KABUPATEN),
)
KEPT_IN = "demo.json"
SHARED = 2
"""Every eighth dasa wisma has two kader."""


@dataclass
class Accounts:
    """People of the demonstration by user name, and the phones of each dasa wisma's kader by its code."""

    person: dict[str, int] = field(default_factory=dict)
    phones: dict[str, list[DemoPhone]] = field(default_factory=dict)


def password(data_dir: Path) -> str:
    """The demonstration's password; made once."""
    path = data_dir / KEPT_IN
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"password": f"kapas-{secrets.token_hex(3)}"}, file)
    return str(json.loads(path.read_text())["password"])


def make_accounts(
    session: Session, keyring: Keyring, random: Random, dasawisma: list[Area], *, words: str, since: datetime
) -> Accounts:
    """Everybody, with rights from `since` on; `words` is the password of the offices."""
    found = Accounts()
    for username, name, role, code in OFFICES:
        person = add_person(session, keyring, name, since, is_demo=True)
        area = area_by_code(session, code)
        assert area is not None
        grant(session, person, role, area, since)
        set_password(session, person.id, username, words)
        found.person[username] = person.id
    names = _names(random)
    for number, area in enumerate(dasawisma):
        count = 2 if number % 8 == SHARED else 1
        found.phones[area.code] = [
            _kader(session, keyring, random, area, name=names.pop(), since=since) for _ in range(count)
        ]
    return found


def _names(random: Random) -> list[str]:
    firsts, seconds = WORDS["female_middle"], [word for word in WORDS["female_second"] if word]
    names = [f"{first} {second}" for first in firsts for second in seconds if first != second]
    random.shuffle(names)
    return names


def _kader(session: Session, keyring: Keyring, random: Random, area: Area, *, name: str, since: datetime) -> DemoPhone:
    person = add_person(session, keyring, name, since, is_demo=True)
    grant(session, person, "kader", area, since)
    new_id = uuid7_maker(since, random.randbytes)
    device = Device(
        id=new_id(),
        person_id=person.id,
        name=f"HP {name.split(maxsplit=1)[0]}",
        public_key=None,
        created_at=since,
        app_version="1.0.0",
    )
    session.add(device)
    session.flush()
    return DemoPhone(person.id, device.id, new_id())
