"""The history of one record for the desa's admin: who asked for what, when by both clocks, what it met, what lost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from flask import Blueprint, current_app, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.database import db
from models.form.definition import load
from models.history import Edit, PatchLog
from models.problems import Problem
from models.records import Record
from models.territory import Area
from server.pages.audit import record_look
from server.pages.desa.answers import text_of
from server.pages.desa.house import House, open_house
from server.pages.readers import DESK
from server.security.guard import guard
from sync.log import payload_row

routes = Blueprint("history", __name__)


@dataclass(frozen=True)
class Change:
    """One answer of one save: what was asked for, what stood there, what stands instead where it lost."""

    label: str
    asked: str | None
    before: str | None
    kept: str | None
    has_lost: bool


@dataclass(frozen=True)
class Save:
    """One save as it touched this record."""

    author: int | None
    at: str | None
    received_at: datetime
    is_office: bool
    is_prefill: bool
    verdict: str
    changes: list[Change]


@routes.get("/desa/<code>/riwayat/<record>")
@guard(*DESK, area="code")
def record(area: Area, record: str) -> Any:
    """Every save that touched a record, newest first."""
    session = db.session()
    row = session.get(Record, record)
    if row is None or row.desa != area.desa_id or row.household is None:
        raise Problem("request.not_found")
    record_look(area, record)
    house = open_house(session, current_app.config["KEYRING"], row.household)
    title = next((one.title for one in house.titles() if one.id == record), load().kinds[row.kind].title)
    return render_template(
        "desa/riwayat.html",
        area=area,
        household=row.household,
        label=house.label(),
        title=title,
        saves=saves_of(session, house, row),
    )


def saves_of(session: Session, house: House, row: Record) -> list[Save]:
    """The lines of a record's log, opened, newest first."""
    query = (
        select(PatchLog, Edit)
        .join(Edit, Edit.id == PatchLog.edit)
        .where(PatchLog.record == row.id)
        .order_by(Edit.received_at.desc(), PatchLog.position.desc())
    )
    return [_save(house, row, line, edit) for line, edit in session.execute(query)]


def _save(house: House, row: Record, line: PatchLog, edit: Edit) -> Save:
    keyring = current_app.config["KEYRING"]
    body = orjson.loads(keyring.open_log(line.salt or row.salt, payload_row(line.edit, row.id), line.payload))
    before, kept = body.get("before", {}), body.get("kept", {})
    asked = {**body.get("set", {}), **dict.fromkeys(body.get("adjust", {}))}
    changes = [_change(house, row, key, value, (before, kept)) for key, value in asked.items()]
    return Save(
        edit.author,
        edit.at,
        edit.received_at,
        edit.is_office,
        edit.is_prefill,
        line.verdict,
        [one for one in changes if one],
    )


def _change(
    house: House, row: Record, key: str, value: Any, met: tuple[dict[str, Any], dict[str, Any]]
) -> Change | None:
    before, kept = met
    item = house.form.field(row.kind, key)
    if item is not None and item.merge == "structure" and not item.choices and item.type != "date":
        return None

    def text(given: Any) -> str | None:
        return text_of(house.form, item, given, house.name)

    label = item.label if item and item.label else key
    return Change(label, text(value), text(before.get(key)), text(kept.get(key)), key in kept)
