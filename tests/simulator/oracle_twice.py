"""What must hold when things are done twice: old requests again, another sync, the same arrivals in a fresh server."""

from contextlib import suppress
from random import Random
from typing import Any

from tests.simulator.history import History
from tests.simulator.server import Server, ServerCrash
from tests.simulator.state import State, fingerprint, read
from tests.simulator.steps import do_sync

MOST_AGAIN = 5


def difference(left: dict[str, Any], right: dict[str, Any]) -> str:
    """The first few things two fingerprints disagree in."""
    found = []
    for part, one in left.items():
        other = right[part]
        if one == other:
            continue
        if isinstance(one, dict):
            keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
            found += [f"{part} {key}: {one.get(key)} / {other.get(key)}" for key in sorted(keys, key=str)[:2]]
        else:
            found.append(f"{part}: {one} / {other}")
    return "; ".join(found)[:900]


def replayed(history: History, state: State) -> None:
    """Statement 6: old requests sent again change nothing; syncing again moves nothing."""
    before = fingerprint(state)
    dice = Random(f"again {history.seed}")
    past = history.network.past
    for parcel in dice.sample(past, min(len(past), MOST_AGAIN)):
        history.network.deliver(parcel)
    after = fingerprint(read(history.server))
    if after != before:
        history.note(f"statement 6: requests sent again changed something: {difference(before, after)}")
    for phone in history.phones.values():
        history.use(phone, Random(f"again {history.seed} {phone.index}"))
        run = do_sync(history, phone, phone.dice)
        if run and (run.received or run.requests > 1):
            history.note(
                f"statement 6: syncing phone {phone.index} again moved {run.received} in {run.requests} requests"
            )


def same_again(history: History, state: State) -> None:
    """Statement 5: the same arrivals in the same order give the same state and the same conflicts."""
    old = history.server
    fresh = Server.begin(old.stage.kind, history.report.checks, f"{history.seed}")
    for arrival in old.arrivals:
        fresh.clock.moment = arrival.at
        if arrival.what != "post":
            fresh.act(arrival.what, *arrival.given)
            continue
        person, body, headers, fresh.crash_at, fresh.is_full = arrival.given
        with suppress(ServerCrash):
            fresh.post(person, body, headers)
    wanted, got = fingerprint(state), fingerprint(read(fresh))
    if wanted != got:
        history.note(f"statement 5: the same arrivals gave another state: {difference(wanted, got)}")
