"""The timed phases of workload W on one server, on an empty store, over some connections.

push               every dasa wisma's device sends all it has
pull_dasawisma     a fresh device pulls one dasa wisma whole
pull_desa          a fresh device pulls the desa whole
edit               the owners' edits of the second round
late               others' edits of the same records, from the base of before
changes_desa       what the second round changed, from the cursor of before, for the desa
changes_dasawisma  the same for one dasa wisma
poll               a pull with nothing new
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.client import Answer, Connection
from bench.edits import Change, SecondRound, second_round
from bench.peers.base import Document, Peer, Plan
from bench.peers.dawis_setup import EACH, LATE, SPARE
from bench.phase import Figures, Job, run
from bench.workload import Workload, code_of, make

NAMES = (
    "push",
    "pull_dasawisma",
    "pull_desa",
    "edit",
    "late",
    "changes_desa",
    "changes_dasawisma",
    "poll",
)
PULLED = 40
DESA_PULLS = {1: 3}
MOST_DESA_PULLS = 8


@dataclass
class Measured:
    """What one run on an empty store gave."""

    figures: dict[str, Figures] = field(default_factory=dict)
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)
    concurrent: dict[str, int] = field(default_factory=dict)
    stored: int = 0
    bytes_per_record: float = 0.0


def measure(peer: Peer, connections: int, whole: Workload, changes: SecondRound, *, packed: bool = True) -> Measured:
    """Start a server, run all phases, stop it."""
    try:
        peer.start()
        return _Run(peer, connections, whole, changes, packed).all()
    finally:
        peer.stop()


def warm_up(peer: Peer, times: int = 4) -> None:
    """A spare device sends, edits and pulls, so that nobody's first request pays for a server's start."""
    code = code_of(SPARE)
    doors = make(seed=9, dasawisma=1, doors=times * 2, first=SPARE).doors[code]
    for door in doors:
        connection = peer.connect()
        peer.learn(code, peer.send(connection, peer.push(code, [door])))
        documents = {one["id"]: one for one in peer.documents(peer.pull(connection, code, None)[0])}
        changed = [Change(key, one["kind"], code, _touched(one)) for key, one in documents.items()][:2]
        peer.learn(code, peer.send(connection, peer.edit(code, changed, documents)))
        peer.pull(connection, None, None)
        connection.close()


def _touched(document: Document) -> dict[str, Any]:
    """The first text of a document, changed a little."""
    skipped = {"id", "kind", "dasawisma", "household", "family"}
    for key, value in document.items():
        if key[0] != "_" and key not in skipped and isinstance(value, str) and " " in value:
            return {key: value + " x"}
    return {}


@dataclass
class _Run:
    """One run under way."""

    peer: Peer
    connections: int
    whole: Workload
    changes: SecondRound
    packed: bool

    def all(self) -> Measured:
        """Every phase in order."""
        self.found, self.ids = Measured(), self.whole.ids()
        warm_up(self.peer)
        self.peer.settle_store()
        before = self.peer.database_bytes()
        self._push()
        self.peer.settle_store()
        self.found.bytes_per_record = (self.peer.database_bytes() - before) / len(self.ids)
        self.connection = self.peer.connect()
        answers, desa_cursor = self.peer.pull(self.connection, None, None)
        base = {document["id"]: document for document in self.peer.documents(answers)}
        self.found.stored = len(self.ids & base.keys())
        codes = list(self.whole.doors)[:PULLED]
        cursors = {code: self.peer.pull(self.connection, code, None)[1] for code in codes}
        self._pulls("pull_dasawisma", [(code, None) for code in codes])
        self._pulls("pull_desa", [(None, None)] * self._desa_pulls())
        self._edits(base)
        self._pulls("changes_desa", [(None, desa_cursor)] * self._desa_pulls())
        self._pulls("changes_dasawisma", [(code, cursors[code]) for code in codes])
        self._polls([(code, self.peer.pull(self.connection, code, cursors[code])[1]) for code in codes])
        self.connection.close()
        return self.found

    def _desa_pulls(self) -> int:
        return DESA_PULLS.get(self.connections, MOST_DESA_PULLS)

    def _run(self, name: str, jobs: list[Job], count: Any) -> list[Any]:
        self.found.figures[name], results = run(self.peer, jobs, self.connections, count, packed=self.packed)
        return results

    def _push(self) -> None:
        plans = {code: self.peer.push(code, list(doors)) for code, doors in self.whole.doors.items()}
        results = self._run("push", [_sending(self.peer, plan) for plan in plans.values()], lambda _: len(self.ids))
        for code, answers in zip(plans, results, strict=True):
            if answers:
                self.peer.learn(code, answers)

    def _edits(self, base: dict[str, Document]) -> None:
        groups = [[c for c in self.changes.second if _late(c) == number] for number in range(LATE)]
        late = {f"late-{number}": group for number, group in enumerate(groups) if group}
        for device in late:
            self.peer.refresh(self.connection, device)
        for name, work in (("edit", self.changes.first), ("late", late)):
            plans = [self.peer.edit(device, changes, base) for device, changes in work.items()]
            total = sum(map(len, work.values()))
            results = self._run(name, [_sending(self.peer, plan) for plan in plans], lambda _, total=total: total)
            words: Counter[str] = Counter()
            for (device, changes), answers in zip(work.items(), results, strict=True):
                words.update(self.peer.outcomes(changes, answers) if answers else ["error"] * len(changes))
                if answers:
                    self.peer.learn(device, answers)
            self.found.outcomes[name] = dict(words)
        kept = self.peer.kept(self.connection, [change.id for change in self.changes.second])
        self.found.concurrent = became(self.changes, kept)

    def _pulls(self, name: str, wanted: list[tuple[str | None, Any]]) -> None:
        jobs = [_pulling(self.peer, code, cursor) for code, cursor in wanted]
        self._run(name, jobs, self._counted)

    def _counted(self, results: list[list[Answer] | None]) -> int:
        """Records of the workload in the answers."""
        pages = (self.peer.documents(answers) for answers in results if answers)
        return sum(document["id"] in self.ids for documents in pages for document in documents)

    def _polls(self, cursors: list[tuple[str, Any]]) -> None:
        self._run("poll", [_pulling(self.peer, code, cursor) for code, cursor in cursors], len)


def _late(change: Change) -> int:
    """Which of the late devices is responsible for a record's dasa wisma."""
    return (int(change.dasawisma[-3:]) - 1) // EACH


def _sending(peer: Peer, plan: Plan) -> Job:
    def job(connection: Connection) -> list[Answer]:
        return peer.send(connection, plan)

    return job


def _pulling(peer: Peer, code: str | None, cursor: Any) -> Job:
    def job(connection: Connection) -> list[Answer]:
        return peer.pull(connection, code, cursor)[0]

    return job


def became(changes: SecondRound, kept: dict[str, tuple[Document, list[Document]]]) -> dict[str, int]:
    """What became of the pairs of concurrent edits: who won, and whether a losing value can still be read."""
    owners = changes.owners()
    words: Counter[str] = Counter()
    for theirs in changes.second:
        mine = owners[theirs.id]
        document, losers = kept[theirs.id]
        lines = [(key, value) for one in (mine, theirs) for key, value in one.values.items()]
        gone = [(key, value) for key, value in lines if document.get(key) != value]
        is_hidden = all(any(other.get(key) == value for other in losers) for key, value in gone)
        if theirs.id in changes.same:
            key, value = next(iter(theirs.values.items()))
            words["same_field"] += 1
            words["same_field_second_won"] += document.get(key) == value
        else:
            words["other_field"] += 1
            words["other_field_both_present"] += not gone
        words["gone_without_trace"] += bool(gone) and not is_hidden
    return dict(words)


def workload(dasawisma: int) -> tuple[Workload, SecondRound]:
    """Workload W (or a smaller one for a quick look) and its second round."""
    whole = make(dasawisma=dasawisma)
    return whole, second_round(whole)
