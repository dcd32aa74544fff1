"""``dawis live`` and ``dawis settings``: real use starts when it is decided who answers for the data."""

import json

from sqlalchemy import update

from models.database import db
from models.territory import Area, ServerState
from server.transaction import write

DECISIONS = {
    "controller": "Pemerintah Kabupaten",
    "walidata": "Dinas Kominfo",
    "legal_basis": "Perbup contoh",
    "contact": "data@contoh.test",
}


def test_live__demonstration_there__refused_with_everything_missing(dawis, world):
    with write() as session:
        session.execute(update(Area).values(is_demo=True))
    result = dawis("live")
    assert result.exit_code == 1
    assert "data contoh belum dihapus" in result.output
    assert "pengendali data" in result.output
    assert not db.session.get_one(ServerState, 1).is_live


def test_live__one_decision_missing__named(dawis, world):
    for name, value in list(DECISIONS.items())[:3]:
        assert dawis("settings", "set", name, value).exit_code == 0
    result = dawis("live")
    assert result.exit_code == 1
    assert "kontak untuk warga" in result.output
    assert "walidata;" not in result.output


def test_live__all_decided__begins_and_shows(dawis, world):
    for name, value in DECISIONS.items():
        dawis("settings", "set", name, f"  {value} ")
    assert json.loads(dawis("settings", "list", "--json").stdout) == DECISIONS
    assert dawis("live").exit_code == 0
    assert db.session.get_one(ServerState, 1).is_live
    assert "Dinas Kominfo" in dawis("settings", "list").output


def test_settings__unknown_name__refused(dawis, world):
    assert dawis("settings", "set", "pemilik", "saya").exit_code == 2
