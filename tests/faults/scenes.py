"""The pieces of work that are interrupted: what stands before, what is done, and how it is done again.

A scene's ``act`` is what a person or an operator does; after a crash she does the same again, unless ``heal`` says what
she does instead.  ``least`` names the points that it must reach, so that a point that vanished is noticed.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from models.account import Device, LoginSession
from models.calendar import day_of
from models.problems import Problem
from server.cli import tidy as tidying
from server.counting import read
from server.register import importing, undo
from server.register.importing import Office, run_import
from server.register.source import read_source
from server.transaction import write
from sync import exchange
from tests.builders import DESA, NEIGHBOUR, World
from tests.contract.phone import Phone, new_id
from tests.faults.trial import Stage
from tests.server.register.files import two_families, write_csv

PUSH = (
    "request read",
    "prepared",
    "gate taken",
    "after SELECT outbox locked",
    "after SELECT desa_sequence locked",
    "submitted",
    "before commit",
    "after commit",
    "gate given back",
    "after SELECT record",
    "answered",
)
FLUSHED = (
    "record edit raw_edit patch conflict held held_wait proposal quarantine departure inbox door edit_repeat".split()
)
"""Tables into which the great push writes; ``record``, ``outbox`` and ``desa_sequence`` are updated as well."""


@dataclass
class Scene:
    """What is interrupted."""

    act: Callable[[Stage, Flask], Any]
    least: tuple[str, ...]
    heal: Callable[[Stage, Flask], Any] | None = None
    apart: tuple[str, ...] = ()
    """What may differ after a crash, for a reason the scene gives."""


def door(phone: Phone, number: str, people: int = 1, **more: Any) -> tuple[str, str, list[str]]:
    """Queue a whole door."""
    household, family = new_id(), new_id()
    members = [new_id() for _ in range(people)]
    phone.save(
        phone.patch("household", household, dasawisma=f"{DESA}/{number}"),
        phone.patch("family", family, household=household),
        *[phone.patch("member", one, household=household, family=family) for one in members],
        **more,
    )
    return household, family, members


def sent(phone: Phone) -> Any:
    """The request once: every edit has a verdict, and one of these is what it became."""
    answer = phone.send(phone.queue)
    assert [one["n"] for one in answer["verdicts"]] == [edit["n"] for edit in phone.queue]
    assert answer["applied_through"] == phone.queue[-1]["n"]
    return [(one.get("was") or one)["verdict"] for one in answer["verdicts"]]


def great_push(stage: Stage, world: World) -> Scene:
    """One push with every fate, into doors that others changed, with an edit others waited for."""
    with write() as session:
        siti_id = world.person["siti"]
        session.add(Device(id=new_id(), person_id=siti_id, name="HP", created_at=stage.clock()))
        session.flush()
        device = session.query(Device).one().id
    siti, sri = stage.let_in("siti", world.person["siti"], device), stage.let_in("sri", world.person["sri"])
    one, other = door(siti, "D002", 2), door(siti, "D001")
    waited, early = new_id(), new_id()
    sri.save(sri.patch("member", early, household=waited, family=new_id()))
    siti.sync()
    sri.sync()
    sri.save(sri.patch("household", one[0], f_satu="sri"))
    sri.sync()
    repeated = siti.save(siti.patch("household", other[0], f_dua="once"))
    siti.send(siti.queue)
    stage.clock.forward(hours=2)
    siti.save(siti.patch("household", other[0], f_dua="once"), id=repeated["id"])
    siti.save(siti.patch("household", one[0], f_satu="siti"))
    siti.save(siti.patch("household", other[0], dasawisma=f"{DESA}/D002"))
    siti.save(siti.patch("member", one[2][0], state="died"))
    siti.save(siti.patch("household", one[0], dasawisma=f"{NEIGHBOUR}/D001"))
    siti.save(siti.patch("member", new_id(), household=new_id(), family=new_id()))
    siti.save({"kind": "tree", "id": new_id(), "base": 0, "set": {}})
    siti.save(siti.patch("household", one[0], f_tiga="x"), form="2031.1")
    siti.save(
        siti.patch("household", waited, dasawisma=f"{DESA}/D001"),
        siti.patch("visit", new_id(), household=waited, on=siti.today, outcome="selesai", seen=0),
    )

    def act(stage: Stage, app: Flask) -> Any:
        return sent(stage.phone(app, "siti", siti))

    flushed = tuple(f"after INSERT {name}" for name in FLUSHED)
    changed = tuple(f"after UPDATE {name}" for name in ("record", "outbox", "desa_sequence", "feed_digest", "device"))
    return Scene(act, (*PUSH, *flushed, *changed))


def halving(stage: Stage, world: World) -> Scene:
    """A push whose third edit makes our own code fail: halved, and that one edit quarantined."""
    siti = stage.let_in("siti", world.person["siti"])
    doors = [door(siti, "D001")[0] for _ in range(4)]
    real = exchange.apply

    def failing(batch, incoming, targets, **more):
        found = real(batch, incoming, targets, **more)
        if incoming.edit.patches[0].id == doors[2]:
            raise RuntimeError("a fault of ours")
        return found

    def act(stage: Stage, app: Flask) -> Any:
        exchange.apply = failing
        return sent(stage.phone(app, "siti", siti))

    return Scene(act, ("after INSERT quarantine", "gate given back", "answered"))


def counting(stage: Stage, world: World) -> Scene:
    """The counting that follows a push."""
    siti = stage.let_in("siti", world.person["siti"])
    for number in ("D001", "D002"):
        door(siti, number, 2)
    siti.sync()

    def act(stage: Stage, app: Flask) -> Any:
        read.bring_up_to_date()

    return Scene(act, ("gate taken", "after UPDATE door", "before commit", "after commit"))


def tidy(stage: Stage, world: World) -> Scene:
    """``dawis tidy`` after more than a year: departures forgotten, what was held becomes a proposal."""
    siti = stage.let_in("siti", world.person["siti"])
    home = door(siti, "D001")[0]
    siti.save(siti.patch("member", new_id(), household=new_id(), family=new_id()))
    siti.sync()
    siti.save(siti.patch("household", home, dasawisma=f"{DESA}/D002"))
    siti.sync()
    stage.clock.forward(days=401)
    with write() as session:
        session.query(LoginSession).update({"expires_at": stage.clock() + timedelta(days=30)})

    def act(stage: Stage, app: Flask) -> Any:
        tidying.tidy.callback.__wrapped__()

    return Scene(act, ("after DELETE departure", "after INSERT proposal", "after commit"))


def acceptance(stage: Stage, world: World) -> Scene:
    """The office accepts a proposal; after a crash she finds it open or not, and clicks again where she can."""
    siti = stage.let_in("siti", world.person["siti"])
    home = door(siti, "D001")[0]
    siti.sync()
    siti.save(siti.patch("household", home, dasawisma=f"{DESA}/D003"))
    siti.sync()

    def act(stage: Stage, app: Flask) -> Any:
        budi = stage.client(app, "budi")
        page = budi.get(f"/desa/{DESA}/konflik").text
        for address in re.findall(rf'action="(/desa/{DESA}/usulan/[^"]+)"', page):
            assert budi.post(address, data={"choice": "accept"}).status_code == 303
        assert "Usulan perubahan (0)" in budi.get(f"/desa/{DESA}/konflik").text

    # Whoever looks is written down each time.
    return Scene(
        act,
        ("gate taken", "after UPDATE record", "after UPDATE proposal", "answered"),
        apart=("rows of access_log"),
    )


def register_file(stage: Stage, world: World) -> Scene:
    """A resident file is imported, a door a transaction; after a crash the same file is imported again."""
    source = read_source(_file(stage), None, day_of(stage.clock()))

    def act(stage: Stage, app: Flask) -> Any:
        importing.BATCH = 1
        run_import(DESA, source, Office(app.config["KEYRING"], stage.clock()))

    # Each time it is run an import has a head and an outbox of its own.
    return Scene(
        act,
        ("after INSERT register_import", "after INSERT record"),
        apart=("rows of register_import", "rows of outbox", "n"),
    )


def register_undo(stage: Stage, world: World) -> Scene:
    """An import is taken back, a door a transaction; after a crash that is asked for again."""
    source = read_source(_file(stage), None, day_of(stage.clock()))
    made = run_import(DESA, source, Office(stage.app.config["KEYRING"], stage.clock())).import_id

    def act(stage: Stage, app: Flask) -> Any:
        undo.BATCH = 1
        with suppress(Problem):  # where it was done already
            undo.undo_import(str(made), Office(app.config["KEYRING"], stage.clock()))

    return Scene(act, ("after UPDATE record", "after UPDATE register_import"))


def _file(stage: Stage) -> Path:
    stage.clock.forward(minutes=1)
    slamet, _, _, parti = two_families()
    return write_csv(stage.folder / "warga.csv", [slamet, parti])


SCENES = {
    scene.__name__: scene for scene in (great_push, halving, counting, tidy, acceptance, register_file, register_undo)
}
