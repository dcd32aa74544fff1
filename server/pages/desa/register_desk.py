"""The register of a desa: its state, its approval, proposed exclusions with their reasons, and its ledger."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.aggregates.tables import TargetLine
from models.database import db
from models.problems import Problem
from models.register import Door, Ledger, ReferenceTotal, RegisterChange, RegisterState
from models.territory import Area, dasawisma_within
from server.counting.read import coverage
from server.pages.audit import record_look
from server.pages.desa.house import labels_of
from server.pages.frame import area_or_unknown
from server.pages.readers import DESK, REGISTER
from server.register import changes
from server.register.targets import decide_target, propose_target, waiting_targets
from server.security import identity
from server.security.guard import guard
from server.transaction import write

routes = Blueprint("register_desk", __name__)
APPROVER = "tp_pkk"
CHOICES = ("approve", "reject")
DIGITS = 6


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
        targets=waiting_targets(session, area.id),
        dasawisma=_dasawisma(session, area) if is_desk else [],
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
        if row is None or row.desa != area.id or choice not in CHOICES:
            raise Problem("request.not_found")
        keyring, approves = current_app.config["KEYRING"], choice == CHOICES[0]
        changes.decide(session, keyring, row, approves=approves, person=person, moment=identity.now())
    return _back(area)


@routes.post("/desa/<code>/register/target")
@guard(*DESK, area="code")
def propose_target_line(area: Area) -> Any:
    """The desa types how many doors (KK, people) a dasa wisma should have."""
    given = request.form
    place = area_or_unknown(given.get("dasawisma", ""), "dasawisma")
    if place.desa_id != area.id:
        raise Problem("session.forbidden")
    numbers = [_number(given.get(name, "")) for name in ("doors", "families", "people")]
    if numbers[0] is None:
        raise Problem("input.invalid", fields={"doors": "Isi jumlah rumah dengan angka."})
    with write() as session:
        caller = identity.current().person_id
        propose_target(session, place, numbers[0], *numbers[1:], person=caller, moment=identity.now())
    return _back(area)


@routes.post("/desa/<code>/register/target/<int:line>")
@guard(APPROVER, area="code")
def decide_target_line(area: Area, line: int) -> Any:
    """The kecamatan approves or rejects a typed number."""
    person, choice = _approver(area), request.form.get("choice", "")
    with write() as session:
        row = session.get(TargetLine, line)
        if row is None or row.desa != area.id or choice not in CHOICES:
            raise Problem("request.not_found")
        decide_target(session, row, approves=choice == CHOICES[0], person=person, moment=identity.now())
    return _back(area)


@routes.post("/desa/<code>/pintu/<household>/keluarkan")
@guard(*DESK, area="code")
def propose(area: Area, household: str) -> Any:
    """The desa proposes that a door is not expected, or that it is the same house as another."""
    given, person, moment = request.form, identity.current().person_id, identity.now()
    note = given.get("note", "")
    with write() as session:
        door = _door(session, area, household)
        if given.get("kind") == changes.MERGE:
            other = _door(session, area, given.get("other", ""))
            changes.propose_merge(session, door, other, note=note, person=person, moment=moment)
        else:
            keyring, reason = current_app.config["KEYRING"], given.get("reason", "")
            changes.propose_exclusion(session, keyring, door, reason=reason, note=note, person=person, moment=moment)
    return _back(area)


def _door(session: Session, area: Area, household: str) -> Door:
    found = session.get(Door, household)
    if found is None or found.desa != area.id:
        raise Problem("request.not_found")
    return found


def _number(text: str) -> int | None:
    """A whole number typed with or without dots; None where nothing was typed.  Raises input.invalid."""
    plain = text.replace(".", "").strip()
    if not plain:
        return None
    if not plain.isascii() or not plain.isdigit() or len(plain) > DIGITS:
        raise Problem("input.invalid", fields={"number": f"“{text[:20]}” bukan jumlah."})
    return int(plain)


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


def _dasawisma(session: Session, area: Area) -> list[Area]:
    return [one for one in dasawisma_within(session, area) if not one.is_placeholder]


def _listed(session: Session, area: Area) -> int:
    query = select(func.count()).select_from(Door).where(Door.desa == area.id, Door.removed_at.is_(None))
    return session.scalar(query) or 0


def _reference(session: Session, area: Area) -> ReferenceTotal | None:
    query = select(ReferenceTotal).where(ReferenceTotal.desa == area.id).order_by(ReferenceTotal.on.desc())
    return session.scalar(query.limit(1))


def _back(area: Area) -> Any:
    return redirect(url_for("register_desk.front", code=area.code), 303)
