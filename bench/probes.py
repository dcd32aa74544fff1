"""What a server does where it is hard, counted: each probe on an empty store, with the same devices for every server.

race     two devices edit different fields of one record from one base at one instant: values that are gone
gap      a follower of the desa's changes while eight devices push: records it never saw
ack      eight devices push and repeat nothing: records called stored that are not there
poison   one unreadable record, one with a NUL character, among good ones: good records that are not stored
retry    the answer was lost and everything is sent again: documents that change for others
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

from bench.client import Answer, Connection
from bench.edits import Change
from bench.peers.base import Document, Peer, Plan
from bench.peers.dawis_setup import EACH
from bench.phase import run
from bench.workload import Door, Workload, code_of, make
from models.form.definition import load

RACED, PAIRS, CONNECTIONS, PAUSE, TRIES = 12, 150, 8, 0.01, 500
Numbers = dict[str, Any]


def probe(peer: Peer, dasawisma: int) -> dict[str, Numbers]:
    """All probes; one that cannot run tells why."""
    found: dict[str, Numbers] = {}
    for name, work in PROBES.items():
        try:
            peer.start()
            found[name] = work(peer, dasawisma)
        except Exception as error:  # noqa: BLE001 (a server that breaks is a finding)
            found[name] = {"failed": f"{type(error).__name__}: {error}"[:300]}
        finally:
            peer.stop()
    return found


def race(peer: Peer, _dasawisma: int) -> Numbers:
    """Pairs of edits of different fields; both accepted means both must be there."""
    whole = make(dasawisma=RACED)
    connection = peer.connect()
    _push_all(peer, connection, whole)
    base = _all(peer, connection)
    for number in range(RACED // EACH + 1):
        peer.refresh(connection, f"late-{number}")
    lines = [peer.connect(), peer.connect()]
    answered = [_pair(peer, lines, base, document, n) for n, document in enumerate(_members(whole))]
    final = _all(peer, connection)
    both = [pair for pair, words in answered if words == ["ok", "ok"]]
    gone = [c for pair in both for c in pair if not c.values.items() <= final[c.id].items()]
    kept = peer.kept(connection, [change.id for change in gone])
    hidden = [c for c in gone if any(c.values.items() <= loser.items() for loser in kept[c.id][1])]
    for one in (connection, *lines):
        one.close()
    told = {"pairs": len(answered), "both_accepted": len(both)}
    return told | {"hidden_but_kept": len(hidden), "gone": len(gone) - len(hidden)}


def _members(whole: Workload) -> list[Document]:
    members = [document for document in whole.documents() if document["kind"] == "member"]
    return Random(5).sample(members, PAIRS)  # noqa: S311 (a choice, not a secret)


def _pair(
    peer: Peer, lines: list[Connection], base: dict[str, Document], document: Document, number: int
) -> tuple[list[Change], list[str]]:
    """Two edits at one instant; what each device was told."""
    role, code = load().role, document["dasawisma"]
    given = {role("member", "name"): f"Nama {number}"}, {role("member", "birthplace"): f"Kota {number}"}
    pair = [Change(document["id"], "member", code, values) for values in given]
    devices = code, f"late-{(int(code[-3:]) - 1) // EACH}"
    plans = [peer.edit(device, [change], base) for device, change in zip(devices, pair, strict=True)]
    answers: list[list[Answer]] = [[], []]
    gate = threading.Barrier(2)

    def send(side: int) -> None:
        gate.wait()
        answers[side] = [lines[side](ask) for ask in plans[side]]

    threads = [threading.Thread(target=send, args=(side,)) for side in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return pair, [peer.outcomes([change], given)[0] for change, given in zip(pair, answers, strict=True)]


def gap(peer: Peer, dasawisma: int) -> Numbers:
    """Records a follower of the cursor missed for good."""
    whole = make(dasawisma=dasawisma)
    ended, seen, polls, refused = threading.Event(), set[str](), 0, 0

    def follow() -> None:
        nonlocal polls, refused
        connection, cursor, is_last = peer.connect(), None, False
        while not is_last:
            is_last = ended.is_set()
            try:
                answers, following = peer.pull(connection, None, cursor)
                seen.update(document["id"] for document in peer.documents(answers))
            except (AssertionError, KeyError, ValueError, OSError):
                refused, is_last = refused + 1, is_last and refused >= TRIES
            else:
                cursor, polls = following, polls + 1
            time.sleep(PAUSE)
        connection.close()

    follower = threading.Thread(target=follow)
    follower.start()
    _push_at_once(peer, whole, peer.send)
    ended.set()
    follower.join()
    stored = _all(peer, peer.connect()).keys() & whole.ids()
    return {"pushed": len(whole.ids()), "stored": len(stored), "polls": polls, "refused": refused} | {
        "never_seen": len(stored - seen)
    }


def ack(peer: Peer, dasawisma: int) -> Numbers:
    """Records that were called stored and are absent."""
    whole = make(dasawisma=dasawisma)
    plans, results = _push_at_once(peer, whole, lambda connection, plan: [connection(ask) for ask in plan])
    called = {
        key for plan, answers in zip(plans, results, strict=True) if answers for key in peer.stored(plan, answers)
    }
    stored = _all(peer, peer.connect()).keys()
    called &= whole.ids()
    return {"pushed": len(whole.ids()), "called_stored": len(called), "called_stored_but_absent": len(called - stored)}


def poison(peer: Peer, _dasawisma: int) -> Numbers:
    """Good records of a push that carries a bad one, after it was sent twice."""
    whole = make(dasawisma=2)
    unreadable = _with_bad_id(peer, list(whole.doors[code_of(1)]))
    nul = _with_nul(list(whole.doors[code_of(2)]))
    connection = peer.connect()
    found: Numbers = {}
    for name, code, doors in (("bad_id", code_of(1), unreadable), ("nul", code_of(2), nul)):
        plan = peer.push(code, doors)
        statuses = [connection(ask).status for ask in (*plan, *plan)]
        good = {one["id"] for door in doors for one in door.documents()} & whole.ids()
        stored = _all(peer, connection).keys() & good
        found[name] = {"good": len(good), "good_stored": len(stored), "statuses": statuses}
    return found


def _with_bad_id(peer: Peer, doors: list[Door]) -> list[Door]:
    """The middle door becomes a lone household whose id nobody can read."""
    doors[len(doors) // 2] = replace(doors[len(doors) // 2], id=peer.bad_id(), members={})
    return doors


def _with_nul(doors: list[Door]) -> list[Door]:
    door = doors[len(doors) // 2]
    broken = {load().role("household", "address"): "Jl. Rusak\0 No. 1"}
    doors[len(doors) // 2] = replace(door, household=door.household | broken)
    return doors


def retry(peer: Peer, _dasawisma: int) -> Numbers:
    """Documents that others are sent again after a device repeated its whole push."""
    code, connection = code_of(1), peer.connect()
    plan = peer.push(code, list(make(dasawisma=1).doors[code]))
    first = [connection(ask) for ask in plan]
    _, cursor = peer.pull(connection, None, None)
    again = [connection(ask) for ask in plan]
    answers, _ = peer.pull(connection, None, cursor)
    statuses = [answer.status for answer in (*first, *again)]
    return {"statuses": statuses, "changed": len(peer.documents(answers))}


def _push_all(peer: Peer, connection: Connection, whole: Workload) -> None:
    for code, doors in whole.doors.items():
        peer.learn(code, peer.send(connection, peer.push(code, list(doors))))


def _push_at_once(
    peer: Peer, whole: Workload, send: Callable[[Connection, Plan], list[Answer]]
) -> tuple[list[Plan], list[list[Answer] | None]]:
    plans = [peer.push(code, list(doors)) for code, doors in whole.doors.items()]
    jobs = [partial(send, plan=plan) for plan in plans]
    _, results = run(peer, jobs, CONNECTIONS, lambda _: 1, packed=False)
    return plans, results


def _all(peer: Peer, connection: Connection) -> dict[str, Document]:
    return {document["id"]: document for document in peer.documents(peer.pull(connection, None, None)[0])}


PROBES: dict[str, Callable[[Peer, int], Numbers]] = {
    "race": race,
    "gap": gap,
    "ack": ack,
    "poison": poison,
    "retry": retry,
}
