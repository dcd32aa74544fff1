"""Schemathesis over the published document, as every role: no server error, and answers that are what it says.

Each role makes ``DAWIS_FUZZ_EXAMPLES`` (18) requests an operation on SQLite, a third of them breaking the document on purpose;
with eleven roles that is about 200 an operation.  PostgreSQL runs two roles.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi import checks

from tests.server.openapi.roles import ROLES, Callers, bare, live_in, primed

EXAMPLES = int(os.environ.get("DAWIS_FUZZ_EXAMPLES", "18"))
SEED = int(os.environ.get("DAWIS_FUZZ_SEED", "1"))
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
OURS = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "identity"}
RUNS = [("sqlite", role) for role in ROLES] + [("postgresql", "kader"), ("postgresql", "desa admin")]
ENDS = "session.logout"


@pytest.fixture
def database_kind(role_on):
    return role_on[0]


@pytest.fixture
def published(app, world, sign_in):
    """The document twice as schemathesis reads it: as it is, and narrowed to names of a desa that was worked in."""
    known = live_in(app, world, sign_in)
    document = app.test_client().get("/api/openapi.json").json
    schemas = [schemathesis.openapi.from_dict(one) for one in (bare(document), primed(document, known))]
    for schema in schemas:
        schema.app = app
    return zip(*([one.ok() for one in schema.get_all_operations()] for schema in schemas), strict=True)


def requests_of(plain, narrowed):
    """Requests as the document allows them, with names that exist, and requests that break it."""
    allowed, broken = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
    kinds = [plain.as_strategy(generation_mode=allowed)]
    if plain.body or plain.path_parameters or plain.query:
        kinds += [narrowed.as_strategy(generation_mode=allowed), narrowed.as_strategy(generation_mode=broken)]
    return st.one_of(kinds)


class Run:
    """One role's requests; ``statuses`` are what each operation answered, ``faults`` what went wrong."""

    def __init__(self, callers: Callers, role: str, examples: int) -> None:
        self.callers, self.role, self.examples = callers, role, examples
        self.tried, self.statuses, self.faults = 0, {}, []

    def on(self, plain, narrowed) -> None:
        name = plain.definition.raw["operationId"]

        @seed(SEED)
        @settings(
            max_examples=self.examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=requests_of(plain, narrowed))
        def send(case):
            self.tried += 1
            cookies = self.callers.cookie(self.role, is_new=name == ENDS)
            response = case.call(cookies=cookies, headers=OURS)
            self.statuses.setdefault(name, set()).add(response.status_code)
            case.validate_response(response, checks=CHECKS)

        try:
            send()
        except Exception as error:  # noqa: BLE001 (every operation has its turn; the test fails with all of them)
            self.faults.append((name, "\n".join(str(one) for one in getattr(error, "exceptions", [error]))))


@pytest.mark.parametrize("role_on", RUNS, ids="-".join)
def test_role__any_request__no_fault_and_as_documented(app, world, published, role_on, record_property):
    kind, role = role_on
    run = Run(Callers(app, world), role, EXAMPLES if kind == "sqlite" else EXAMPLES // 2)
    for plain, narrowed in published:
        run.on(plain, narrowed)
    record_property("examples", run.tried)
    assert not run.faults, "\n".join(
        (f"DAWIS_FUZZ_SEED={SEED} DAWIS_FUZZ_EXAMPLES={EXAMPLES}", *(f"{name}: {words}" for name, words in run.faults))
    )
    assert (200 in run.statuses["session.who_am_i"]) == (role not in {"public", "blocked phone"})
    if role == "kader":
        assert 200 in run.statuses["sync.sync"]
        assert 200 in run.statuses["coverage.get_coverage"]
    if role_on == ("sqlite", "desa admin"):
        assert 201 in run.statuses["register.type_target"]
