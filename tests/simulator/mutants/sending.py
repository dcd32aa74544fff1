"""Bugs in what a phone is sent."""

from dataclasses import replace
from typing import Any

from tests.simulator.mutants.plant import Mutant, Plant


def page_skips(plant: Plant) -> None:
    plant.rewrite("sync.pull:_read_desa", "max(reader.seqs[area], last)", "reader.tops[desa]")


def gone_unsent(plant: Plant) -> None:
    plant.instead("sync.pull:_departures", lambda real: lambda *_: [])


def scope_for_ever(plant: Plant) -> None:
    def places(real: Any) -> Any:
        def all_of_them(session: Any, rights: Any) -> Any:
            return real(session, replace(rights, grants=tuple(replace(one, ended_at=None) for one in rights.grants)))

        return all_of_them

    plant.instead("sync.rights:places_of", places)


def new_area_from_top(plant: Plant) -> None:
    plant.rewrite(
        "sync.pull:_reader", "seq = 0\n", "seq = 0 if seq is not None or not cursor.seqs else rows[place.desa][0]\n"
    )


def inbox_skips(plant: Plant) -> None:
    def read(real: Any) -> Any:
        def one_lost(*given: Any, **named: Any) -> Any:
            lines, last, more = real(*given, **named)
            return lines[:-1], last, more

        return one_lost

    plant.instead("sync.inbox:read_inbox", read)


def cursor_survives(plant: Plant) -> None:
    """Read on from a cursor of another history."""
    plant.rewrite("sync.pull:start", "cursor.epoch != epoch or ", "")
    plant.instead("sync.pull:check_not_ahead", lambda real: lambda *_: None)


MUTANTS = (
    Mutant("page_skips", "A page that was cut counts as all there was.", "sync/pull.py", page_skips),
    Mutant("gone_unsent", "Nobody is told what left.", "sync/pull.py", gone_unsent),
    Mutant("scope_for_ever", "An ended role still reads.", "sync/rights.py", scope_for_ever),
    Mutant("new_area_from_top", "A new dasawisma is sent from today on.", "sync/pull.py", new_area_from_top),
    Mutant("inbox_skips", "The last line of the inbox is never sent.", "sync/inbox.py", inbox_skips),
    Mutant("cursor_survives", "A cursor of another history is read on from.", "sync/pull.py", cursor_survives),
)
