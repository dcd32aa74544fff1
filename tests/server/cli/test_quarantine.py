"""``dawis quarantine``: what waits is listed, shown without its answers, and tried again in the order it came."""

import json

import pytest
from sqlalchemy import select

from models.database import db
from models.history import Edit, Quarantine
from sync import exchange
from tests.builders import DESA
from tests.contract.conftest import door_of, phone_of
from tests.contract.phone import Phone, new_id

__all__ = ["door_of", "phone_of"]


@pytest.fixture
def poison(monkeypatch):
    """While set, the server fails at every edit of these records."""
    bad, real = set(), exchange.apply

    def failing(batch, incoming, targets, **more):
        if incoming.edit.patches[0].id in bad:
            raise RuntimeError("a fault of ours")
        return real(batch, incoming, targets, **more)

    monkeypatch.setattr(exchange, "apply", failing)
    monkeypatch.setattr("sync.hold.apply", failing)
    return bad


def test_quarantine__listed_and_tried_again__stays_while_the_form_is_unknown(dawis, world, sign_in):
    siti = Phone(sign_in(world.person["siti"]))
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"), form="2031.1")
    ticket = siti.sync()["verdicts"][0]["ticket"]
    assert json.loads(dawis("quarantine", "list", "--json").stdout)["ticket"] == ticket
    assert "formulir belum dikenal" in dawis("quarantine", "list").output
    assert dawis("quarantine", "list", "--code", "fault").output == "Tidak ada yang menunggu.\n"
    assert dawis("quarantine", "replay", ticket).output == f"{ticket}: quarantined (tetap di karantina)\n"
    assert db.session.scalar(select(Quarantine.state)) == "open"


def test_replay_all__order_of_arrival__two_answers_of_one_author_end_as_she_left_them(dawis, phone_of, poison):
    siti = phone_of("siti")
    doors = [new_id(), new_id()]
    poison.update(doors)
    for door in doors:
        siti.save(siti.patch("household", door, dasawisma=f"{DESA}/D001", alamat="Jl. Satu"))
        siti.save(siti.patch("household", door, base=0, dasawisma=f"{DESA}/D001", alamat="Jl. Dua"))
        siti.sync()
    still = dawis("quarantine", "replay", "--all").output
    assert still.count("kesalahan terulang") == 4
    assert "0 dari 4" in still
    poison.remove(doors[0])
    assert "2 dari 4" in dawis("quarantine", "replay", "--all", "--code", "fault").output
    siti.sync()
    assert siti.records[doors[0]]["fields"]["alamat"] == "Jl. Dua"
    poison.clear()
    assert "2 dari 2" in dawis("quarantine", "replay", "--all").output
    assert dawis("quarantine", "replay", "--all").output == "0 dari 0 diolah.\n"
    siti.sync()
    assert {siti.records[door]["fields"]["alamat"] for door in doors} == {"Jl. Dua"}


def test_replay__fault_of_ours__clock_trust_author_and_times_as_on_the_day_it_came(
    dawis, phone_of, door_of, poison, clock
):
    """Made in time by a trusted clock, then the fault, then she is revoked: still hers when it is replayed."""
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    poison.add(household)
    sri.save(sri.patch("household", household, alamat="Jl. Sri"), at="2026-11-23T00:30:00.000Z")
    ticket = sri.sync()["verdicts"][0]["ticket"]
    kept = db.session.scalar(select(Edit).where(Edit.verdict == "quarantined"))
    assert (kept.is_trusted, kept.visited_on, kept.form) == (True, "2026-11-23", "2026.1")
    assert kept.corrected_at is not None
    db.session.remove()
    shown = dawis("quarantine", "show", ticket).output
    assert "clock: high" in shown
    assert "alamat" in shown
    assert "Jl. Sri" not in shown
    poison.clear()
    assert dawis("quarantine", "replay", ticket).output == f"{ticket}: applied (diterapkan)\n"
    siti.sync()
    version = siti.records[household]["version"]
    assert siti.records[household]["fields"]["alamat"] == "Jl. Sri"
    assert "applied" in dawis("quarantine", "replay", ticket).output
    siti.sync()
    assert siti.records[household]["version"] == version


def test_replay__refused_edit__told_and_left(dawis, phone_of):
    siti = phone_of("siti")
    siti.save({"id": "x"})
    assert siti.sync()["verdicts"][0]["verdict"] == "refused"
    ticket = db.session.scalar(select(Quarantine.ticket))
    db.session.remove()
    assert "perbaikan pengirim" in dawis("quarantine", "replay", ticket).output
    assert db.session.scalar(select(Quarantine.state)) == "open"


@pytest.mark.parametrize(
    "words",
    [
        ("replay", "t-0"),
        ("show", "t-0"),
        ("show", "\x00"),
        ("replay",),
        ("replay", "t", "--all"),
        ("replay", "t", "--code", "form"),
    ],
)
def test_quarantine__bad_input__one_indonesian_line(dawis, world, words):
    result = dawis("quarantine", *words)
    assert result.exit_code == 1
    assert "tidak ada" in result.output or "Sebutkan" in result.output
