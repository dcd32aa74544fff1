"""Fills an empty database from a backup: tables as they were then, every row, then the steps up to this version."""

from collections.abc import Callable
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from models.migrations.config import alembic_config
from models.problems import Problem
from server.backup import rows
from server.backup.container import Reader

Show = Callable[[int, int], None]
Manifest = dict[str, Any]
SERIAL = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND (column_default LIKE 'nextval(%' OR is_identity = 'YES')
"""


class Backup:
    """An opened backup: its manifest has been read, its rows have not."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._blocks = rows.read_blocks(reader)
        self.manifest: Manifest = next(self._blocks)[0]["manifest"]

    def fill(self, engine: Engine, show: Show) -> None:
        """Make the tables, fill them, and bring them to this version; raises backup.newer, backup.damaged."""
        _upgrade(engine, self.manifest["schema"])
        with engine.connect().execution_options(dawis_write=True) as connection, connection.begin():
            self._fill(connection, show)
            if connection.dialect.name == "postgresql":
                _set_serials(connection)
        _upgrade(engine, "head")

    def _fill(self, connection: Connection, show: Show) -> None:
        shapes = {shape.name: shape for shape in rows.shapes_of(connection)}
        told = self.manifest["tables"]
        if {name: dict(shape.columns).keys() for name, shape in shapes.items()} != {
            name: dict(columns).keys() for name, columns in told.items()
        }:
            raise Problem("backup.newer", schema=self.manifest["schema"])
        for name in reversed(shapes):
            connection.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608 (own names)
        shapes = {name: rows.Shape(name, tuple((key, kind) for key, kind in told[name])) for name in shapes}
        done, total = 0, sum(self.manifest["counts"].values())
        for body, tail in self._blocks:
            if "end" in body:
                if body["end"] != done or done != total:
                    break
                return
            shape = shapes[body["table"]]
            rows.insert(connection, shape, rows.put_blobs(shape, body["rows"], tail))
            done += len(body["rows"])
            show(done, total)
        raise Problem("backup.damaged", file=self._reader.path.name)


def _upgrade(engine: Engine, revision: str) -> None:
    config = alembic_config(engine)
    try:
        ScriptDirectory.from_config(config).get_revision(revision)
    except CommandError as error:
        raise Problem("backup.newer", schema=revision) from error
    command.upgrade(config, revision)


def _set_serials(connection: Connection) -> None:
    """Let numbering go on after the highest number that came in."""
    for table, column in connection.execute(text(SERIAL)).all():
        highest = f'(SELECT coalesce(max("{column}"), 0) + 1 FROM "{table}")'  # noqa: S608 (own names)
        serial = f"pg_get_serial_sequence(quote_ident('{table}'), '{column}')"
        connection.execute(text(f"SELECT setval({serial}, {highest}, false)"))
