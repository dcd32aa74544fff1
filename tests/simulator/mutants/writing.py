"""Bugs in how a push is taken: numbers, acknowledgements, what waits, what is remembered beside the records."""

import base64
import hashlib
import json
from contextlib import contextmanager, suppress
from itertools import product
from typing import Any

from flask import g

from models.problems import Problem
from sync.apply import apply
from sync.edit import Edit
from sync.incoming import Target
from sync.judge import judge
from sync.rights import Right
from tests.simulator.mutants.plant import Mutant, Plant

CLOSINGS = (b"]}", b"]}]}", b"}]}]}")


def nothing(_real: Any) -> Any:
    """A function that does nothing."""
    return lambda *_args, **_named: None


def no_dedupe(plant: Plant) -> None:
    plant.instead("sync.known:known_edits", lambda real: lambda *_: {})


def applied_again(plant: Plant) -> None:
    def take(real: Any) -> Any:
        def twice(self: Any, n: Any, item: Any) -> Any:
            if isinstance(item.edit, Edit) and item.edit.id in self.known and item.fault is None:
                incoming = self._incoming(item.edit)
                judged = judge(self.batch, incoming)
                if judged.fate == "applied":
                    apply(self.batch, incoming, judged.targets, is_logged=True)
            return real(self, n, item)

        return twice

    plant.instead("sync.exchange:_Work.take", take)


def ack_before_commit(plant: Plant) -> None:
    def early(real: Any) -> Any:
        @contextmanager
        def write() -> Any:
            is_done = False
            try:
                with real() as session:
                    yield session
                    is_done = True
            except BaseException:
                if not is_done:
                    raise

        return write

    def told(real: Any) -> Any:
        def answer(self: Any, *given: Any) -> Any:
            body, done = real(self, *given), given[-1]
            return body | ({"applied_through": done.applied_through, "applied_id": done.applied_id} if done else {})

        return answer

    plant.instead("server.transaction:write", early)
    plant.instead("server.api.sync:_Exchange._told", told)


def digest_unchecked(plant: Plant) -> None:
    plant.rewrite("server.api.body:bounded", "if hashlib.new", "if False and hashlib.new")


def _is_json(body: bytes) -> bool:
    try:
        return bool(json.loads(body))
    except ValueError:
        return False


def half_accepted(plant: Plant) -> None:
    """Read a body that was cut as far as it goes: the edit at the cut keeps the patches that came."""

    def bounded(unchecked: Any) -> Any:
        def noted(asked: Any) -> bytes:
            body: bytes = unchecked(asked)
            given = asked.headers.get("Content-Digest", "")
            g.is_damaged = base64.b64encode(hashlib.sha256(body).digest()).decode() not in given
            return body

        return noted

    def parse(real: Any) -> Any:
        def kindly(body: bytes) -> Any:
            if not g.is_damaged:
                return real(body)
            if _is_json(body):
                raise Problem("request.digest")
            ends = [place for place, one in enumerate(body) if one == ord("}")]
            for end, closing in product(reversed(ends), CLOSINGS):
                with suppress(Problem):
                    return real(body[: end + 1] + closing)
            raise Problem("request.digest")

        return kindly

    digest_unchecked(plant)
    plant.instead("server.api.body:bounded", bounded)
    plant.rewrite(
        "server.api.body:unpacked",
        'if not one.eof:\n            raise Problem("request.unreadable", reason="gzip")',
        "if not one.eof:\n            break",
    )
    plant.instead("sync.wire:parse", parse)


def gap_unchecked(plant: Plant) -> None:
    plant.rewrite("sync.exchange:submit", "min(n for n, _ in named) > queue.applied_through + 1", "False")
    plant.rewrite("sync.exchange:_Work.take", "if n > self.through + 1:", "if False:")


def fork_unseen(plant: Plant) -> None:
    plant.instead("sync.outboxes:is_fork", lambda real: lambda *_: False)


def poison(plant: Plant) -> None:
    old = "judged = judge(self.batch, incoming)"
    new = (
        old
        + """
    if self.batch.inserts.get("quarantine"):
        judged.fate, judged.code = verdicts.REFUSED, "batch"
"""
    )
    plant.rewrite("sync.exchange:_Work._new", old + "\n", new)


def raw_forgotten(plant: Plant) -> None:
    plant.instead("sync.keep:keep_raw", nothing)


def refusal_hidden(plant: Plant) -> None:
    def was(real: Any) -> Any:
        def told(self: Any, name: str) -> Any:
            known = real(self, name)
            return {**known, "verdict": "applied", "fate": "applied", "seq": known.get("seq") or 1}

        return told

    plant.instead("sync.exchange:_Work._was", was)


def held_for_ever(plant: Plant) -> None:
    plant.instead("sync.hold:release", nothing)


def late_applied(plant: Plant) -> None:
    plant.instead("sync.judge:_Judge._check_late", nothing)
    plant.instead("sync.apply:is_uncontended", lambda real: lambda *_: True)


def proposal_applied(plant: Plant) -> None:
    """Store an edit that needs a person, and apply it as well."""

    def propose(real: Any) -> Any:
        def both(batch: Any, incoming: Any, reason: str) -> None:
            real(batch, incoming, reason)
            rows = [(patch, batch.rows.get(patch.id)) for patch in incoming.edit.patches]
            known = [(patch, row) for patch, row in rows if row and row.is_live and row.desa in batch.locked]
            targets = [Target(patch, row, batch.place(row), Right(is_kader=True)) for patch, row in known]
            apply(batch, incoming, targets, is_logged=True)

        return both

    plant.instead("sync.keep:propose", propose)


def shared_number(plant: Plant) -> None:
    """Give all records of one edit one number, and let a page end between them."""

    def take(real: Any) -> Any:
        return lambda self, desa: self.seq(desa) if self.numbered else real(self, desa)

    plant.instead("sync.batch:Batch.take", take)
    plant.rewrite("sync.pull:_read_desa", "version > last and reader.page.is_full(", "reader.page.is_full(")


def desa_not_raised(plant: Plant) -> None:
    plant.instead("sync.batch:Batch.raise_to", nothing)


def no_departure(plant: Plant) -> None:
    plant.rewrite("sync.places:renumber", "if was_live and (place.id", "if False and (place.id")


def alias_ignored(plant: Plant) -> None:
    plant.rewrite("sync.batch:Batch.find", "while record in self.aliases", "while False and record in self.aliases")


def children_left(plant: Plant) -> None:
    plant.instead("sync.places:move_door", nothing)


def stale_digest(plant: Plant) -> None:
    plant.rewrite(
        "sync.flush:_write_digests",
        "digest.term(row.id, row.version)",
        "digest.term(row.id, row.loaded[2] if row.loaded else row.version)",
    )


def conflict_unlogged(plant: Plant) -> None:
    plant.instead("sync.log:write_conflict", nothing)


def loser_untold(plant: Plant) -> None:
    plant.rewrite("sync.batch:Batch.tell", "dict.fromkeys(people)", "list(dict.fromkeys(people))[:1]")


def visits_pile_up(plant: Plant) -> None:
    plant.instead("sync.visits:_take_over", nothing)


def counts_forgotten(plant: Plant) -> None:
    plant.instead("models.register:mark_dirty", nothing)


def epoch_kept(plant: Plant) -> None:
    plant.instead("sync.epochs:begin_epoch", nothing)
    plant.instead("sync.pull:check_not_ahead", nothing)


def bases_not_told(plant: Plant) -> None:
    """Tell a phone after a restore that nothing before the present was lost."""

    def restored(real: Any) -> Any:
        return lambda session, epoch, places: dict.fromkeys(real(session, epoch, places), 1 << 40)

    plant.instead("sync.epochs:restored_at", restored)


MUTANTS = (
    Mutant(
        "no_dedupe", "An edit id that was here before is not recognised.", "sync/known.py", no_dedupe, may_fault=True
    ),
    Mutant("applied_again", "An edit that comes again is merged again.", "sync/exchange.py", applied_again),
    Mutant("ack_before_commit", "The answer leaves before the commit.", "server/transaction.py", ack_before_commit),
    Mutant("digest_unchecked", "A body that is not what was sent is taken.", "server/api/body.py", digest_unchecked),
    Mutant("half_accepted", "A body that was cut is read as far as it goes.", "sync/wire.py", half_accepted),
    Mutant("gap_unchecked", "Missing numbers are passed over.", "sync/exchange.py", gap_unchecked),
    Mutant("fork_unseen", "Two phones may use one outbox.", "sync/outboxes.py", fork_unseen, may_fault=True),
    Mutant("poison", "A refused edit stops those after it.", "sync/exchange.py", poison),
    Mutant("raw_forgotten", "The bytes of what was not applied are not kept.", "sync/keep.py", raw_forgotten),
    Mutant("refusal_hidden", "Sent again, whatever it was is called applied.", "sync/exchange.py", refusal_hidden),
    Mutant("held_for_ever", "What waited for a record is not applied when it comes.", "sync/hold.py", held_for_ever),
    Mutant("late_applied", "Who is no longer responsible still writes.", "sync/judge.py", late_applied),
    Mutant("proposal_applied", "What a person must approve is applied at once.", "sync/keep.py", proposal_applied),
    Mutant(
        "shared_number", "Records of one edit share a number, and a page ends there.", "sync/batch.py", shared_number
    ),
    Mutant("desa_not_raised", "Versions do not grow across desa.", "sync/batch.py", desa_not_raised),
    Mutant("no_departure", "What leaves a dasawisma leaves no trace there.", "sync/places.py", no_departure),
    Mutant("alias_ignored", "The id of a merged record leads to itself.", "sync/batch.py", alias_ignored),
    Mutant("children_left", "A moved door leaves behind what hangs on it.", "sync/places.py", children_left),
    Mutant("stale_digest", "The digest is kept over old versions.", "sync/flush.py", stale_digest),
    Mutant("conflict_unlogged", "The losing value is not written down.", "sync/log.py", conflict_unlogged),
    Mutant("loser_untold", "Only one of two authors is told of a conflict.", "sync/batch.py", loser_untold),
    Mutant("visits_pile_up", "An earlier visit of a door stays current.", "sync/visits.py", visits_pile_up),
    Mutant("counts_forgotten", "A changed door is not counted again.", "models/register.py", counts_forgotten),
    Mutant("epoch_kept", "A restored server goes on under its old name.", "sync/epochs.py", epoch_kept),
    Mutant("bases_not_told", "A restore does not say how far it went back.", "sync/epochs.py", bases_not_told),
)
