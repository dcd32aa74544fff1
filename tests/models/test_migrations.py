import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from models.database import Base, engine_options, prepare
from models.migrations.config import alembic_config
from tests.databases import KINDS, drop, empty_address


@pytest.fixture(params=KINDS)
def engine(request, tmp_path):
    url = empty_address(request.param, tmp_path)
    made = create_engine(url, **engine_options(url))
    prepare(made)
    yield made
    made.dispose()
    drop(url)


def test_steps__from_nothing__make_the_very_schema_of_the_models(engine):
    command.upgrade(alembic_config(engine), "head")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_steps__again__change_nothing_and_down_leaves_nothing(engine):
    command.upgrade(alembic_config(engine), "head")
    command.upgrade(alembic_config(engine), "head")
    command.downgrade(alembic_config(engine), "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
