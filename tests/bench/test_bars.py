"""A ratio is taken repeat by repeat, against the best of the others, and a bar is met by its median."""

import pytest

from bench.bars import AT_LEAST, AT_MOST, BARS, Bar, Ratio, compared, lines, ratio


def run_of(**figures):
    return {"figures": {"push": {"each": figures}, "poll": {"each": figures}}}


def found_of(**servers):
    return {"peers": {name.replace("_", "-"): {"1": run_of(rate=rates)} for name, rates in servers.items()}}


RATE = Bar("push", "push", AT_LEAST, 2, ("pouchdb", "kinto"), connections=("1",))


def test_ratio__each_repeat_with_its_own():
    assert ratio([10, 20, 30], [5, 20, 10]) == Ratio(2, 1, 3)


def test_ratio__who_ran_once_stands_by_the_median():
    assert ratio([10, 20, 30], [10]) == Ratio(2, 1, 3)
    assert ratio([10.0], [0.0]) == Ratio(0, 0, 0)


def test_compared__fastest_of_those_that_ran():
    assert compared(found_of(dawis=[30, 30], pouchdb=[10, 10], kinto=[15, 15]), RATE, "1") == ("kinto", Ratio(2, 2, 2))
    assert compared(found_of(dawis=[30], pouchdb=[10]), RATE, "1") == ("pouchdb", Ratio(3, 3, 3))
    assert compared(found_of(dawis=[30]), RATE, "1") is None
    assert compared(found_of(pouchdb=[30]), RATE, "1") is None


def test_compared__least_counts_where_less_is_better():
    bar = Bar("cpu", "push", AT_MOST, 1, ("pouchdb", "kinto"), figure="server_per_1000", connections=("1",))
    found = {
        "peers": {
            name: {"1": run_of(server_per_1000=[cost])} for name, cost in (("dawis", 2), ("pouchdb", 4), ("kinto", 8))
        }
    }
    assert compared(found, bar, "1") == ("pouchdb", Ratio(0.5, 0.5, 0.5))
    assert bar.is_met(Ratio(1.0, 0.5, 3.0))
    assert not bar.is_met(Ratio(1.01, 0.5, 3.0))


def test_ceiling__by_its_threads():
    bar = Bar("pg", "push", AT_LEAST, 0.5, ("ceiling postgresql",), ours="dawis-pg", connections=("1",))
    found = found_of(dawis_pg=[30, 50]) | {"ceilings": {"postgresql x8": [60, 100], "postgresql x1": [1, 1]}}
    assert compared(found, bar, "1") == ("ceiling postgresql", Ratio(0.5, 0.5, 0.5))
    assert bar.is_met(Ratio(0.5, 0.5, 0.5))


@pytest.mark.parametrize(("rates", "word"), [([20, 20], "| yes |"), ([19, 19], "no, 0.95 of it")])
def test_lines__say_met_or_by_how_much_not(rates, word):
    (line,) = lines(found_of(dawis=rates, pouchdb=[10, 10]), [RATE])[2:]
    assert word in line


def test_bars__every_line_of_the_issue_that_is_a_ratio():
    assert len(BARS) == 13
    assert {bar.phase for bar in BARS} == {"push", "edit", "pull_desa", "pull_dasawisma", "changes_dasawisma", "poll"}
