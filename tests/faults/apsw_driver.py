"""The little of Python's database interface that SQLAlchemy's SQLite dialect asks for, around apsw.

Only so that the real application can run on a virtual file system of our own: the driver the product uses has none.
"""

from typing import Any

import apsw

from tests.faults.powercut import VFS

paramstyle, apilevel, threadsafety = "qmark", "2.0", 1
sqlite_version = apsw.sqlite_lib_version()
sqlite_version_info = tuple(int(part) for part in sqlite_version.split("."))
Binary = bytes


class Error(Exception):
    """Any error of the database."""


class DatabaseError(Error):
    """One of its own."""


class OperationalError(DatabaseError):
    """One that is nobody's fault."""


class IntegrityError(DatabaseError):
    """A constraint was met."""


InterfaceError = InternalError = ProgrammingError = DataError = NotSupportedError = DatabaseError


def connect(path: str, timeout: float = 5, **_more: Any) -> "Connection":
    """A connection on the file system that is watched."""
    plain = apsw.Connection(path, vfs=VFS)
    plain.set_busy_timeout(int(timeout * 1000))
    return Connection(plain)


class Connection:
    """One connection; a transaction is begun by a statement and ended here."""

    isolation_level: str | None = None

    def __init__(self, plain: apsw.Connection) -> None:
        self.plain = plain

    def cursor(self) -> "Cursor":
        return Cursor(self.plain)

    def create_function(self, name: str, count: int, work: Any, *, deterministic: bool = False) -> None:
        self.plain.create_scalar_function(name, work, count, deterministic=deterministic)

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, word: str) -> None:
        if self.plain.in_transaction:
            self.cursor().execute(word)

    def close(self) -> None:
        self.plain.close()


class Cursor:
    """One cursor; rows are fetched at once."""

    arraysize = 1

    def __init__(self, plain: apsw.Connection) -> None:
        self.plain = plain
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.rows: list[Any] = []

    def execute(self, text: str, values: Any = ()) -> "Cursor":
        return self._run(text, [values])

    def executemany(self, text: str, rows: Any) -> "Cursor":
        return self._run(text, rows)

    def _run(self, text: str, many: Any) -> "Cursor":
        before, self.rows, self.description = self.plain.total_changes(), [], None
        inner = self.plain.cursor()
        inner.exec_trace = self._described
        try:
            for values in many:
                self.rows += inner.execute(text, tuple(values)).fetchall()
        except apsw.ConstraintError as error:
            raise IntegrityError(str(error)) from error
        except apsw.Error as error:
            raise OperationalError(str(error)) from error
        self.rowcount = -1 if self.description else self.plain.total_changes() - before
        self.lastrowid = self.plain.last_insert_rowid()
        return self

    def _described(self, inner: apsw.Cursor, _text: str, _values: Any) -> bool:
        columns = inner.get_description()
        self.description = [(name, None, None, None, None, None, None) for name, _ in columns] or None
        return True

    def fetchone(self) -> Any:
        return self.rows.pop(0) if self.rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        found, self.rows = self.rows[:size], self.rows[size:]
        return found

    def fetchall(self) -> list[Any]:
        found, self.rows = self.rows, []
        return found

    def close(self) -> None:
        self.rows = []
