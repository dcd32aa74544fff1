"""Memory of the whole server with eight clients, and whether it stays flat over a hundred thousand edits.

Resident memory counts pages that forked workers share once for each worker; proportional memory counts them once.
"""

from bench import machine
from bench.client import Answer, Connection
from bench.edits import Change, Editor
from bench.peers.base import Document
from bench.peers.dawis import OK, Dawis
from bench.phase import Job, run
from bench.workload import Workload

CLIENTS, EDITS, A_REQUEST, MIB = 8, 100_000, 200, 1024 * 1024
LIMIT_MIB = 300


def measure(peer: Dawis, whole: Workload, edits: int = EDITS) -> dict[str, float]:
    """MiB after the first pushes and pulls, in the middle and at the end; edits a second on the way."""
    try:
        peer.start()
        return _Run(peer, whole).all(edits)
    finally:
        peer.stop()


class _Run:
    """One run under way."""

    def __init__(self, peer: Dawis, whole: Workload) -> None:
        self.peer, self.whole, self.editor = peer, whole, Editor.of_seed(7)

    def all(self, edits: int) -> dict[str, float]:
        """Push, pull, then edit on and on."""
        codes = list(self.whole.doors)
        self._run([self._pushing(code) for code in codes])
        self._run([self._pulling() for _ in range(CLIENTS)])
        first = self._mib()
        connection = self.peer.connect()
        base = {one["id"]: one for one in self.peer.documents(self.peer.pull(connection, None, None)[0])}
        connection.close()
        self.documents = {code: [one for one in base.values() if one["dasawisma"] == code] for code in codes}
        rounds = max(2, round(edits / A_REQUEST / len(codes)))
        marks, seconds = [], 0.0
        for _ in range(rounds):
            seconds += self._run([self._editing(code) for code in codes])
            marks.append(self._mib())
        made = rounds * len(codes) * A_REQUEST
        early = marks[rounds // 4]
        return {
            "clients": CLIENTS,
            "edits": made,
            "edits_per_second": made / seconds,
            "resident_mib_with_clients": first[0],
            "proportional_mib_with_clients": first[1],
            "resident_mib_early": early[0],
            "proportional_mib_early": early[1],
            "resident_mib_at_end": marks[-1][0],
            "proportional_mib_at_end": marks[-1][1],
            "growth": marks[-1][1] / early[1],
        }

    def _mib(self) -> tuple[float, float]:
        roots = self.peer.roots()[:1]  # gunicorn and its workers; a database server has its own settings
        return machine.resident_bytes(roots) / MIB, machine.proportional_bytes(roots) / MIB

    def _run(self, jobs: list[Job]) -> float:
        figures, _ = run(self.peer, jobs, CLIENTS, len, packed=False)
        assert not figures.errors, figures.errors
        assert set(figures.statuses) <= {str(OK)}, figures.statuses
        return figures.seconds

    def _pushing(self, code: str) -> Job:
        plan = self.peer.push(code, list(self.whole.doors[code]))

        def job(connection: Connection) -> list[Answer]:
            answers = self.peer.send(connection, plan)
            self.peer.learn(code, answers)
            return answers

        return job

    def _pulling(self) -> Job:
        return lambda connection: self.peer.pull(connection, None, None)

    def _editing(self, code: str) -> Job:
        """Two hundred edits of a dasa wisma, serialised when their turn comes; bases follow the answers."""

        def job(connection: Connection) -> None:
            documents = {one["id"]: one for one in self.documents[code]}
            picked = [self.editor.random.choice(self.documents[code]) for _ in range(A_REQUEST)]
            plan = self.peer.edit(code, [self._change(one) for one in picked], documents)
            answers = self.peer.send(connection, plan)
            self.peer.learn(code, answers)
            for one in self.peer.documents(answers):
                documents[one["id"]].update(one)

        return job

    def _change(self, document: Document) -> Change:
        return self.editor.change(document, 1)
