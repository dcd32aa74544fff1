"""What tests of the phone may ask of their server beside requests, a function a word: ``word(app, file, *arguments)``.

``judged`` gives what the oracle of the simulator says of the server's own books, and what there is to compare phones with.
"""

import base64
import json
import secrets
import shutil
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pysqlite3
from sqlalchemy import select, update

import sync.pull
from models.account import Person, RoleGrant
from models.database import db
from models.territory import Area, area_by_code
from server.invitations import grant as give_role
from server.security import identity
from server.transaction import snapshot, write
from sync.epochs import begin_epoch
from tests.simulator import oracle_log, state
from tests.simulator.mutants.catalogue import CATALOGUE
from tests.simulator.mutants.plant import Plant

CHECKS = (oracle_log.one_fate, oracle_log.log_makes_record, oracle_log.feed_is_whole, oracle_log.own_work)


def backup(app, file, name="copy"):
    """Copy the database aside."""
    with pysqlite3.connect(file) as source, pysqlite3.connect(file.with_name(name)) as target:
        source.backup(target)


def copy_back(app, file, name="copy"):
    """Put a copy back by hand and tell nobody."""
    db.engine.dispose()
    for old in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        old.unlink(missing_ok=True)
    shutil.copy(file.with_name(name), file)


def restore(app, file, name="copy"):
    """Put a copy back as an operator does, with a new epoch."""
    copy_back(app, file, name)
    with write() as session:
        begin_epoch(session, secrets.token_hex(8), app.config["CLOCK"]())


def clock(app, file, moment):
    """Let it be this moment for the server, until told otherwise."""
    stands = datetime.fromisoformat(moment)
    app.config["CLOCK"] = lambda: stands


def session(app, file, name):
    """Return the cookie of a new session of somebody in the small world, by name."""
    with write() as session:
        person = app.config["WORLD"].person[name]
        return f"session={identity.open_session(session, person, None, app.config['CLOCK']())}"


def grants(app, file, person):
    """Return the dasa wisma a person is kader of now."""
    mine = RoleGrant.person_id == int(person), RoleGrant.ends_at.is_(None)
    with snapshot() as session:
        codes = session.scalars(select(Area.code).join(RoleGrant, RoleGrant.area_id == Area.id).where(*mine))
        return sorted(set(codes))


def plant(app, file, name):
    """Plant one of the simulator's bugs in this server."""
    app.config["PLANT"] = Plant()
    CATALOGUE[name].change(app.config["PLANT"])


def take_out(app, file):
    """Let the server be sound again; return whether the planted code was reached."""
    plant = app.config.pop("PLANT")
    plant.take_out()
    return all(plant.reached.values())


def revoke(app, file, person, code=None):
    """End the roles of a person, all or those over one area."""
    with write() as session:
        grants = update(RoleGrant).where(RoleGrant.person_id == int(person), RoleGrant.ends_at.is_(None))
        if code:
            grants = grants.where(RoleGrant.area_id == area_by_code(session, code).id)
        session.execute(grants.values(ends_at=app.config["CLOCK"]()))


def grant(app, file, person, code):
    """Make a person kader of a dasa wisma from now on."""
    with write() as session:
        person = session.get_one(Person, int(person))
        give_role(session, person, "kader", area_by_code(session, code), app.config["CLOCK"]())


def page(app, file, size):
    """Let a page of the pull hold this many bytes."""
    sync.pull.PAGE_BYTES = int(size)


def oldest(app, file, version):
    """Let apps older than this be told to update."""
    app.config["OLDEST_APP"] = version


def _readable(raw):
    """Return stored bytes as text, unpacked where the edit came as raw bytes."""
    body = json.loads(raw)
    return base64.b64decode(body["raw"]).decode() if "raw" in body else raw.decode()


def judged(app, file):
    """Return what is wrong in the server's books, every edit with the text it left, and the live records."""
    found = state.read(SimpleNamespace(app=app))
    wrong, texts = [], defaultdict(list)
    for check in CHECKS:
        check(SimpleNamespace(note=wrong.append), found)
    for lines in found.lines.values():
        for line in lines:
            # An edit that waited for a record has a line from then too, without a number.
            texts[line.edit].append([line.record if line.seq else None, str(line.payload["set"])])
    edits = {
        name: {
            "verdict": row.verdict,
            "records": [record for record, _ in texts[name] if record],
            "text": _readable(found.raws.get(name, b"{}")) + "".join(text for _, text in texts[name]),
        }
        for name, row in found.edits.items()
    }
    records = {one.id: [one.version, one.state, one.dasawisma] for one in found.records.values() if one.is_live}
    fields = {one.id: one.fields for one in found.records.values() if one.is_live}
    return {"wrong": wrong, "edits": edits, "records": records, "fields": fields}
