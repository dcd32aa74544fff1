import re

import pytest
from sqlalchemy import select

from models.database import db
from models.history import Conflict, Edit, Finding, Proposal
from models.records import Record
from server.transaction import write
from tests.builders import DESA, NEIGHBOUR
from tests.contract.phone import new_id


@pytest.fixture
def clash(phone_of, house):
    """Siti and Sri gave one house two addresses; hers came first."""
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = house(siti, "D002")
    sri.sync()
    siti.save(siti.patch("household", household, alamat="Jl. Siti"))
    sri.save(sri.patch("household", household, alamat="Jl. Sri"))
    siti.sync()
    sri.sync()
    return siti, sri, household


def conflict_id():
    found = db.session.scalar(select(Conflict.id))
    db.session.remove()
    return found


def settle(client, side, desa=DESA):
    return client.post(f"/desa/{desa}/konflik/{conflict_id()}", data={"side": side})


def test_conflict__shown_side_by_side_with_who_and_when(world, sign_in, clash):
    page = sign_in(world.person["budi"]).get(f"/desa/{DESA}/konflik").text
    assert all(word in page for word in ("Jl. Melati 7", "Jl. Siti", "Jl. Sri", "Sri", "Siti Aminah", "23 Nov 2026"))
    assert "Konflik isian (1)" in page


@pytest.mark.parametrize(("side", "stands"), [("kept", "Jl. Siti"), ("lost", "Jl. Sri")])
def test_settle__either_side__stands_on_both_phones_and_both_are_told(world, sign_in, clash, side, stands):
    siti, sri, household = clash
    budi = sign_in(world.person["budi"])
    assert settle(budi, side).status_code == 303
    for phone in (siti, sri):
        phone.sync()
        assert phone.records[household]["fields"]["alamat"] == stands
        assert phone.inbox[-1]["type"] == "settled"
    assert "Tidak ada konflik" in budi.get(f"/desa/{DESA}/konflik").text
    edit = db.session.scalar(select(Edit).where(Edit.author == world.person["budi"]))
    assert (edit.verdict, edit.is_office, edit.n) == ("applied", True, 1)


def test_settle__twice_or_foreign_or_nonsense__nothing_more_happens(world, sign_in, clash):
    budi = sign_in(world.person["budi"])
    assert settle(budi, "both").status_code == 404
    assert settle(sign_in(world.person["joko"]), "kept", NEIGHBOUR).status_code == 404
    assert [settle(budi, "kept").status_code for _ in range(2)] == [303, 303]
    assert len(db.session.scalars(select(Edit).where(Edit.author == world.person["budi"])).all()) == 1


def test_proposal__accepted__done_as_an_edit_of_the_office(world, sign_in, phone_of, house):
    siti = phone_of("siti")
    household, *_ = house(siti)
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D003"))
    siti.sync()
    budi = sign_in(world.person["budi"])
    page = budi.get(f"/desa/{DESA}/konflik").text
    assert f"Pindah ke: <strong>{DESA}/D003" in page
    address = re.search(rf'action="(/desa/{DESA}/usulan/[^"]+)"', page)[1]
    assert budi.post(address, data={"choice": "accept"}).status_code == 303
    assert "Usulan perubahan (0)" in budi.get(f"/desa/{DESA}/konflik").text
    assert db.session.scalar(select(Proposal)).state == "accepted"
    db.session.remove()
    siti.sync()
    assert household not in siti.records


@pytest.mark.parametrize("value", ["rusak \ud800", "nol \u0000", 2**70, 1e400])
def test_proposal__with_a_value_no_column_holds__is_shown_and_accepted_without_it(
    world, sign_in, phone_of, house, value
):
    siti = phone_of("siti")
    household, *_ = house(siti)
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D003", alamat=value))
    siti.sync()
    budi = sign_in(world.person["budi"])
    page = budi.get(f"/desa/{DESA}/konflik")
    assert page.status_code == 200
    address = re.search(rf'action="(/desa/{DESA}/usulan/[^"]+)"', page.text)[1]
    assert budi.post(address, data={"choice": "accept"}).status_code == 303
    db.session.remove()
    siti.sync()
    assert household not in siti.records


def test_proposal__rejected__nothing_changes(world, sign_in, phone_of, house):
    siti = phone_of("siti")
    household, *_ = house(siti)
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D003"))
    siti.sync()
    edit = db.session.scalar(select(Proposal.edit))
    db.session.remove()
    sign_in(world.person["budi"]).post(f"/desa/{DESA}/usulan/{edit}", data={"choice": "reject"})
    siti.sync()
    assert siti.records[household]["dasawisma"] == f"{DESA}/D001"
    assert db.session.scalar(select(Proposal)).decided_by == world.person["budi"]


def test_proposal__for_a_deleted_record__accepted_brings_it_back(world, sign_in, phone_of, house):
    siti, sri = phone_of("siti"), phone_of("sri")
    _, _, member = house(siti, "D002")
    sri.sync()
    siti.save(siti.patch("member", member, state="deleted", state_reason="salah entri"))
    sri.save(sri.patch("member", member, nama="Siti Fatimah"))
    siti.sync()
    sri.sync()
    edit = db.session.scalar(select(Proposal.edit))
    db.session.remove()
    budi = sign_in(world.person["budi"])
    assert "Siti Fatimah" in budi.get(f"/desa/{DESA}/konflik").text
    assert budi.post(f"/desa/{DESA}/usulan/{edit}", data={"choice": "accept"}).status_code == 303
    sri.sync()
    assert (sri.records[member]["state"], sri.records[member]["fields"]["nama"]) == ("active", "Siti Fatimah")


def test_finding__answered__closed_with_who(world, sign_in, phone_of, house, clock):
    household, _, member = house(phone_of("siti"))
    with write() as session:
        session.add(
            Finding(
                desa=world.area[DESA],
                dasawisma=world.area[f"{DESA}/D001"],
                household=household,
                record=member,
                code="age",
                details={},
                created_at=clock(),
            )
        )
    number = db.session.scalar(select(Finding.id).order_by(Finding.id.desc()))
    db.session.remove()
    budi = sign_in(world.person["budi"])
    assert sign_in(world.person["joko"]).post(f"/desa/{NEIGHBOUR}/temuan/{number}").status_code == 404
    assert budi.post(f"/desa/{DESA}/temuan/{number}").status_code == 303
    found = db.session.get(Finding, number)
    assert (found.state, found.answered_by) == ("answered", world.person["budi"])


def test_finding__visit_dated_ahead__gives_freshness_only_after_the_answer(world, sign_in, phone_of, house):
    siti = phone_of("siti")
    household, *_ = house(siti)
    visit = siti.patch("visit", new_id(), household=household, on="2026-11-25", seen=9, outcome="selesai")
    siti.save(visit, visited_on="2026-11-25")
    siti.sync()
    number, is_withheld = (
        db.session.scalar(select(Finding.id).where(Finding.code == "dated_ahead")),
        withheld(household),
    )
    db.session.remove()
    assert is_withheld
    sign_in(world.person["budi"]).post(f"/desa/{DESA}/temuan/{number}")
    assert not withheld(household)


def withheld(household):
    lines = db.session.get(Record, household).confirmations
    db.session.expire_all()
    return any(line[4] for line in lines)


@pytest.fixture
def wish(world, sign_in, phone_of, house):
    """Siti asked for her door to go to D003; returns (siti, door, address of the proposal)."""
    siti = phone_of("siti")
    household, *_ = house(siti)
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D003"))
    siti.sync()
    page = sign_in(world.person["budi"]).get(f"/desa/{DESA}/konflik").text
    return siti, household, re.search(rf'action="(/desa/{DESA}/usulan/[^"]+)"', page)[1]


def by_budi(world):
    db.session.remove()
    return len(db.session.scalars(select(Edit).where(Edit.author == world.person["budi"])).all())


def test_proposal__server_dies_while_accepting__neither_or_both(world, sign_in, wish, monkeypatch):
    from server.pages.desa import office

    address = wish[2]
    budi = sign_in(world.person["budi"])
    real = office.submit

    def dying(*arguments):
        real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(office, "submit", dying)
    with pytest.raises(KeyboardInterrupt):
        budi.post(address, data={"choice": "accept"})
    assert by_budi(world) == 0
    assert db.session.scalar(select(Proposal.state)) == "open"
    monkeypatch.setattr(office, "submit", real)
    assert budi.post(address, data={"choice": "accept"}).status_code == 303
    assert by_budi(world) == 1
    assert db.session.scalar(select(Proposal.state)) == "accepted"


def test_proposal__accepted_twice_at_once__one_edit(app, world, sign_in, wish):
    from concurrent.futures import ThreadPoolExecutor

    _, _, address = wish
    budi = [sign_in(world.person["budi"]) for _ in range(4)]
    db.session.remove()
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda one: one.post(address, data={"choice": "accept"}).status_code, budi))
    assert set(codes) == {303}
    assert by_budi(world) == 1


def test_proposal__cannot_be_applied_any_more__stays_open_and_leaves_nothing(world, sign_in, wish):
    from models.territory import Area

    address = wish[2]
    with write() as session:
        area = session.scalar(select(Area).where(Area.code == f"{DESA}/D003"))
        area.code = f"{NEIGHBOUR}/D009"
    answer = sign_in(world.person["budi"]).post(address, data={"choice": "accept"})
    assert "Tidak dapat diterapkan" in answer.text
    assert by_budi(world) == 0
    assert db.session.scalar(select(Proposal.state)) == "open"
    assert len(db.session.scalars(select(Proposal)).all()) == 1
