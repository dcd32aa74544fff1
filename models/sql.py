"""Decides how the statements of the hot paths run: written in Core, compiled once, run many times.

    FIND = Read(select(RECORD.c.id, RECORD.c.version).where(among(RECORD.c.id, "ids")))
    FIND.all(session, ids=["0190…", "0191…"])        -> [("0190…", 4711), …] as plain tuples

Building and compiling a statement costs SQLAlchemy ten times what SQLite needs to answer it.  ``among`` is an IN list
in one parameter, so that its text is the same for any length.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    Table,
    TypeDecorator,
    bindparam,
)
from sqlalchemy import types as sa_types
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from models.database import Json

Processor = Callable[[Any], Any]
Rows = Sequence[Mapping[str, Any]]
MANY = 5
"""From so many rows on, COPY is worth its round trips."""


class _List(TypeDecorator[Any]):
    """A list in one parameter: JSON text on SQLite, an array on PostgreSQL."""

    impl = sa_types.String
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the database is told the parameter is."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa_types.String())
        return dialect.type_descriptor(ARRAY(self.item))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The parameter as the driver takes it; bytes travel as hex on SQLite."""
        if dialect.name != "sqlite":
            return list(value)
        return orjson.dumps([item.hex() if isinstance(item, bytes) else item for item in value]).decode()


class among(ColumnElement[bool]):  # noqa: N801 (reads as an operator)
    """``column IN (list)`` with the whole list in the parameter ``name``."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.items: BindParameter[Any] = bindparam(name, type_=_List(column.type))

    def self_group(self, against: Any = None) -> "among":  # noqa: ARG002 (SQLAlchemy calls it so)
        """Itself: it is a condition on every database."""
        return self


@compiles(among, "sqlite")
def _among_sqlite(element: among, compiler: SQLCompiler, **more: Any) -> str:
    column, items = compiler.process(element.column, **more), compiler.process(element.items, **more)
    value = "unhex(value)" if isinstance(element.column.type, sa_types.LargeBinary) else "value"
    return f"{column} IN (SELECT {value} FROM json_each({items}))"  # noqa: S608 (both are compiled parts)


@compiles(among, "postgresql")
def _among_postgresql(element: among, compiler: SQLCompiler, **more: Any) -> str:
    return f"{compiler.process(element.column, **more)} = ANY({compiler.process(element.items, **more)})"


def _connection(session: Session) -> Connection:
    """The session's connection, found once in a transaction: asking the session costs as much as a short query."""
    known: Connection | None = session.info.get("connection")
    if known is None or known.closed or not known.in_transaction():
        known = session.info["connection"] = session.connection()
    return known


class Read:
    """A select made once; ``all`` and ``first`` give plain tuples, their values typed as its columns are."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}

    def all(self, session: Session, **values: Any) -> Sequence[Any]:
        """Every row."""
        connection = _connection(session)
        ready = self._ready.get(connection.dialect.name) or self._compile(connection.dialect)
        given = ready.parameters(values)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(ready.text, given)
            rows: list[Any] = cursor.fetchall()  # type: ignore[assignment]
        except ready.errors as error:
            raise DBAPIError.instance(ready.text, given, error, ready.errors, dialect=connection.dialect) from error
        finally:
            cursor.close()
        return ready.typed(rows) if ready.readers else rows

    def first(self, session: Session, **values: Any) -> Any:
        """The first row, or None."""
        rows = self.all(session, **values)
        return rows[0] if rows else None

    def _compile(self, dialect: Dialect) -> "_Ready":
        self._ready[dialect.name] = _Ready(self._statement, dialect)
        return self._ready[dialect.name]


class Write(Read):
    """An update, delete or single insert made once."""

    def run(self, session: Session, **values: Any) -> None:
        """Run it."""
        connection = _connection(session)
        ready = self._ready.get(connection.dialect.name) or self._compile(connection.dialect)
        connection.exec_driver_sql(ready.text, ready.parameters(values))

    def run_all(self, session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it once for each row of values."""
        connection = _connection(session)
        ready = self._ready.get(connection.dialect.name) or self._compile(connection.dialect)
        connection.exec_driver_sql(ready.text, [ready.parameters(row) for row in rows])


class _Ready:
    """A statement compiled for one database."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.text = str(compiled)
        self.errors: type[Exception] = dialect.dbapi.Error  # type: ignore[union-attr]
        self.names: Sequence[str] | None = compiled.positiontup
        binds: Mapping[BindParameter[Any], str] = compiled.bind_names
        self.fixed = {name: bind.value for bind, name in binds.items() if not bind.required}
        writers = {name: _writer(bind.type, dialect) for bind, name in binds.items()}
        self.writers = [(name, writer) for name, writer in writers.items() if writer]
        columns = getattr(statement, "selected_columns", ())
        found = [(index, _reader(column.type, dialect)) for index, column in enumerate(columns)]
        self.readers = [(index, reader) for index, reader in found if reader]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        named = {**self.fixed, **values}
        for name, writer in self.writers:
            named[name] = writer(named[name])
        return named if self.names is None else tuple([named[name] for name in self.names])

    def typed(self, rows: Sequence[Any]) -> list[Any]:
        """The rows with their values typed."""
        found = []
        for row in rows:
            values = list(row)
            for index, reader in self.readers:
                values[index] = reader(values[index])
            found.append(tuple(values))
        return found


class _Insert:
    """How rows with these columns go into a table of one database."""

    def __init__(self, table: Table, columns: tuple[str, ...], dialect: Dialect, *, is_forgiving: bool) -> None:
        quote = dialect.identifier_preparer.quote
        is_sqlite = dialect.name == "sqlite"
        kinds = [table.c[name].type for name in columns]
        marks = ["?" if is_sqlite else "%s::jsonb" if isinstance(kind, type(Json)) else "%s" for kind in kinds]
        place = f"{quote(table.name)} ({', '.join(quote(name) for name in columns)})"
        end = " ON CONFLICT DO NOTHING" if is_forgiving else ""
        self.text = f"INSERT INTO {place} VALUES ({', '.join(marks)}){end}"  # noqa: S608 (names of columns)
        self.copy = "" if is_sqlite or is_forgiving else f"COPY {place} FROM STDIN"
        found = [(index, _writer(kind, dialect)) for index, kind in enumerate(kinds)]
        self.writers = [(index, writer) for index, writer in found if writer]

    def values(self, rows: Rows) -> list[tuple[Any, ...]]:
        """The rows as the driver takes them; the same moment in row after row is written out once."""
        found = [list(row.values()) for row in rows]
        for index, writer in self.writers:
            last, written = None, None
            for values in found:
                if values[index] is not last:
                    last = values[index]
                    written = None if last is None else writer(last)
                values[index] = written
        return [tuple(values) for values in found]


_inserts: dict[tuple[str, str, tuple[str, ...], bool], _Insert] = {}


def insert_rows(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, is_forgiving: bool = False
) -> None:
    """Insert rows that all have the same columns; ``is_forgiving`` passes over those already there.

    Many rows go to PostgreSQL by COPY.
    """
    connection = _connection(session)
    columns = tuple(rows[0])
    key = (connection.dialect.name, table.name, columns, is_forgiving)
    ready = _inserts.get(key)
    if ready is None:
        ready = _inserts[key] = _Insert(table, columns, connection.dialect, is_forgiving=is_forgiving)
    values = ready.values(rows)
    if ready.copy and len(values) >= MANY:
        _copy(connection, ready.copy, values)
    else:
        connection.exec_driver_sql(ready.text, values)


def _copy(connection: Connection, text: str, rows: list[tuple[Any, ...]]) -> None:
    errors = connection.dialect.dbapi.Error  # type: ignore[union-attr]
    cursor: Any = connection.connection.cursor()
    try:
        with cursor, cursor.copy(text) as copy:
            for row in rows:
                copy.write_row(row)
    except errors as error:
        raise DBAPIError.instance(text, None, error, errors, dialect=connection.dialect) from error


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    """Return what makes a value the driver's; None where it passes as it is."""
    if isinstance(kind, sa_types.LargeBinary | sa_types.Boolean):
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    """Return what makes a driver's value ours; None where it passes as it is."""
    return kind.dialect_impl(dialect).result_processor(dialect, None)
