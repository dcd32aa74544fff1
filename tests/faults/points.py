"""Decides where a server process can die: after every statement, around every commit, and at named places between.

The points come from outside: the driver's cursors and commits give every statement of a request, so a new
statement is a new point and the product pays nothing.  ``Points(stop_at=7)`` ends the process, without any farewell, at
the seventh point it reaches.
"""

import os
import re
from collections.abc import Callable
from contextlib import contextmanager
from functools import wraps
from typing import Any

import psycopg
from flask import Flask
from pysqlite3 import dbapi2
from sqlalchemy import Engine, event

import server.api.sync
import server.push
import server.transaction

CRASHED = 86
WORDS = re.compile(
    r"^\s*(?:COPY|INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|CREATE (?:UNIQUE )?(?:TABLE|INDEX)|.*?\bFROM)\s+(\S+)",
    re.DOTALL | re.IGNORECASE,
)


class Points:
    """The points a process has reached, by name and in order."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.stop_at = stop_at
        self.names: list[str] = []

    def reach(self, name: str) -> None:
        """Be at a point; die where this is the one."""
        self.names.append(name)
        if len(self.names) == self.stop_at:
            os._exit(CRASHED)


def watch_engine(engine: Engine, points: Points) -> None:
    """Every statement the driver runs is a point (the end of one is the beginning of the next), every commit is two.

    The driver is watched and not SQLAlchemy, whose events do not see what is run on a plain cursor.
    """

    def connect(_dialect: Any, _record: Any, _given: Any, named: dict[str, Any]) -> None:
        named |= _sqlite(points) if engine.dialect.name == "sqlite" else _postgresql(points)

    def commit(connection: Any) -> None:
        points.reach("before commit")
        plain(connection)
        points.reach("after commit")

    event.listen(engine, "do_connect", connect)
    plain = engine.dialect.do_commit
    engine.dialect.do_commit = commit  # type: ignore[method-assign]


def _sqlite(points: Points) -> dict[str, Any]:
    class Cursor(dbapi2.Cursor):
        def execute(self, text, *values):
            found = super().execute(text, *values)
            points.reach(f"after {label(text)}")
            return found

        def executemany(self, text, values):
            found = super().executemany(text, values)
            points.reach(f"after {label(text)}")
            return found

    class Connection(dbapi2.Connection):
        def cursor(self, factory=Cursor):
            return super().cursor(factory)

    return {"factory": Connection}


def _postgresql(points: Points) -> dict[str, Any]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, text, *values, **more):
            found = super().execute(text, *values, **more)
            points.reach(f"after {label(str(text))}")
            return found

        def executemany(self, text, values, **more):
            super().executemany(text, values, **more)
            points.reach(f"after {label(str(text))}")

        @contextmanager
        def copy(self, text, *values, **more):
            with super().copy(text, *values, **more) as copying:
                yield copying
            points.reach(f"after {label(str(text))}")

    return {"cursor_factory": Cursor}


def label(text: str) -> str:
    """What a statement does and to which table: ``INSERT record``, ``SELECT outbox locked``."""
    verb = text.split(None, 1)[0].upper().replace("COPY", "INSERT")
    table = WORDS.match(text)
    locked = " locked" if text.rstrip().endswith("FOR UPDATE") else ""
    return f"{verb} {table[1].strip(chr(34)) if table else ''}{locked}".strip()


def watch_request(app: Flask, points: Points) -> None:
    """The places of a push that are no statement."""
    server.api.sync.parse = _around(server.api.sync.parse, points, "request read")
    server.api.sync.prepare = _around(server.api.sync.prepare, points, "prepared")
    server.push.submit = _around(server.push.submit, points, "submitted")
    server.transaction._gate = _gate(server.transaction._gate, points)
    app.wsgi_app = _around(app.wsgi_app, points, "answered")  # type: ignore[method-assign]


def _around(plain: Callable[..., Any], points: Points, name: str) -> Callable[..., Any]:
    @wraps(plain)
    def wrapped(*given: Any, **more: Any) -> Any:
        found = plain(*given, **more)
        points.reach(name)
        return found

    return wrapped


def _gate(plain: Callable[..., Any], points: Points) -> Callable[..., Any]:
    @contextmanager
    def wrapped(path):
        with plain(path):
            points.reach("gate taken")
            yield
        points.reach("gate given back")

    return wrapped
