"""Runs the ``dawis`` command on the test's database."""

import base64

import pytest
from click.testing import CliRunner

from server.cli.main import main


@pytest.fixture
def dawis(app, monkeypatch):
    """``dawis("territory", "show", …)`` -> click's result, on the database and keys of ``app``."""
    config = app.config["DAWIS"]
    monkeypatch.setenv("DAWIS_DATA_DIR", str(config.data_dir))
    monkeypatch.setenv("DAWIS_DATABASE_URL", config.database_url)
    monkeypatch.setenv("DAWIS_MASTER_KEY", base64.b64encode(b"m" * 32).decode())
    monkeypatch.setenv("DAWIS_BLIND_KEY", base64.b64encode(b"b" * 32).decode())

    def run(*arguments: str):
        return CliRunner().invoke(main, list(arguments))

    return run
