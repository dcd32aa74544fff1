"""Decides how rows travel: the same bytes from SQLite and from PostgreSQL, so that a backup of either fills either.

A block is up to 1,000 rows of one table: two lengths, the rows as JSON, then their blobs one after another; in the
JSON a blob is its length.  Instants are text in UTC (``2026-11-23 01:00:00.000000``), days and JSON values text, truths
0 or 1.  Tables are read as they are in the database, not as the models of this version have them.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, LargeBinary, MetaData, Table

from server.backup.container import Reader, Writer

ROWS = 1000
LEFT_OUT = frozenset({"alembic_version"})
PLAIN, BLOB = "plain", "blob"
KINDS = ((LargeBinary, BLOB), (JSON, "json"), (DateTime, "instant"), (Date, "day"), (Boolean, "truth"))
READ_POSTGRESQL = {
    "json": "{}::text",
    "instant": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "day": "to_char({}, 'YYYY-MM-DD')",
    "truth": "{}::int",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A table by its columns, each with its kind."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def quoted(self) -> str:
        """The column names, for a statement."""
        return ", ".join(f'"{column}"' for column, _ in self.columns)

    @property
    def blobs(self) -> list[int]:
        """Places of the columns that hold bytes."""
        return [index for index, (_, kind) in enumerate(self.columns) if kind == BLOB]


def shapes_of(connection: Connection) -> list[Shape]:
    """Every table of a database, those referred to before those that refer."""
    found = MetaData()
    found.reflect(connection)
    return [_shape(table) for table in found.sorted_tables if table.name not in LEFT_OUT]


def _shape(table: Table) -> Shape:
    def kind(column: Any) -> str:
        return next((name for type_, name in KINDS if isinstance(column.type, type_)), PLAIN)

    return Shape(str(table.name), tuple((str(column.name), kind(column)) for column in table.columns))


def count(connection: Connection, shape: Shape) -> int:
    """How many rows a table has."""
    return int(connection.exec_driver_sql(f'SELECT count(*) FROM "{shape.name}"').scalar_one())  # noqa: S608 (own names)


def read(connection: Connection, shape: Shape) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows of a table in parts, as they travel."""
    how = READ_POSTGRESQL if connection.dialect.name == "postgresql" else {}
    wanted = ", ".join(how.get(kind, "{}").format(f'"{column}"') for column, kind in shape.columns)
    statement = f'SELECT {wanted} FROM "{shape.name}"'  # noqa: S608 (own names)
    with connection.exec_driver_sql(statement, execution_options={"stream_results": True}) as result:
        yield from result.partitions(ROWS)


def write_block(out: Writer, shape: Shape, rows: Sequence[Sequence[Any]]) -> None:
    """Add one block."""
    lines, blobs, places = [list(row) for row in rows], [], shape.blobs
    for line in lines:
        for place in places:
            if line[place] is not None:
                blob = bytes(line[place])
                blobs.append(blob)
                line[place] = len(blob)
    body = orjson.dumps({"table": shape.name, "rows": lines})
    tail = b"".join(blobs)
    out.write(struct.pack(">II", len(body), len(tail)) + body + tail)


def write_note(out: Writer, note: dict[str, Any]) -> None:
    """Add a block that is no table: the manifest, and the end."""
    body = orjson.dumps(note)
    out.write(struct.pack(">II", len(body), 0) + body)


def read_blocks(given: Reader) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Every block: its JSON and its blobs."""
    while head := given.read(8):
        body, tail = struct.unpack(">II", head)
        yield orjson.loads(given.read(body)), given.read(tail)


def put_blobs(shape: Shape, rows: list[list[Any]], tail: bytes) -> list[list[Any]]:
    """Put the bytes back into their rows."""
    at, places = 0, shape.blobs
    for row in rows:
        for place in places:
            if row[place] is not None:
                row[place], at = tail[at : at + row[place]], at + row[place]
    return rows


def insert(connection: Connection, shape: Shape, rows: list[list[Any]]) -> None:
    """Write rows as they travelled: COPY on PostgreSQL, one prepared statement on SQLite."""
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f'COPY "{shape.name}" ({shape.quoted}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(shape.columns))
    statement = f'INSERT INTO "{shape.name}" ({shape.quoted}) VALUES ({marks})'  # noqa: S608 (own names)
    connection.exec_driver_sql(statement, [tuple(row) for row in rows])
