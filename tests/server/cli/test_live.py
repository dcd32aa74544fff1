"""``dawis live`` and ``dawis settings``: real use starts when it is decided who answers for the data."""

import json

import pytest
from sqlalchemy import select, update

from models.database import db
from models.territory import Area, ServerState, Setting
from server.transaction import write
from tests.builders import DESA
from tests.contract.phone import Phone, new_id

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


def test_oldest_app__by_command__holds_within_a_minute_and_pushes_still_go_in(dawis, world, sign_in, clock):
    siti = Phone(sign_in(world.person["siti"]))
    siti.send(app="0.0.9")
    assert dawis("settings", "set", "oldest_app", " 0.1.0 ").exit_code == 0
    clock.forward(minutes=1)
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    answer = siti.post(siti.body(app="0.0.9"))
    assert answer.status_code == 426
    body = answer.json
    assert (body["verdicts"][0]["verdict"], body["applied_through"]) == ("applied", 1)
    assert (body["records"], body["gone"], body["scope"], body["cursor"]) == ([], [], [], siti.cursor)
    assert siti.post(siti.body([], app="0.1.0")).status_code == 200
    assert siti.post(siti.body([], app="0.0.9")).status_code == 426


@pytest.mark.parametrize("value", ["baru", "1.x", "", "-1", "99999", "999.0", "1.2.3.4.5", "0.1.0; rm"])
def test_oldest_app__impossible_or_newer_than_ours__refused_and_nothing_changed(dawis, world, value):
    result = dawis("settings", "set", "--", "oldest_app", value)
    assert result.exit_code == 1
    assert "nomor aplikasi" in result.output or "tidak dapat memperbarui" in result.output
    assert db.session.scalar(select(Setting)) is None


def test_settings__unknown_name_or_too_long__refused_and_nothing_changed(dawis, world):
    assert "Yang ada: contact" in dawis("settings", "set", "warna", "biru").output
    assert "paling panjang" in dawis("settings", "set", "contact", "x" * 501).output
    assert db.session.scalar(select(Setting)) is None
