"""Decides what a seed expands to: how many phones and places, and how likely each action and each fault is.

``Options`` says everything a history depends on beside the seed; it is printed in full when a seed fails.
"""

from dataclasses import dataclass, fields
from random import Random

FAULTS = tuple(f"F{number}" for number in range(1, 17))


@dataclass(frozen=True)
class Options:
    """One history's shape.  ``p_…`` are chances of one request, ``w_…`` weights of one step."""

    steps: int = 60
    phones: int = 4
    page_bytes: int = 512 * 1024
    p_drop_request: float = 0.04
    p_drop_answer: float = 0.06
    p_twice: float = 0.05
    p_late: float = 0.04
    p_damage: float = 0.04
    p_cut_answer: float = 0.03
    p_portal: float = 0.03
    p_server_crash: float = 0.05
    p_server_full: float = 0.02
    p_phone_crash: float = 0.05
    w_save: float = 20
    w_door: float = 5
    w_visit: float = 3
    w_move: float = 2
    w_state: float = 1
    w_page: float = 3
    w_bad: float = 2
    w_sync: float = 12
    w_round: float = 3
    w_time: float = 3
    w_clock: float = 1
    w_quota: float = 1
    w_tabs: float = 1
    w_evict: float = 0.3
    w_backup_phone: float = 1
    w_restore_phone: float = 0.5
    w_clone: float = 0.4
    w_backup_server: float = 1.2
    w_restore_server: float = 0.6
    w_copy_back: float = 0.5
    w_version: float = 0.8
    w_rights: float = 1.5
    w_office: float = 1.5
    w_desk: float = 1.5
    w_imports: float = 0.6
    w_poison: float = 1
    w_limit: float = 0.4
    w_again: float = 1
    w_ahead: float = 1.5


def expand(seed: int) -> Options:
    """Return the options of a seed: the defaults, some of them bent so that histories differ in kind."""
    random = Random(f"options {seed}")
    given: dict[str, float] = {"phones": random.choice([3, 3, 4, 4, 5])}
    given["page_bytes"] = random.choice([1200, 4000, *[512 * 1024] * 4])
    for field in fields(Options):
        if field.name.startswith(("p_", "w_")) and random.random() < 0.15:
            given[field.name] = field.default * random.choice([0, 0.5, 2, 4])
    return Options(**given)
