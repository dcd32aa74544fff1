"""Epochs are a tree: what a phone and the server share ends at the lowest branching between their epochs."""

import pytest
from sqlalchemy import delete, update

from models.history import RestorePoint
from models.territory import DesaSequence, ServerState
from server.transaction import snapshot, write
from sync.epochs import adopt_points, begin_epoch, epochs_of, points_of, restored_at
from sync.rights import Place
from tests.builders import DESA
from tests.conftest import EPOCH


class History:
    """Restores as an operator makes them: a backup is where it was made and what it knew of epochs."""

    def __init__(self, world, clock) -> None:
        self.desa, self.now = world.area[DESA], clock()
        self.place = Place(world.area[f"{DESA}/D001"], f"{DESA}/D001", "Melati 1", self.desa, ".")

    def run_to(self, seq: int):
        """Work goes on to a number; what a backup made now would hold."""
        with write() as session:
            session.execute(update(DesaSequence).where(DesaSequence.desa == self.desa).values(seq=seq))
            return seq, session.get_one(ServerState, 1).epoch, points_of(session)

    def restore(self, backup, name: str, *, is_lost: bool = False) -> None:
        """Put a backup back; ``is_lost``: the database before it could not be read any more."""
        seq, epoch, points = backup
        with write() as session:
            before = points_of(session)
            session.execute(delete(RestorePoint))
            session.execute(update(ServerState).values(epoch=epoch))
            session.execute(update(DesaSequence).where(DesaSequence.desa == self.desa).values(seq=seq))
            adopt_points(session, points)
            if not is_lost:
                adopt_points(session, before)
            begin_epoch(session, name, self.now)

    def shared_with(self, epoch: str) -> int:
        """What a phone of that epoch is told."""
        with snapshot() as session:
            return restored_at(session, epoch, [self.place])[self.place.code]


@pytest.fixture
def history(world, clock):
    return History(world, clock)


def test_restored_at__restores_in_a_row__the_lowest_since_the_phone_s_epoch(history):
    first = history.run_to(10)
    history.run_to(40)
    history.restore(first, "e1")
    second = history.run_to(30)
    history.run_to(60)
    history.restore(second, "e2")
    history.run_to(90)
    assert (history.shared_with(EPOCH), history.shared_with("e1"), history.shared_with("e2")) == (10, 30, 90)


def test_restored_at__old_backup_then_a_newer_one__phone_of_the_first_restore_goes_back_to_the_old_one(history):
    old = history.run_to(10)
    new = history.run_to(100)
    history.restore(old, "e1")
    history.run_to(60)
    history.restore(new, "e2")
    history.run_to(120)
    assert (history.shared_with(EPOCH), history.shared_with("e1")) == (100, 10)


def test_restored_at__same_backup_twice__phone_between_goes_back_no_further_than_it(history):
    backup = history.run_to(50)
    history.run_to(70)
    history.restore(backup, "e1")
    history.run_to(80)
    history.restore(backup, "e2")
    history.run_to(75)
    assert (history.shared_with(EPOCH), history.shared_with("e1")) == (50, 50)


def test_restored_at__epoch_lost_with_its_database__nothing_is_taken_as_shared(history):
    old = history.run_to(10)
    new = history.run_to(100)
    history.restore(old, "e1")
    history.run_to(60)
    history.restore(new, "e2", is_lost=True)
    assert (history.shared_with(EPOCH), history.shared_with("e1"), history.shared_with("nobody")) == (100, 0, 0)


def test_epochs_of__share_a_name_within_one_installation(history):
    backup = history.run_to(10)
    history.restore(backup, "e1")
    with snapshot() as session:
        assert epochs_of(session) == {EPOCH, "e1"}
