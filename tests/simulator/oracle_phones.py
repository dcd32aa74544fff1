"""What must hold of the phones after quiet: equal copies, empty outboxes, nothing that is not theirs."""

from tests.simulator.history import History
from tests.simulator.phone import Phone
from tests.simulator.stage import KADER, OFFICE
from tests.simulator.state import Record, State


def places(history: History, phone: Phone) -> set[str]:
    """The dasa wisma of a phone's person by the server's own grants."""
    from tests.simulator import acts

    if phone.person in KADER:
        return set(acts.grants(history.server, phone.person))
    return {f"{OFFICE[phone.person]}/D00{number}" for number in (1, 2, 3)}


def equal(history: History, state: State) -> None:
    """Statement 1: every copy equals the server's, and nothing waits."""
    for phone in history.phones.values():
        name = f"statement 1: phone {phone.index} ({phone.person})"
        if history.ends.get(phone.index) != "done":
            history.note(f"{name} did not get to the end of its last sync: {history.ends.get(phone.index)}")
        waiting = [row.id for row in phone.disk.outbox.values() if row.waiting]
        if waiting or phone.disk.offers:
            history.note(f"{name} still has {waiting} waiting, offers {phone.disk.offers}")
        scope = places(history, phone)
        if set(phone.disk.scope) != scope:
            history.note(f"{name} knows the scope {sorted(phone.disk.scope)} instead of {sorted(scope)}")
        _compare(
            history, phone, {key: one for key, one in state.records.items() if one.dasawisma in scope and one.is_live}
        )


def _compare(history: History, phone: Phone, wanted: dict[str, Record]) -> None:
    name, held = f"statement 1: phone {phone.index} ({phone.person})", phone.disk.records
    for key in sorted(wanted.keys() - held.keys()):
        history.note(f"{name} misses {wanted[key].kind} {key} version {wanted[key].version}")
    for key in sorted(held.keys() - wanted.keys()):
        history.note(
            f"{name} still has {held[key]['kind']} {key} version {held[key]['version']} in {held[key]['dasawisma']}"
        )
    for key in sorted(held.keys() & wanted.keys()):
        mine, one = held[key], wanted[key]
        if (mine["version"], mine["state"], mine["dasawisma"], mine["fields"]) != (
            one.version,
            one.state,
            one.dasawisma,
            one.fields,
        ):
            history.note(f"{name} has another {one.kind} {key}: {mine} instead of {one}")


def no_repair(history: History, state: State) -> None:
    """Statement 1: a copy was asked for again only where something had happened to it."""
    for phone in history.phones.values():
        is_explained = phone.index in history.damaged or history.has_silent_restore
        if phone.repaired and not is_explained:
            history.note(f"statement 1: phone {phone.index} repaired {phone.repaired} though nothing explains it")


def scope_only(history: History, state: State) -> None:
    """Statement 9: no record outside the scope stays once the phone has drained."""
    for phone in history.phones.values():
        scope = places(history, phone)
        for store in (phone.disk.records, phone.disk.staged):
            for key, record in store.items():
                if record["dasawisma"] not in scope:
                    history.note(f"statement 9: phone {phone.index} keeps {key} of {record['dasawisma']}")
