"""Decides whether a history kept what the contract promises: the eleven statements, each a check of its own.

The cheap ones judge every history; those that run a server again, or recount, every ``OFTEN``-th seed.  ``checks`` of
the report counts how often each ran.  Statement 11 is the list of faults the others hold in spite of.
"""

from collections.abc import Callable

from tests.simulator import oracle_books, oracle_count, oracle_log, oracle_merge, oracle_phones, oracle_twice
from tests.simulator.history import History
from tests.simulator.state import State, read

OFTEN = 10
Check = Callable[[History, State], None]
ALWAYS: dict[str, Check] = {
    "1 phones equal the server": oracle_phones.equal,
    "1 no repair without a reason": oracle_phones.no_repair,
    "2 one fate each": oracle_log.one_fate,
    "2 what waits is not applied": oracle_books.not_applied,
    "2 in their rights": oracle_books.in_their_rights,
    "2 phones know what became": oracle_books.believed,
    "2 held no longer than needed": oracle_books.released,
    "2 nothing lost": oracle_log.nothing_lost,
    "3 every value is kept": oracle_log.values_kept,
    "3 the log makes the record": oracle_log.log_makes_record,
    "3 everybody is told": oracle_books.told,
    "1 all in place": oracle_books.in_place,
    "3 merged as agreed": oracle_merge.as_agreed,
    "4 the feed is whole": oracle_log.feed_is_whole,
    "7 own work": oracle_log.own_work,
    "7 own line": oracle_books.own_line,
    "7 bases lowered": oracle_books.bases_lowered,
    "8 good edits fare well": oracle_log.good_edits,
    "9 nothing outside the scope": oracle_phones.scope_only,
}
SELDOM: dict[str, Check] = {
    "10 counts": oracle_count.recounted,
    "6 sent again, nothing moves": oracle_twice.replayed,
    "5 same arrivals, same state": oracle_twice.same_again,
}


def judge(history: History) -> None:
    """Write down everything that was broken."""
    for wrong in history.server.wrong:
        history.note(wrong)
    state = read(history.server)
    checks = ALWAYS | (SELDOM if history.seed % OFTEN == 0 else {})
    for name, check in checks.items():
        history.report.checks[name] += 1
        check(history, state)
