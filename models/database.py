"""Decides how tables are made and how a connection behaves; imports nothing of ours.

Reading uses plain transactions that see a single moment.  Writing on SQLite starts with ``BEGIN IMMEDIATE`` (execution
option ``dawis_write``), because a read that upgrades to a write fails at once with "database is locked".
"""

from datetime import UTC, datetime
from typing import Any

import orjson
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, String, TypeDecorator, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "wal_autocheckpoint=4000",
    "foreign_keys=ON",
    "cache_size=-16000",
    "temp_store=MEMORY",
)
"""FULL: what was acknowledged survives a power cut.  Pages that change with every push are copied back less often."""
AFFECTED = "the SQLite library {} has the WAL-reset corruption bug; install pysqlite3>=0.6.1"


class Base(DeclarativeBase):
    """Base of every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class Utc(TypeDecorator[datetime]):
    """An aware instant in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC; without a zone where SQLite keeps text."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive instant")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy calls it so)
        """An aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")
Uuid = String(36)
Code = String(40)


def engine_options(url: str) -> dict[str, Any]:
    """SQLAlchemy engine options for a database address."""
    options: dict[str, Any] = {"json_serializer": _dump, "json_deserializer": orjson.loads}
    if url.startswith("sqlite"):
        from pysqlite3 import dbapi2

        if dbapi2.sqlite_version_info < (3, 51, 3):
            raise RuntimeError(AFFECTED.format(dbapi2.sqlite_version))
        options |= {"module": dbapi2, "connect_args": {"timeout": 30, "check_same_thread": False}}
    else:
        options |= {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8, "isolation_level": "REPEATABLE READ"}
    return options


def _dump(value: object) -> str:
    return orjson.dumps(value).decode()


def prepare(engine: Engine) -> None:
    """Attach the connection rules to an engine (once)."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
    else:
        event.listen(engine, "connect", _on_postgresql_connect)


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Any) -> None:
    writing = connection.get_execution_options().get("dawis_write")
    if writing:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.connection.cursor().execute("BEGIN")


def _on_postgresql_connect(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '15s'")
        cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()
