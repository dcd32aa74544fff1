"""A crowd of kader on one installation: everybody's first sync at once, and an hour of evening syncs.

Filled by an office beforehand with ten doors a dasa wisma, so that a first sync has something to fetch.
"""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from threading import Lock
from typing import Any

from bench.client import Answer, Ask, Connection
from bench.peers.base import Document
from bench.peers.dawis import OK, Dawis, Device, door_patches, inherited
from bench.workload import BEGAN_MS, DOORS, Door, Maker, Workload, dumps, make
from models.form.definition import load
from tests.source import ROOT

DOORS_EACH, SEED = 10, 11
HOME = {"X-Dawis": "1"}
GOOD = {"applied", "merged"}


@dataclass
class Kader:
    """One kader: her code, and once activated her phone and what it holds."""

    dasawisma: str
    code: str
    device: Device | None = None
    documents: dict[str, Document] = field(default_factory=dict)
    turn: Lock = field(default_factory=Lock)


class Crowd(Dawis):
    """Dawis with many kader; started once."""

    name = "dawis-crowd"

    def __init__(self, scratch: Path, count: int) -> None:
        super().__init__(scratch)
        self.count = count
        self.kader: list[Kader] = []
        self.doors: dict[str, list[Door]] = {}

    def install(self) -> None:
        """Areas, invitations and the office."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        command = [sys.executable, "-m", "bench.peers.crowd_setup", str(self.count)]
        env = {**inherited(), **self.environment(self.folder)}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        told = json.loads(done.stdout)
        self.office: dict[str, str] = told["office"]
        self.kader = [Kader(dasawisma, code) for dasawisma, code in told["codes"].items()]

    def start(self) -> None:
        """The server, and doors in every dasa wisma."""
        self.serve()
        self._fill()

    def _fill(self) -> None:
        """The office sends every door."""
        connection = self.connect()
        answer = connection(Ask("POST", "/api/session/login", dumps(self.office), HOME))
        assert answer.status == OK, answer.body
        office = device_of(answer)
        copies = Copier(make(dasawisma=self.count // DOORS + 1, first=1))
        self.doors = {one.dasawisma: copies.doors(one.dasawisma, DOORS_EACH) for one in self.kader}
        for ask in office.queue([door_patches(door) for doors in self.doors.values() for door in doors]):
            answer = connection(ask)
            assert answer.status == OK, answer.body[:300]
        connection.close()

    def activate(self, one: Kader, connection: Connection) -> None:
        """Her code for a session."""
        body = dumps({"code": one.code, "device": {"name": "HP"}})
        answer = connection(Ask("POST", "/api/session/activate", body, HOME))
        assert answer.status == OK, (answer.status, answer.body[:200])
        one.device = device_of(answer)

    def first_sync(self, one: Kader, connection: Connection) -> None:
        """Activation, then everything of her dasa wisma."""
        self.activate(one, connection)
        self.sync(one, connection, [])

    def sync(self, one: Kader, connection: Connection, saves: list[list[dict[str, Any]]]) -> None:
        """One sync of a kader: what she saved, and what is new for her; every save must get a verdict."""
        assert one.device is not None
        plan = one.device.queue(saves) if saves else [one.device.ask([])]
        more = True
        while plan or more:
            answer = connection(plan.pop(0) if plan else one.device.ask([]))
            assert answer.status == OK, (answer.status, answer.body[:200])
            told = json.loads(answer.body)
            assert all(verdict["verdict"] in {"applied", "merged"} for verdict in told["verdicts"]), told["verdicts"][
                :3
            ]
            one.device.cursor, one.device.epoch, more = told["cursor"], told["server"]["epoch"], told["more"]
            one.documents.update({document["id"]: document for document in self.documents([answer])})


class Copier:
    """Doors of the workload again and again, with ids, NIK and no KK of their own."""

    def __init__(self, whole: Workload, seed: int = SEED) -> None:
        self.maker = Maker(load(), Random(seed))  # noqa: S311 (invented people, not secrets)
        self.source = [door for doors in whole.doors.values() for door in doors]
        self.made = 0

    def doors(self, dasawisma: str, count: int) -> list[Door]:
        """New doors of a dasa wisma."""
        return [self.door(dasawisma) for _ in range(count)]

    def door(self, dasawisma: str) -> Door:
        """One new door."""
        old, role = self.source[self.made % len(self.source)], load().role
        self.made += 1
        instant = BEGAN_MS + self.made * 1000
        number, nik = role("family", "number"), role("member", "nik")
        return replace(
            old,
            id=self.maker.id(instant),
            dasawisma=dasawisma,
            family_id=self.maker.id(instant),
            family={number: self.maker.digits(old.family[number][6:12])},
            members={
                self.maker.id(instant): answers | {nik: self.maker.digits(answers[nik][6:12])}
                for answers in old.members.values()
            },
        )


def device_of(answer: Answer) -> Device:
    """A phone with the session an answer opened and a new outbox."""
    from uuid import uuid4

    cookie = answer.headers["set-cookie"].split(";")[0].split("=", 1)[1]
    return Device(cookie, str(uuid4()), None, None)
