import pytest

from tests.databases import KINDS, _make_tables, new_address
from tests.faults.postgres import Postgres
from tests.faults.serving import Serving


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL that tests may kill."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def serving(kind, tmp_path, request):
    """An installation on a database of its own, not started yet; whatever it started ends with the test."""
    folder = tmp_path / "data"
    folder.mkdir()
    if kind == "sqlite":
        made = Serving(folder, new_address("sqlite", folder))
    else:
        server = request.getfixturevalue("postgres")
        name = f"t{id(folder)}"
        server.server.psql(f"CREATE DATABASE {name}")
        made = Serving(folder, server.address(name))
        _make_tables(made.database_url)
    yield made
    made.stop()
