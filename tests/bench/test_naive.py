"""The comparison of rules: the naive model loses what it must lose, and Dawis meets the same faults and no others."""

from bench.naive import Line, naive, options, ours
from bench.naive_model import History, Phone, Server


def test_model__same_seed_same_outcome():
    runs = [History(5, phones_restored=True, server_restored=True).run() for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0].typed > 300


def test_model__without_restores_keeps_everything_but_quarrels_with_itself():
    line = naive(6, phones_restored=True, server_restored=False)
    assert (line.diverged, line.stuck, line.gone) == (0, 0, 0)
    assert line.conflicts > line.against_itself > 0


def test_model__a_restored_server_loses_values_and_leaves_phones_behind():
    line = naive(30, phones_restored=False, server_restored=True)
    assert line.gone > 0
    assert line.diverged > 0


def test_model__its_own_earlier_edit_counts_as_another_s():
    server, phone = Server(), Phone("p", 0)
    for now in (1, 2):
        server.push(
            [{"id": now, "record": 1, "field": "a", "value": now, "base": 0, "device": phone.name, "clock": now}]
        )
    assert (server.conflicts, server.against_itself) == (1, 1)


def test_ours__only_the_faults_of_the_model():
    chosen = options(phones_restored=False, server_restored=True)
    assert (chosen.w_restore_phone, chosen.w_restore_server > 0) == (0, True)
    assert chosen.p_damage == chosen.p_server_crash == chosen.w_evict == chosen.w_clone == chosen.w_rights == 0
    assert min(chosen.p_drop_request, chosen.p_drop_answer, chosen.p_late, chosen.w_sync, chosen.w_save) > 0


def test_ours__one_history_keeps_every_promise():
    line = ours(1, phones_restored=True, server_restored=True)
    assert (line.runs, line.diverged, line.stuck, line.gone, line.against_itself) == (1, 0, 0, 0, 0)
    assert line.typed > 20


def test_line__a_row_of_its_table():
    assert Line("x", True, False, runs=3, gone=1, typed=9).text() == "| x | yes | no | 3 | 0 | 0 | 1 of 9 | 0 | 0 |"
