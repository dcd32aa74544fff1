"""``dawis tidy`` and ``dawis quarantine``."""

import json

from sqlalchemy import select, update

from models.database import db
from models.history import Held, Proposal, Quarantine
from server.app import utc_now
from server.transaction import write
from tests.builders import DESA
from tests.contract.phone import Phone, new_id


def test_tidy__held_for_over_thirty_days__becomes_a_proposal(dawis, world, sign_in, clock):
    siti = Phone(sign_in(world.person["siti"]))
    siti.save(siti.patch("member", new_id(), household=new_id(), family=new_id()))
    assert siti.sync()["verdicts"][0]["verdict"] == "held"
    assert "0 desa" in dawis("tidy").output
    with write() as session:
        session.execute(update(Held).values(expires_at=utc_now()))
    assert "1 desa" in dawis("tidy").output
    assert db.session.scalar(select(Proposal.reason)) is not None
    assert db.session.scalar(select(Held.state)) == "proposed"


def test_quarantine__listed_and_tried_again__stays_while_the_form_is_unknown(dawis, world, sign_in):
    siti = Phone(sign_in(world.person["siti"]))
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"), form="2031.1")
    ticket = siti.sync()["verdicts"][0]["ticket"]
    assert json.loads(dawis("quarantine", "list", "--json").stdout)["ticket"] == ticket
    assert dawis("quarantine", "replay", ticket).output == f"{ticket}: quarantined\n"
    assert db.session.scalar(select(Quarantine.state)) == "open"
    unknown = dawis("quarantine", "replay", "t-0")
    assert unknown.exit_code == 1
    assert "tidak ada" in unknown.output
