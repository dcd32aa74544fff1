"""Bugs on the phone: what it stores, forgets, believes and sends again."""

from dataclasses import replace
from typing import Any

from tests.simulator.mutants.plant import Mutant, Plant

SETTLED = '__import__("dataclasses").replace(row, waiting=False, overlay=False, settled_at=phone.clock.ms)'


def cleared_at_send(plant: Plant) -> None:
    def request(real: Any) -> Any:
        def send(phone: Any, queue: Any, limit: int) -> Any:
            body = real(phone, queue, limit)
            for edit in body["edits"]:
                phone.disk.outbox.pop((queue.outbox.id, edit["n"]), None)
                phone.disk.put_outbox(replace(queue.outbox, settled=(edit["n"], edit["id"])))
            return body

        return send

    plant.instead("tests.simulator.syncing:request_of", request)


def two_transactions(plant: Plant) -> None:
    def put(real: Any) -> Any:
        def answers_only(self: Any, *given: Any) -> Any:
            row = real(self, *given)
            del self.disk.outbox[row.outbox, row.n]
            return row

        return answers_only

    def save(real: Any) -> Any:
        def twice(self: Any, *given: Any, **named: Any) -> Any:
            row = real(self, *given, **named)
            self.commit("outbox", lambda: self.disk.put(row))
            return row

        return twice

    plant.instead("tests.simulator.phone:Phone._put", put)
    plant.instead("tests.simulator.phone:Phone.save", save)


def counted_ids(plant: Plant) -> None:
    old = "name = self.new_id()"
    plant.rewrite("tests.simulator.phone:Phone.save", old, 'name = f"{self.outbox().id}-{self.outbox().next}"')


def full_but_saved(plant: Plant) -> None:
    def put(real: Any) -> Any:
        def anyway(self: Any, *given: Any) -> Any:
            if not self.is_full:
                return real(self, *given)
            self.is_full, before = False, self.disk.copy()
            row = real(self, *given)
            self.disk, self.is_full = before, True
            return row

        return anyway

    plant.instead("tests.simulator.phone:Phone._put", put)


def settled_dropped(plant: Plant) -> None:
    plant.rewrite("tests.simulator.queueing:drop_old", " - KEEP_SETTLED_MS", "")


def pruned_after_backup(plant: Plant) -> None:
    """Forget what the newest backup holds, though an older one may be put back."""
    newest = {"ms": 0}

    def backup(real: Any) -> Any:
        def noted(server: Any, *given: Any) -> Any:
            newest["ms"] = server.clock.ms
            return real(server, *given)

        return noted

    def drop(real: Any) -> Any:
        def covered(phone: Any) -> None:
            real(phone)
            limit = newest["ms"] if newest["ms"] <= phone.clock.ms else 0
            for key, row in list(phone.disk.outbox.items()):
                if row.settled_at is not None and row.settled_at <= limit and not row.overlay and not row.waiting:
                    del phone.disk.outbox[key]

        return covered

    plant.instead("tests.simulator.acts:backup", backup)
    plant.instead("tests.simulator.queueing:drop_old", drop)


def cursor_first(plant: Plant) -> None:
    def store(real: Any) -> Any:
        def in_two(phone: Any, queue: Any, answer: Any, **named: Any) -> Any:
            phone.commit("cursor", lambda: setattr(phone.disk, "cursor", answer["cursor"]))
            return real(phone, queue, answer, **named)

        return in_two

    plant.instead("tests.simulator.answering:store_answer", store)


def gone_blind(plant: Plant) -> None:
    old = 'if old and old["version"] < gone["version"]:'
    plant.rewrite("tests.simulator.answering:take_records", old, "if old:")


def gone_forgotten(plant: Plant) -> None:
    old = 'if old and old["version"] < gone["version"]:'
    plant.rewrite("tests.simulator.answering:take_records", old, "if False:")


def bases_kept(plant: Plant) -> None:
    plant.rewrite("tests.simulator.queueing:recover", "min(base, limit) for base", "base for base")


def earlier_unoffered(plant: Plant) -> None:
    old = "(*(one.id for one in disk.earlier), current.id)"
    plant.rewrite("tests.simulator.queueing:recover", old, "(current.id,)")


def fork_renames(plant: Plant) -> None:
    old = "replace(row, outbox=into, n=n)"
    plant.rewrite(
        "tests.simulator.queueing:_renumber", old, "replace(row, outbox=into, n=n, id=into[:18] + row.id[18:])"
    )


def fork_breaks_line(plant: Plant) -> None:
    old = 'Outbox(fresh, {"outbox": old.id, "through": known},'
    plant.rewrite("tests.simulator.queueing:fork", old, "Outbox(fresh, None,")


def portal_believed(plant: Plant) -> None:
    """Take any 200 for an acknowledgement."""
    new = f"if answer is None and reply.status == 200:\n        for row in queue.rows:\n            phone.disk.put({SETTLED})\n    "
    plant.rewrite("tests.simulator.syncing:one_round", "if answer is None:", new + "if answer is None:")


def revoked_unsent(plant: Plant) -> None:
    """Throw away what waits for a dasawisma that is no longer hers."""

    def take_scope(real: Any) -> Any:
        def and_rows(disk: Any, answer: Any, scope: set[str], **named: Any) -> None:
            real(disk, answer, scope, **named)
            for key, row in list(disk.outbox.items()):
                if row.waiting and row.dasawisma is not None and row.dasawisma not in scope:
                    del disk.outbox[key]

        return and_rows

    plant.instead("tests.simulator.answering:take_scope", take_scope)


def scope_kept(plant: Plant) -> None:
    """Keep what is no longer hers."""
    plant.rewrite("tests.simulator.answering:take_scope", 'if answer["more"] or not is_drained:', "if True:")
    plant.rewrite(
        "tests.simulator.answering:take_records",
        'gone["why"] == "revoked" and not can_revoke',
        'gone["why"] == "revoked"',
    )


def refused_forgotten(plant: Plant) -> None:
    """Show nobody what was not applied."""
    plant.instead("tests.simulator.answering:is_noted", lambda real: lambda *_: False)


MUTANTS = (
    Mutant("cleared_at_send", "The outbox is cleared when it is sent.", "tests/simulator/syncing.py", cleared_at_send),
    Mutant(
        "two_transactions",
        "Answers and outbox are stored one after the other.",
        "tests/simulator/phone.py",
        two_transactions,
    ),
    Mutant("counted_ids", "An edit's id is its outbox and a counter.", "tests/simulator/phone.py", counted_ids),
    Mutant("full_but_saved", "A full storage shows the tick.", "tests/simulator/phone.py", full_but_saved),
    Mutant("settled_dropped", "Acknowledged edits are not kept.", "tests/simulator/queueing.py", settled_dropped),
    Mutant(
        "pruned_after_backup",
        "What the newest backup holds is dropped, and an older one put back.",
        "tests/simulator/queueing.py",
        pruned_after_backup,
    ),
    Mutant("cursor_first", "The cursor moves before the page is stored.", "tests/simulator/answering.py", cursor_first),
    Mutant("gone_blind", "A departure deletes what just arrived.", "tests/simulator/answering.py", gone_blind),
    Mutant("gone_forgotten", "Departures are passed over.", "tests/simulator/answering.py", gone_forgotten),
    Mutant(
        "bases_kept", "After a restore bases of the lost history are sent.", "tests/simulator/queueing.py", bases_kept
    ),
    Mutant(
        "earlier_unoffered",
        "Only the newest outbox is offered after a restore.",
        "tests/simulator/queueing.py",
        earlier_unoffered,
    ),
    Mutant("fork_renames", "A fork gives waiting edits new ids.", "tests/simulator/queueing.py", fork_renames),
    Mutant(
        "fork_breaks_line", "A fork does not say what it continues.", "tests/simulator/queueing.py", fork_breaks_line
    ),
    Mutant("portal_believed", "Any 200 is an acknowledgement.", "tests/simulator/syncing.py", portal_believed),
    Mutant("revoked_unsent", "Unsent edits go with the dasawisma.", "tests/simulator/answering.py", revoked_unsent),
    Mutant("scope_kept", "What is no longer hers stays.", "tests/simulator/answering.py", scope_kept),
    Mutant(
        "refused_forgotten", "What was not applied is not shown.", "tests/simulator/answering.py", refused_forgotten
    ),
)
