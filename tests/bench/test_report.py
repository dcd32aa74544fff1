"""The page is made from the numbers alone, and what failed is on it."""

import pytest

from bench.client import Answer, Ask
from bench.phase import Crew, figures, medians
from bench.phases import NAMES, Measured
from bench.report import document, tables
from bench.sync import arguments, check, gathered


def measured(status=200, errors=(), stored=100, **words):
    crew = Crew(lambda: None, [], 1, errors=list(errors))
    crew.tally.note(Ask("GET", "/"), {}, Answer(status, {}, b"x", 0.5))
    one = figures(crew, 100, 2.0, 0.3, 0.1, packed=True)
    outcomes = {"edit": {"ok": 3}, "late": {"merged": 1} | words}
    became = {"same_field": 1, "gone_without_trace": 0}
    return Measured(dict.fromkeys(NAMES, one), outcomes, became, stored, 1234.0)


def found(**more):
    ran = {"1": [measured(), measured()]}
    return {
        "machine": {"on": "2026-11-25", "load": [0.5, 0, 0], "cores": 2},
        "notes": {"dawis": "note"},
        "peers": {"dawis": gathered(ran), "pouchdb": gathered(ran)},
        "ceilings": {"postgresql x8": [10.0]},
        "probes": {"dawis": {"gap": {"never_seen": 0}}},
        "wire": {"dawis": {"edit, gzip B": 106.0}},
        "memory": {"dawis": {"proportional_mib_with_clients": 299.0}},
        "crowd": {"evening": {"dawis-crowd": {"syncs": 18000, "p50_ms": 1.25}}},
        "failures": [],
        "minutes": 3.0,
        **more,
    }


def test_tables__bars_and_every_phase():
    text = tables(found())
    assert "| push, SQLite ÷ PouchDB | 1 | ≥ 1.5 | 1.00 (1.00-1.00) | pouchdb | no, 0.67 of it |" in text
    assert "| edit, gzip B | ≤ 105 | 106 | no |" in text
    assert "| database after checkpoint, B a record, dawis | ≤ 1,800 | 1,234 | yes |" in text
    assert "| memory, proportional mib with clients, dawis | ≤ 300 | 299 | yes |" in text
    assert all(f"| {name} | dawis | 1 | 50 (50-50) |" in text for name in NAMES)
    assert "never seen 0" in text
    assert "FAILED" not in text


def test_tables__a_failure_is_told():
    assert "FAILED kinto: broken" in tables(found(failures=["kinto: broken"]))


def test_document__says_when_and_on_what():
    assert "on 2026-11-25, 2 cores, 3 minutes" in document(found())


def test_gathered__first_outcomes_and_medians():
    assert gathered({"1": [measured()]})["1"]["figures"]["push"] == medians([measured().figures["push"]])


def test_check__a_rate_counts_only_where_everything_is_there():
    check(measured(), 100)
    for broken in (measured(stored=99), measured(status=500), measured(errors=["x"]), measured(conflict=1)):
        with pytest.raises(AssertionError):
            check(broken, 100)


def test_arguments__defaults_are_the_unattended_run():
    asked = arguments([])
    assert (asked.repeats, asked.quick, asked.write) == (3, False, False)
    assert asked.only.split(",") == ["dawis", "dawis-pg", "floor", "pouchdb", "kinto", "kinto-desa"]
