"""Dawis on PostgreSQL: the same server with one setting changed."""

import shutil
from pathlib import Path

from bench import postgres
from bench.peers.dawis import Dawis

TEMPLATE, DATABASE = "dawis_bench_template", "dawis_bench"


class DawisPostgres(Dawis):
    """The database is copied from a prepared one for every start."""

    name = "dawis-pg"
    note = "the same on PostgreSQL, fsync and synchronous_commit on"

    def environment(self, folder: Path) -> dict[str, str]:
        """The address beside the other settings."""
        return super().environment(folder) | {"DAWIS_DATABASE_URL": postgres.address(self.database)}

    def install(self) -> None:
        """Prepare the database that is copied."""
        postgres.fresh(TEMPLATE)
        self.database = TEMPLATE
        super().install()
        self.database = DATABASE

    def start(self) -> None:
        """A copy of it, and of the keys."""
        postgres.fresh(DATABASE, TEMPLATE)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.template, self.folder)
        self.serve()

    def roots(self) -> list[int]:
        """The server's processes and PostgreSQL's."""
        return [*super().roots(), postgres.root()]

    def database_bytes(self) -> int:
        """As PostgreSQL tells it."""
        return postgres.size(DATABASE)

    def settle_store(self) -> None:
        """A checkpoint."""
        postgres.query("checkpoint")
