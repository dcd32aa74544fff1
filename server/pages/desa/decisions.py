"""Everything a desa decides in one queue: conflicts side by side, new doors, proposals, findings, held messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.database import db
from models.form.definition import load
from models.history import Conflict, Finding, Proposal, Quarantine
from models.problems import Problem
from models.register import Door
from models.territory import Area
from server.pages.audit import record_look
from server.pages.desa import office, sayings
from server.pages.desa.answers import text_of
from server.pages.desa.houses import Houses
from server.pages.desa.waiting import waiting_doors
from server.pages.readers import DESK
from server.security.guard import guard
from sync.inbox import open_conflict

routes = Blueprint("decisions", __name__)
SHOWN = 100
SIDES = ("kept", "lost")
LINES = 12
STRUCTURE = {
    "state": "Keadaan",
    "dasawisma": "Pindah ke",
    "household": "Pindah ke rumah",
    "family": "Pindah ke KK",
    "on": "Tanggal",
}


@dataclass(frozen=True)
class Side:
    """One of two answers: how it reads, whose it is and when it was given."""

    text: str | None
    by: int | None
    at: datetime | None


@dataclass(frozen=True)
class Clash:
    """An open conflict with what is needed to decide it at a glance."""

    id: str
    household: str
    house: str
    about: str
    question: str
    base: str | None
    kept: Side
    lost: Side


@routes.get("/desa/<code>/konflik")
@guard(*DESK, area="code")
def front(area: Area) -> Any:
    """The queue, oldest first, each part with its number."""
    if area.level != "desa":
        raise Problem("area.unknown", code=area.code)
    session = db.session()
    record_look(area, area.code)
    houses = Houses(session, current_app.config["KEYRING"])
    conflicts, proposals = _open(session, Conflict, area), _open(session, Proposal, area)
    doors = session.scalars(select(Door).where(Door.desa == area.id, *waiting_doors()).limit(SHOWN)).all()
    findings = _open(session, Finding, area)
    houses.load([one.household for one in (*doors, *findings)], [one.record for one in (*conflicts, *proposals)])
    return render_template(
        "desa/konflik.html",
        area=area,
        houses=houses,
        sayings=sayings,
        clashes=[clash for row in conflicts if (clash := _clash(houses, row))],
        doors=doors,
        proposals=[(one, _asked(session, houses, one)) for one in proposals],
        findings=findings,
        held=_open(session, Quarantine, area),
        most=SHOWN,
    )


@routes.post("/desa/<code>/konflik/<conflict>")
@guard(*DESK, area="code")
def settle(area: Area, conflict: str) -> Any:
    """Choose the kept or the lost answer: an edit of the office like any other."""
    side = request.form.get("side", "")
    row = db.session.get(Conflict, conflict)
    if row is None or row.desa != area.id or side not in SIDES:
        raise Problem("request.not_found")
    if row.state == "open":
        office.settle(area, row, side)
    return redirect(url_for("decisions.front", code=area.code) + "#konflik", 303)


@routes.post("/desa/<code>/usulan/<edit>")
@guard(*DESK, area="code")
def decide(area: Area, edit: str) -> Any:
    """Accept or reject a proposal."""
    row = db.session.get(Proposal, edit)
    choice = request.form.get("choice", "")
    if row is None or row.desa != area.id or choice not in ("accept", "reject"):
        raise Problem("request.not_found")
    if row.state == "open":
        office.accept(area, row) if choice == "accept" else office.reject(row)
    return redirect(url_for("decisions.front", code=area.code) + "#usulan", 303)


@routes.post("/desa/<code>/temuan/<int:finding>")
@guard(*DESK, area="code")
def answer(area: Area, finding: int) -> Any:
    """Say that a finding is right as it is; what waited for the answer counts from now on."""
    row = db.session.get(Finding, finding)
    if row is None or row.desa != area.id:
        raise Problem("request.not_found")
    office.answer(finding)
    return redirect(url_for("decisions.front", code=area.code) + "#temuan", 303)


def _asked(session: Session, houses: Houses, proposal: Proposal) -> list[tuple[str, str]]:
    """What a proposal asks for: question and answer in words, the first few."""
    form, house = load(), houses.of_record(proposal.record)
    found = []
    try:
        edit = office.read_proposal(session, proposal)
    except Problem:
        return [("Isi usulan", "tidak dapat dibaca")]
    for patch in edit.patches:
        for key, value in patch.set.items():
            item = form.field(patch.kind, key)
            name = house.name if house else lambda _record: None
            text = text_of(form, item, value, name)
            label = STRUCTURE.get(key) or (item.label if item else "") or key
            found.append((label, text or "dikosongkan"))
    return found[:LINES]


def _clash(houses: Houses, row: Conflict) -> Clash | None:
    house = houses.of_record(row.record)
    if house is None:
        return None
    form, values = load(), open_conflict(current_app.config["KEYRING"], row)
    item = form.field(row.kind, row.field.partition("/")[0])

    def text(side: str) -> str | None:
        return text_of(form, item, values.get(side), house.name)

    return Clash(
        id=row.id,
        household=house.household,
        house=house.label().name,
        about=house.name(row.record) or form.kinds[row.kind].title,
        question=item.label if item and item.label else row.field,
        base=text("base"),
        kept=Side(text("kept"), row.kept_by, row.kept_at),
        lost=Side(text("lost"), row.lost_by, row.lost_at),
    )


def _open(session: Session, table: Any, area: Area) -> list[Any]:
    query = select(table).where(table.desa == area.id, table.state == "open").order_by(table.created_at).limit(SHOWN)
    return list(session.scalars(query))
