"""Makes a backup while the server runs: one snapshot of every table, streamed, packed and sealed into one file.

The snapshot is a read transaction (WAL on SQLite, REPEATABLE READ on PostgreSQL): nobody waits for it.  Keys are not in
the backup; its head names those it needs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, literal_column, select
from sqlalchemy.orm import Session

from models.database import db
from models.history import RestorePoint
from models.migrations.config import alembic_config
from models.sealing import Keyring
from models.territory import Area, DesaSequence
from server.backup import rows
from server.backup.container import Writer
from server.backup.files import stamp, thin_out, whole
from server.backup.locks import JOB
from server.config import VERSION
from server.locks import alone
from server.transaction import snapshot
from sync.epochs import current_epoch

Show = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    """A backup that was made: its file, bytes, rows, and the older ones that were removed."""

    path: Path
    size: int
    rows: int
    removed: tuple[Path, ...]


def back_up(keyring: Keyring, folder: Path, now: datetime, keep_days: int | None, show: Show) -> Made:
    """Write a backup into a folder; raises backup.denied, backup.full, job.running."""
    path = folder / f"dawis-{stamp(now)}Z.backup"
    with alone(JOB), whole(path) as file, snapshot() as session:
        number = write_backup(session, keyring, file, now, show)
    removed = thin_out(folder, keep_days, now, path) if keep_days is not None else []
    return Made(path, path.stat().st_size, number, tuple(removed))


def write_backup(session: Session, keyring: Keyring, file: BinaryIO, now: datetime, show: Show) -> int:
    """Write one snapshot into an open file; how many rows it holds."""
    connection = session.connection()
    shapes = rows.shapes_of(connection)
    counts = {shape.name: rows.count(connection, shape) for shape in shapes}
    manifest = _manifest(session, shapes, counts)
    about = {"made_at": now.isoformat(), "app": VERSION, "schema": manifest["schema"]}
    out, done, total = Writer(file, keyring, about), 0, sum(counts.values())
    rows.write_note(out, {"manifest": {**manifest, **about}})
    for shape in shapes:
        for part in rows.read(connection, shape):
            rows.write_block(out, shape, part)
            done += len(part)
            show(done, total)
    rows.write_note(out, {"end": done})
    out.close()
    return done


def _manifest(session: Session, shapes: list[rows.Shape], counts: dict[str, int]) -> dict[str, Any]:
    """What the backup says of itself; ``desa`` holds sequence, log position and chain head by code."""
    columns = (Area.code, DesaSequence.seq, DesaSequence.log_position, DesaSequence.chain_head)
    query = select(*columns).join(Area, Area.id == DesaSequence.desa)
    return {
        "schema": schema_of(session.connection()),
        "database": session.connection().dialect.name,
        "epoch": current_epoch(session),
        "epochs": _epochs(session, shapes),
        "desa": {code: [seq, position, head.hex()] for code, seq, position, head in session.execute(query)},
        "counts": counts,
        "tables": {shape.name: shape.columns for shape in shapes},
    }


def _epochs(session: Session, shapes: list[rows.Shape]) -> list[str]:
    """Every epoch the database knows, read without the models: its schema may be older than this version."""
    known = {current_epoch(session)}
    columns = next((dict(shape.columns) for shape in shapes if shape.name == RestorePoint.__tablename__), {})
    for name in columns.keys() & {"epoch", "parent"}:
        known.update(session.scalars(select(literal_column(name)).select_from(RestorePoint).distinct()))
    return sorted(name for name in known if name)


def schema_of(connection: Connection) -> str:
    """The step of the schema a database is at; tables made without steps are those of this version."""
    found = MigrationContext.configure(connection).get_current_revision()
    return found or str(ScriptDirectory.from_config(alembic_config(db.engine)).get_current_head())
