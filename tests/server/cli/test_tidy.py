"""``dawis tidy``: what waited too long, and what is forgotten, whether anybody pushes or not."""

from sqlalchemy import select, update

from models.database import db
from models.history import Held, Proposal
from server.app import utc_now
from server.transaction import write
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
    db.session.remove()
    assert "0 desa" in dawis("tidy").output
    assert len(db.session.scalars(select(Proposal)).all()) == 1
