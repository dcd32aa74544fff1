"""Which steps a history has, and what each does: people at work, time, and everything that may break.

``plan`` draws the steps from the seed alone; ``take`` does one with dice of its own.
"""

from collections.abc import Callable
from random import Random

from tests.simulator import office, typing_in
from tests.simulator.disk import Disk
from tests.simulator.history import Copy, History
from tests.simulator.options import Options
from tests.simulator.phone import Phone, PhoneCrash
from tests.simulator.report import Step
from tests.simulator.syncing import MAX_ROUNDS, Run, sync

HOUR, DAY, YEAR = 3600, 86400, 365 * 86400
Action = Callable[[History, Phone, Random], None]


def plan(seed: int, options: Options) -> list[Step]:
    """The steps of a seed."""
    dice = Random(f"plan {seed}")
    names = sorted(ACTIONS)
    weights = [getattr(options, f"w_{name}") for name in names]
    chosen = dice.choices(names, weights, k=options.steps)
    return [
        Step(index, name, dice.randrange(2 * options.phones), dice.getrandbits(48)) for index, name in enumerate(chosen)
    ]


def take(history: History, step: Step) -> None:
    """One step; a crash of the app ends it and leaves the disk."""
    phone, dice = history.phone_of(step.phone), Random(step.seed)
    history.step = step.index
    history.use(phone, dice)
    history.server.clock.forward(dice.choice([1, 20, 600]))
    if dice.random() < history.options.p_phone_crash:
        phone.crash_in = dice.randint(1, 8)
    try:
        ACTIONS[step.action](history, phone, dice)
    except PhoneCrash:
        history.faults["F1"] += 1
    finally:
        phone.crash_in, phone.is_full, history.is_good = 0, False, True


def do_sync(history: History, phone: Phone, dice: Random, rounds: int = MAX_ROUNDS) -> Run | None:
    """Sync as far as it gets; remembers what the server had when it got to the end."""
    history.report.syncs += 1
    _count_run_past(history, phone)
    end, run = sync(phone, history.network.post, history.renew, rounds)
    history.ends[phone.index] = end
    if end == "done":
        history.synced[phone.index] = history.server.changes
    return run


def _count_run_past(history: History, phone: Phone) -> None:
    """F10: this phone knows numbers of a lost history, and the server has given them again by now."""
    if phone.index in history.before_restore and phone.disk.scope:
        seqs = history.server.sequences()
        if any(0 < one["seq"] < seqs.get(code, 0) for code, one in phone.disk.scope.items()):
            history.faults["F10"] += 1
        history.before_restore.discard(phone.index)


def one_round(history: History, phone: Phone, dice: Random) -> None:
    """One request; then the app is closed."""
    do_sync(history, phone, dice, 1)


def time(history: History, phone: Phone, dice: Random) -> None:
    """Hours pass, seldom weeks."""
    history.server.clock.forward(dice.choice([HOUR, 5 * HOUR, DAY, DAY, 8 * DAY]))
    if dice.random() < 0.05:
        history.server.clock.forward(dice.choice([31, 95, 181]) * DAY)


def clock(history: History, phone: Phone, dice: Random) -> None:
    """A phone's clock is set wrong, or right again."""
    history.faults["F5"] += 1
    phone.off_ms = 1000 * dice.choice([0, 0, 90, -90, -HOUR, HOUR, 400 * DAY, -400 * DAY, 10 * YEAR, -10 * YEAR])


def quota(history: History, phone: Phone, dice: Random) -> None:
    """The phone's storage is full while somebody saves."""
    phone.is_full = True
    typing_in.change(history, phone, dice)


def tabs(history: History, phone: Phone, dice: Random) -> None:
    """A page and the service worker are both at it: one takes the answer, the other only sends."""
    history.faults["F12"] += 1
    mark = phone.disk.copy()
    held = dict(history.held[phone.index])
    do_sync(history, phone, dice, 1)
    after, after_held = phone.disk, history.held[phone.index]
    # The other one read the store before the first one wrote; the lock keeps it from storing anything.
    phone.disk, history.held[phone.index] = mark, held
    do_sync(history, phone, dice, 1)
    phone.disk, history.held[phone.index] = after, after_held


def evict(history: History, phone: Phone, dice: Random) -> None:
    """The browser evicts everything: a new incarnation, which holds nothing."""
    history.faults["F7"] += 1
    phone.disk = Disk()
    history.held[phone.index] = {}


def backup_phone(history: History, phone: Phone, dice: Random) -> None:
    """A backup app copies the phone's storage."""
    history.copies[phone.index] = Copy(phone.disk.copy(), dict(history.held[phone.index]))


def restore_phone(history: History, phone: Phone, dice: Random) -> None:
    """That copy is put back."""
    if copy := history.copies.get(phone.index):
        history.faults["F8"] += 1
        phone.disk, history.held[phone.index] = copy.disk.copy(), dict(copy.held)


def clone(history: History, phone: Phone, dice: Random) -> None:
    """The phone's storage goes to a new handset; both live on."""
    if dice.random() < 0.5:
        typing_in.open_and_change(history, phone, dice)
        do_sync(history, phone, dice)
    slot = phone.index % history.options.phones + history.options.phones
    if slot not in history.phones:
        history.faults["F8"] += 1
        made = history.add_phone(slot, phone.person, phone.disk.copy())
        made.off_ms = phone.off_ms
        history.damaged |= {slot} if phone.index in history.damaged else set()
        history.held[slot] = dict(history.held[phone.index])


def backup_server(history: History, phone: Phone, dice: Random) -> None:
    """The nightly backup."""
    history.server.act("backup")


def restore_server(history: History, phone: Phone, dice: Random) -> None:
    """The server comes back from a backup: mostly the newest, sometimes the oldest."""
    if backups := history.server.backups:
        index = dice.choice([len(backups) - 1, len(backups) - 1, 0])
        history.faults["F9"] += 1
        history.before_restore = set(history.phones)
        history.server.act("restore", index, True)


def copy_back(history: History, phone: Phone, dice: Random) -> None:
    """Somebody copies an old database file back and tells nobody."""
    if backups := history.server.backups:
        history.faults["F9"] += 1
        history.has_silent_restore = True
        history.before_restore = set(history.phones)
        history.server.act("restore", len(backups) - 1, False)


def version(history: History, phone: Phone, dice: Random) -> None:
    """The server wants newer apps for a while, or a phone runs ahead of the server's form."""
    if dice.random() < 0.5:
        typing_in.newer_form(history, phone, dice)
        return
    history.faults["F11"] += 1
    is_strict = history.server.app.config["OLDEST_APP"] != "0"
    history.server.act("oldest_app", "0" if is_strict else "2.0.0")


def again(history: History, phone: Phone, dice: Random) -> None:
    """A proxy sends an old request again, or a phone's copy is damaged."""
    if dice.random() < 0.7 or not phone.disk.records:
        history.network.replay(dice)
        return
    history.damaged.add(phone.index)
    del phone.disk.records[dice.choice(sorted(phone.disk.records))]


ACTIONS: dict[str, Action] = {
    "save": typing_in.change,
    "door": typing_in.new_door,
    "visit": typing_in.visit,
    "move": typing_in.move,
    "state": typing_in.state,
    "page": typing_in.open_page,
    "bad": typing_in.wrong,
    "sync": do_sync,
    "round": one_round,
    "time": time,
    "clock": clock,
    "quota": quota,
    "tabs": tabs,
    "evict": evict,
    "backup_phone": backup_phone,
    "restore_phone": restore_phone,
    "clone": clone,
    "backup_server": backup_server,
    "restore_server": restore_server,
    "copy_back": copy_back,
    "version": version,
    "rights": office.rights,
    "office": office.work,
    "desk": office.desk,
    "imports": office.imports,
    "poison": office.poison,
    "limit": office.limit,
    "again": again,
    "ahead": typing_in.ahead,
}
