"""The server dies after each statement of a schema step; the step is taken again and the schema is the models' own.

Steps run in one transaction each, so what a crash leaves is what stood before; a crash that left a state that was healed
before needs no second healing.  On PostgreSQL only in the soak (``DAWIS_FAULTS=all``).
"""

import hashlib
import os

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from models.database import Base, engine_options, prepare
from models.migrations.config import alembic_config
from tests.databases import KINDS, drop, empty_address
from tests.faults.points import CRASHED, Points, watch_engine
from tests.faults.said import say
from tests.faults.trial import in_child

FEWEST = 60


def opened(url):
    engine = create_engine(url, **engine_options(url))
    prepare(engine)
    return engine


SHAPES = {
    "sqlite": "SELECT name, sql FROM sqlite_master ORDER BY name",
    "postgresql": "SELECT c.relname, a.attname, a.atttypid::regtype::text, a.attnotnull, pg_get_indexdef(c.oid) FROM "
    "pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
    "WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, 2",
}


def shape(url):
    """A hash over every table and index, and the step that is noted."""
    engine = opened(url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql(SHAPES[engine.dialect.name]).all()
        has = any(row[0] == "alembic_version" for row in found)
        step = connection.exec_driver_sql("SELECT version_num FROM alembic_version").all() if has else []
    engine.dispose()
    return hashlib.sha256(repr((found, step)).encode()).hexdigest()


def upgrade(url, to, stop_at=None):
    engine = opened(url)
    points = Points(stop_at)
    watch_engine(engine, points)
    command.upgrade(alembic_config(engine), to)
    engine.dispose()
    return points.names


def heal(url):
    upgrade(url, "head")
    engine = opened(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    return [str(one) for one in found]


@pytest.mark.parametrize("kind", KINDS if os.environ.get("DAWIS_FAULTS") == "all" else KINDS[:1])
def test_migration__killed_after_each_statement__taken_again(kind, tmp_path):
    engine = opened(empty_address("sqlite", tmp_path))
    folder = ScriptDirectory.from_config(alembic_config(engine))
    steps = [step.revision for step in folder.walk_revisions()]
    reached = healed_states = 0
    before = None
    for number, step in enumerate(reversed(steps)):
        healed: set[str] = set()
        made: list[str] = []

        def fresh(number=number, made=made, before=before):
            folder = tmp_path / f"{number}-{len(made)}"
            folder.mkdir()
            url = empty_address(kind, folder)
            made.append(url)
            if before:
                in_child(lambda: upgrade(url, before))
            return url

        url = fresh()
        names = in_child(lambda url=url, step=step: upgrade(url, step))[1]
        url = fresh()
        untouched = shape(url)
        for place, point in enumerate(names, 1):
            code, _ = in_child(lambda url=url, place=place, step=step: upgrade(url, step, place))
            assert code == CRASHED, point
            left = shape(url)
            if left in healed and left == untouched:
                continue
            if left not in healed:
                assert in_child(lambda url=url: heal(url))[1] == [], (step, place, point)
                healed.add(left)
            url = fresh()
        reached += len(names)
        healed_states += len(healed)
        for one in made:
            drop(one)
        before = step
    assert reached >= FEWEST
    say(f"migrations on {kind}: {len(steps)} steps, {reached} points, {healed_states} states")
