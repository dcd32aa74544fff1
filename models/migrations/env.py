"""Runs the steps on the engine that ``config.attributes`` carries."""

from alembic import context
from sqlalchemy import Engine

from models import tables
from models.database import Base

engine: Engine = context.config.attributes["engine"]
with engine.connect().execution_options(dawis_write=True) as connection:
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
LOADED = tables.ALL
