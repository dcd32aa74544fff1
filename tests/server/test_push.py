"""Committing a push: one bad edit is found by halving, quarantined, and never harms the others."""

import pytest

from sync import exchange
from tests.builders import DESA
from tests.contract.conftest import door_of, phone_of
from tests.contract.phone import new_id

__all__ = ["door_of", "phone_of"]


@pytest.fixture
def poison(monkeypatch):
    """Edits whose first patch is for a record in the returned set make the server fail while it writes."""
    bad = set()
    real = exchange.apply

    def failing(batch, incoming, targets, **more):
        verdict = real(batch, incoming, targets, **more)
        if incoming.edit.patches[0].id in bad:
            raise RuntimeError("a fault of ours")
        return verdict

    monkeypatch.setattr(exchange, "apply", failing)
    return bad


@pytest.mark.parametrize("place", [0, 3, 6])
def test_one_bad_edit__quarantined_all_others_applied(phone_of, poison, place):
    siti = phone_of("siti")
    doors = [new_id() for _ in range(7)]
    for door in doors:
        siti.save(siti.patch("household", door, dasawisma=f"{DESA}/D001"))
    poison.add(doors[place])
    answer = siti.sync()
    wanted = ["applied"] * 7
    wanted[place] = "quarantined"
    assert [one["verdict"] for one in answer["verdicts"]] == wanted
    assert answer["verdicts"][place]["ticket"]
    assert answer["applied_through"] == 7
    assert set(siti.records) == set(doors) - {doors[place]}
    again = siti.send([siti.body()["edits"][0]] if siti.queue else [], prev=None)
    assert again["applied_through"] == 7


def test_bad_edit__replayed_when_the_fault_is_mended(phone_of, poison, keyring, clock):
    from server.transaction import write
    from sync.batch import Tools
    from sync.replay import replay

    siti = phone_of("siti")
    door = new_id()
    siti.save(siti.patch("household", door, dasawisma=f"{DESA}/D001", alamat="Jl. Melati"))
    poison.add(door)
    ticket = siti.sync()["verdicts"][0]["ticket"]
    poison.clear()
    with write() as session:
        assert replay(session, ticket, Tools(keyring, clock(), new_id)) == "applied"
    siti.sync()
    assert siti.records[door]["fields"]["alamat"] == "Jl. Melati"
    assert [(item["type"], item["code"]) for item in siti.inbox] == [("quarantine", "applied")]
