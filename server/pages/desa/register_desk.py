"""The register of a desa: its state, its approval, proposed exclusions with their reasons, and its ledger."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.database import db
from models.problems import Problem
from models.register import Door, Ledger, ReferenceTotal, RegisterChange, RegisterState
from models.territory import Area
from server.counting.read import coverage
from server.pages.audit import record_look
from server.pages.desa.house import labels_of
from server.pages.readers import DESK, REGISTER
from server.register import changes
from server.security import identity
from server.security.guard import guard
from server.transaction import write

routes = Blueprint("register_desk", __name__)
APPROVER = "tp_pkk"


@routes.get("/desa/<code>/register")
@guard(*REGISTER, area="code")
def front(area: Area) -> Any:
    """State, waiting changes and the ledger; names of houses only for the desa's own admin."""
    if area.level != "desa":
        raise Problem("area.unknown", code=area.code)
    session, caller = db.session(), identity.current()
    waiting = _changes(session, area, changes.PROPOSED)
    is_desk = caller.reaches(area, frozenset(DESK))
    return render_template(
        "desa/register.html",
        area=area,
        shown=coverage(area),
        state=session.get(RegisterState, area.id),
        listed=_listed(session, area),
        reference=_reference(session, area),
        waiting=waiting,
        decided=[one for one in _changes(session, area) if one.state != changes.PROPOSED][:50],
        place_names=_places(session, area),
        labels=_labels(session, area, waiting) if is_desk else {},
        ledger=session.scalars(
            select(Ledger).where(Ledger.desa == area.id).order_by(Ledger.at.desc()).limit(200)
        ).all(),
        may_approve=may_approve(caller, area),
        me=caller.person_id,
    )


@routes.post("/desa/<code>/register/setujui")
@guard(APPROVER, area="code")
def approve(area: Area) -> Any:
    """The kecamatan approves the register as it stands."""
    person = _approver(area)
    with write() as session:
        changes.approve_register(session, area.id, person, identity.now())
    return _back(area)


@routes.post("/desa/<code>/register/usulan/<int:change>")
@guard(APPROVER, area="code")
def decide(area: Area, change: int) -> Any:
    """The kecamatan approves or rejects a proposed exclusion."""
    person, choice = _approver(area), request.form.get("choice", "")
    with write() as session:
        row = session.get(RegisterChange, change)
        if row is None or row.desa != area.id or choice not in ("approve", "reject"):
            raise Problem("request.not_found")
        changes.decide(session, row, approves=choice == "approve", person=person, moment=identity.now())
    return _back(area)


@routes.post("/desa/<code>/pintu/<household>/keluarkan")
@guard(*DESK, area="code")
def propose(area: Area, household: str) -> Any:
    """The desa proposes that a door is not expected, for one of the four reasons."""
    with write() as session:
        door = session.get(Door, household)
        if door is None or door.desa != area.id:
            raise Problem("request.not_found")
        changes.propose_exclusion(
            session,
            current_app.config["KEYRING"],
            door,
            reason=request.form.get("reason", ""),
            note=request.form.get("note", ""),
            person=identity.current().person_id,
            moment=identity.now(),
        )
    return _back(area)


def may_approve(caller: identity.Caller, area: Area) -> bool:
    """Whether this person is of the TP PKK of the desa's kecamatan."""
    return any(
        grant.role == APPROVER and grant.level == "kecamatan" and area.path.startswith(grant.path)
        for grant in caller.grants
    )


def _approver(area: Area) -> int:
    caller = identity.current()
    if area.level != "desa":
        raise Problem("area.unknown", code=area.code)
    if not may_approve(caller, area):
        raise Problem("session.forbidden")
    return caller.person_id


def _changes(session: Session, area: Area, state: str | None = None) -> list[RegisterChange]:
    query = select(RegisterChange).where(RegisterChange.desa == area.id).order_by(RegisterChange.proposed_at.desc())
    return list(session.scalars(query.where(RegisterChange.state == state) if state else query.limit(200)))


def _places(session: Session, area: Area) -> dict[int, str]:
    return dict(session.execute(select(Area.id, Area.name).where(Area.desa_id == area.id)).all())


def _labels(session: Session, area: Area, waiting: list[RegisterChange]) -> dict[str, str]:
    doors = session.scalars(select(Door).where(Door.household.in_([one.household for one in waiting]))).all()
    if doors:
        record_look(area, area.code)
    keyring = current_app.config["KEYRING"]
    found: dict[str, str] = {}
    for place in {door.dasawisma for door in doors}:
        found |= {household: label.name for household, label in labels_of(session, keyring, place).items()}
    return found


def _listed(session: Session, area: Area) -> int:
    query = select(func.count()).select_from(Door).where(Door.desa == area.id, Door.removed_at.is_(None))
    return session.scalar(query) or 0


def _reference(session: Session, area: Area) -> ReferenceTotal | None:
    query = select(ReferenceTotal).where(ReferenceTotal.desa == area.id).order_by(ReferenceTotal.on.desc())
    return session.scalar(query.limit(1))


def _back(area: Area) -> Any:
    return redirect(url_for("register_desk.front", code=area.code), 303)
