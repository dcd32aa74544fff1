"""Bugs in how two copies of a record become one."""

from typing import Any

from tests.simulator.mutants.plant import Mutant, Plant


def phone_clock(plant: Plant) -> None:
    plant.rewrite(
        "sync.policy:_compare",
        "if new.has(PREFILL) and not",
        "if new.at and kept.at:\n        return 'clock', new.at > kept.at\n    if new.has(PREFILL) and not",
    )


def base_ignored(plant: Plant) -> None:
    plant.instead("sync.merge:_Work._is_contended", lambda real: lambda *_: False)


def self_conflict(plant: Plant) -> None:
    plant.instead("sync.stamps:Lineage.is_earlier", lambda real: lambda *_: False)


def lineage_forgotten(plant: Plant) -> None:
    def lineage(real: Any) -> Any:
        from sync.stamps import Lineage

        return lambda session, queue: Lineage(queue.id)

    plant.instead("sync.outboxes:lineage_of", lineage)


def set_only_grows(plant: Plant) -> None:
    plant.rewrite("sync.merge:_Work.adjust", "if item not in change.remove", "if True")


def late_replay_wins(plant: Plant) -> None:
    plant.instead("sync.merge:_Work._is_superseded", lambda real: lambda *_: False)


def death_undone(plant: Plant) -> None:
    """Let state keys contend like facts seen at a door."""

    plant.rewrite("sync.merge:_Work.set_state", "elif not self._is_contended(stamp):", "elif True:")


def case_is_conflict(plant: Plant) -> None:
    plant.instead("sync.clean:same", lambda real: lambda one, other: one == other and type(one) is type(other))


def loser_dropped(plant: Plant) -> None:
    """Write down no clash that the challenger won."""
    plant.rewrite("sync.merge:_Work._clash", "self.out.clashes.append(clash)", "won or self.out.clashes.append(clash)")


MUTANTS = (
    Mutant("phone_clock", "The phone with the later clock wins.", "sync/policy.py", phone_clock),
    Mutant("base_ignored", "The last writer wins, whatever she saw.", "sync/merge.py", base_ignored),
    Mutant("self_conflict", "An outbox conflicts with its own work.", "sync/stamps.py", self_conflict),
    Mutant("lineage_forgotten", "After a fork the old outbox is a stranger.", "sync/outboxes.py", lineage_forgotten),
    Mutant("set_only_grows", "Nothing can be taken out of a set.", "sync/merge.py", set_only_grows),
    Mutant("late_replay_wins", "A late edit overwrites its author's newer work.", "sync/merge.py", late_replay_wins),
    Mutant("death_undone", "A state somebody else set is overwritten.", "sync/merge.py", death_undone),
    Mutant("case_is_conflict", "Capital letters make a conflict.", "sync/clean.py", case_is_conflict),
    Mutant("loser_dropped", "A value that stood and lost is not written down.", "sync/merge.py", loser_dropped),
)
