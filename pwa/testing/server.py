"""Starts the real server on a free loopback port for tests of the phone, and obeys one word a line on standard input.

First line out: ``{"port", "secrets"}``.  Each line in is a word of ``words.py`` with its arguments, and is answered with
one line: ``{"done": …}`` with what the word gives, or ``{"error": …}``.
``DAWIS_CLOCK`` is the moment it begins at, where time is to move only by the word ``clock``; otherwise it is now.
``DAWIS_RECORD`` names a file that is given every sync request as it came, for the tests that damage them.
"""

import base64
import io
import json
import os
import sys
import threading
import traceback
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import words  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

from models.database import db  # noqa: E402
from models.territory import ServerState, area_by_code  # noqa: E402
from server.app import create_app  # noqa: E402
from server.config import Config  # noqa: E402
from server.invitations import invite_kader  # noqa: E402
from server.transaction import write  # noqa: E402
from tests.builders import DESA, build_world  # noqa: E402

FOLDER = Path(sys.argv[1])
FILE = FOLDER / "dawis.db"
PHONES = 30


def make_app():
    """Return the application on a fresh SQLite database with a small world in it."""
    keys = {"master_key": base64.b64encode(b"m" * 32).decode(), "blind_key": base64.b64encode(b"b" * 32).decode()}
    app = create_app(Config(data_dir=FOLDER, database_url=f"sqlite:///{FILE}", **keys))
    if moment := os.environ.get("DAWIS_CLOCK"):
        words.clock(app, FILE, moment)
    app.config["OLDEST_APP"] = "0"
    with app.app_context():
        db.metadata.create_all(db.engine)
        with write() as session:
            session.add(ServerState(id=1, epoch="b1c2d3e4f5a60718", is_live=False, seeded="done"))
        app.config["WORLD"] = build_world(app, app.config["CLOCK"]())
    return app


def invitations(app):
    """Return one-time secrets, each for a new kader of D001."""
    with app.app_context(), write() as session:
        area, now = area_by_code(session, f"{DESA}/D001"), app.config["CLOCK"]()
        return [invite_kader(session, app.config["KEYRING"], area, now).secret for _ in range(PHONES)]


def obey(app, line):
    """Do what one line asks."""
    word, *given = line.split()
    try:
        with app.app_context():
            db.session.remove()
            told = {"done": getattr(words, word)(app, FILE, *given)}
    except Exception:
        told = {"error": traceback.format_exc()}
    print(json.dumps(told), flush=True)


def recorded(wsgi, file):
    """Return the application, with a line in a file for each sync request: its encoding and its bytes."""

    def record(environ, start_response):
        if environ["PATH_INFO"] == "/api/sync":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = io.BytesIO(body)
            line = {"encoding": environ.get("HTTP_CONTENT_ENCODING"), "body": base64.b64encode(body).decode()}
            with Path(file).open("a") as out:
                out.write(json.dumps(line) + "\n")
        return wsgi(environ, start_response)

    return record


def main():
    """Serve until standard input ends."""
    app = make_app()
    if file := os.environ.get("DAWIS_RECORD"):
        app.wsgi_app = recorded(app.wsgi_app, file)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": server.server_port, "secrets": invitations(app)}), flush=True)
    for line in sys.stdin:
        obey(app, line.strip())
    server.shutdown()


if __name__ == "__main__":
    main()
