"""Reads a whole database as it is, so that two of them can be compared, and runs a restore that is killed at a step."""

import os
import resource
import signal
import warnings
from pathlib import Path

import orjson
from sqlalchemy import create_engine

from models.database import db, engine_options, prepare
from server.app import create_app
from server.backup import rows
from server.backup.restore import Restore, Wish

CHANGED_BY_A_RESTORE = ("server_state", "restore_point", "door_summary", "dasawisma_sum")
"""The epoch, and what is counted from the rest; a door is also no longer marked to be counted."""


def content(url: str, leave_out=CHANGED_BY_A_RESTORE) -> dict[str, list[tuple]]:
    """Every row of every table, sorted."""
    engine = create_engine(url, **engine_options(url))
    prepare(engine)
    with engine.connect() as connection, connection.begin():
        shapes = [_asked(shape, leave_out) for shape in rows.shapes_of(connection) if shape.name not in leave_out]
        found = {
            shape.name: sorted((tuple(row) for part in rows.read(connection, shape) for row in part), key=repr)
            for shape in shapes
        }
    engine.dispose()
    return found


def _asked(shape: rows.Shape, leave_out) -> rows.Shape:
    columns = tuple(one for one in shape.columns if one[0] != "dirty" or not leave_out)
    return rows.Shape(shape.name, columns)


def same(one: dict, other: dict) -> bool:
    """Whether two databases hold the same rows; JSON is written differently by the two kinds."""
    plain = [{name: sorted(map(_plain, lines)) for name, lines in found.items()} for found in (one, other)]
    return plain[0] == plain[1]


def _plain(row: tuple) -> str:
    return repr([_parsed(value) if isinstance(value, str) and value[:1] in {"{", "["} else value for value in row])


def _parsed(value: str) -> bytes:
    return orjson.dumps(orjson.loads(value), option=orjson.OPT_SORT_KEYS)


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_while_writing(size: int) -> None:
    """Let the kernel end this process in the middle of the first write that makes a file larger than this."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def restore_and_die(config, clock, file: str, step: str, how=die) -> bool:
    """Run a restore in a process of its own that dies once the step is done; whether it did."""
    db.session.remove()
    db.engine.dispose()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGKILL, signal.SIGXFSZ}

    def mark(done: str) -> None:
        if done == step:
            how()

    try:
        app = create_app(config, clock)
        with app.app_context():
            wish = Wish(force=True)
            Restore(config, app.config["KEYRING"], clock(), wish, lambda _done, _total: None, mark).run(Path(file))
    finally:
        os._exit(0)
