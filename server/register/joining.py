"""Decides what joining two doors does to their records: the families and people of the one hang on the other.

An approved merge takes a door off the list, but neither a KK nor a person with it; it is written as an edit of the
office, through the same exchange as every other change.
"""

from datetime import datetime, timedelta

import orjson
from sqlalchemy.orm import Session

from models.form.definition import load
from models.records import Record
from models.register import Door
from models.sealing import Keyring
from models.structure import LIVE
from models.territory import Area
from server.register.edits import wire_edit
from server.register.ids import uuid7_maker
from server.register.sending import submit_until_locked
from sync.batch import Tools
from sync.checking import checked
from sync.edit import Edit
from sync.exchange import OFFICE, Item, Push
from sync.incoming import Author
from sync.reading import read_edit
from sync.rights import Granted, Rights

MERGED = "merged"


def join_records(session: Session, keyring: Keyring, door: Door, other: str, *, person: int, moment: datetime) -> None:
    """Let everything behind ``door`` hang on ``other``; nothing happens where its household is not live any more."""
    household = session.get(Record, door.household)
    if household is None or household.state not in LIVE:
        return
    desa, new_id, form = session.get_one(Area, door.desa), uuid7_maker(moment), load().version
    changes = {"state": MERGED, "state_reason": "gabung", "merged_into": other}
    patch = {"kind": "household", "id": door.household, "base": household.version, "set": changes}
    wire = wire_edit(1, new_id(), [patch], form=form, now=moment)
    edit = read_edit(wire, form)
    assert isinstance(edit, Edit)
    items = (Item(checked(edit), lambda: orjson.dumps(wire)),)
    rights = Rights((Granted(desa.path, is_office=True, ended_at=None, desa=desa.id),))
    push = Push(new_id(), OFFICE, None, None, timedelta(0), is_trusted=True, items=items)
    submit_until_locked(session, Author(person, None, desa.id, rights), push, Tools(keyring, moment, new_id))
