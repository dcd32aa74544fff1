"""What must hold after any request whatever: every edit has its verdict and bytes, and every count and sum is right."""

import hashlib

import orjson
from sqlalchemy import select

from models.aggregates.recount import differences
from models.form.definition import load
from models.history import Edit, PatchLog, RawEdit
from models.records import FeedDigest, Record
from models.structure import LIVE
from models.territory import Area
from server.counting import read
from server.transaction import snapshot
from sync import digest
from sync.log import payload_row
from sync.verdict import ACCEPTED, STRICTNESS


def check(app) -> dict[str, int]:
    """Look at the whole database; returns how many edits have each verdict."""
    keyring, counts = app.config["KEYRING"], dict.fromkeys(STRICTNESS, 0)
    read.bring_up_to_date()
    with snapshot() as session:
        raws = {raw.edit: raw for raw in session.scalars(select(RawEdit))}
        for edit in session.scalars(select(Edit)):
            assert edit.verdict in STRICTNESS, edit.id
            counts[edit.verdict] += 1
            if edit.verdict not in ACCEPTED:
                raw = raws[edit.id]
                assert keyring.open(raw.desa, "raw_edit", raw.edit, raw.blob), edit.id
        _check_log(session, keyring)
        _check_digests(session)
        for desa in session.scalars(select(Area.id).where(Area.level == "desa")).all():
            assert list(differences(session, keyring, load(), desa, read.today())) == []
    return counts


def _check_log(session, keyring) -> None:
    """Every payload opens, and no chain of a desa is broken."""
    salts = dict(session.execute(select(Record.id, Record.salt)).all())
    last, heads = {}, {}
    for patch in session.scalars(select(PatchLog).order_by(PatchLog.desa, PatchLog.position)):
        salt = patch.salt or salts[patch.record]
        assert "set" in orjson.loads(keyring.open_log(salt, payload_row(patch.edit, patch.record), patch.payload))
        assert patch.position == last.get(patch.desa, 0) + 1
        last[patch.desa] = patch.position
        words = f"|{patch.edit}|{patch.record}|{patch.seq}|{patch.verdict}|".encode()
        heads[patch.desa] = hashlib.sha256(heads.get(patch.desa, bytes(32)) + words + patch.payload).digest()
        assert heads[patch.desa] == patch.chain, patch.desa


def _check_digests(session) -> None:
    rows = session.execute(select(Record.dasawisma, Record.id, Record.version).where(Record.state.in_(LIVE))).all()
    for feed in session.scalars(select(FeedDigest)):
        own = [(name, version) for area, name, version in rows if area == feed.dasawisma]
        assert (feed.count, digest.text(feed.digest)) == (len(own), digest.text(digest.total(own))), feed.dasawisma


def ids(seed: int):
    """UUIDv7s that follow from a seed, one after another."""
    number = 0
    while True:
        number += 1
        tail = hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
        yield f"019ab000-0000-7{tail[:3]}-8{tail[3:6]}-{tail[6:18]}"
