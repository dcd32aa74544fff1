"""What a request leaves behind."""

from models.database import db
from server.app import _forget
from server.transaction import write


def test_forget__connection_lost_meanwhile__the_answer_stands_and_the_next_request_works(app):
    db.session.connection()
    if db.engine.dialect.name == "postgresql":
        pid = db.session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with write() as session:
            session.connection().exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
    else:
        db.session.connection().connection.dbapi_connection.close()
    _forget(None)
    assert db.session.connection().exec_driver_sql("SELECT 1").scalar() == 1
