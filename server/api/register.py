"""The register of a desa as JSON: its state, waiting changes, and the steps that change what is expected.

| route | who |
|---|---|
| GET /api/register/<desa> | desa, PKK, administration above it |
| POST /api/register/<desa>/changes {"household", "kind", "reason", "other", "note"} | admin_desa |
| POST /api/register/<desa>/changes/<id> {"approve": true} | tp_pkk of the kecamatan or above, never the proposer |
| POST /api/register/<desa>/doors/<household> {"action": "accept" or "restore"} | admin_desa |
| POST /api/register/<desa>/targets {"dasawisma", "doors", "families", "people"} | admin_desa |
| POST /api/register/<desa>/targets/<id> {"approve": true} | as for changes |
| POST /api/register/<desa>/approve | as for changes |
| GET /api/ledger/<area> | everybody: totals per desa and reason |
"""

from typing import Any

from flask import Blueprint, current_app, jsonify, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.aggregates.door import ADDED_BY_KADER
from models.aggregates.tables import TargetLine
from models.database import db
from models.problems import Problem
from models.register import Door, Ledger, RegisterChange, RegisterState
from models.territory import Area, area_by_code
from server.api.body import json_object
from server.push import tools
from server.register import changes
from server.register.targets import decide_target, propose_target, waiting_targets
from server.security import identity
from server.security.guard import PUBLIC, guard
from server.transaction import write
from sync.reading import UUID

routes = Blueprint("register", __name__, url_prefix="/api")
READERS = ("admin_desa", "tp_pkk", "camat", "kabupaten", "evaluator")
APPROVER, APPROVING_LEVELS = "tp_pkk", ("kecamatan", "kabupaten")


@routes.get("/register/<code>")
@guard(*READERS, area="code")
def get_register(area: Area) -> Any:
    """State, version, waiting changes and targets, and the doors waiting for the desa."""
    _check_desa(area)
    session = db.session()
    state = session.get(RegisterState, area.id)
    waiting = select(RegisterChange).where(RegisterChange.desa == area.id, RegisterChange.state == changes.PROPOSED)
    pending = select(Door.household).where(
        Door.desa == area.id, Door.accepted_at.is_(None), Door.removed_at.is_(None), Door.origin == ADDED_BY_KADER
    )
    return jsonify(
        area=area.code,
        state=state.state if state else "none",
        version=state.version if state else 0,
        approved_at=state.approved_at.isoformat() if state and state.approved_at else None,
        changes=[change_line(one) for one in session.scalars(waiting.order_by(RegisterChange.id))],
        targets=[target_line(session, one) for one in waiting_targets(session, area.id)],
        pending=sorted(session.scalars(pending)),
    )


@routes.post("/register/<code>/changes")
@guard("admin_desa", area="code")
def propose(area: Area) -> Any:
    """Propose an exclusion or a merge; answers the change with 201."""
    body, person, moment = json_object(request), identity.current().person_id, identity.now()
    note = str(body.get("note") or "")
    with write() as session:
        door = _door(session, area, body.get("household"))
        if body.get("kind") == changes.MERGE:
            other = _door(session, area, body.get("other"))
            change = changes.propose_merge(session, door, other, note=note, person=person, moment=moment)
        else:
            keyring, reason = current_app.config["KEYRING"], str(body.get("reason"))
            change = changes.propose_exclusion(
                session, keyring, door, reason=reason, note=note, person=person, moment=moment
            )
        answer = change_line(change)
    return jsonify(answer), 201


@routes.post("/register/<code>/changes/<int:change>")
@guard(APPROVER, area="code")
def decide(area: Area, change: int) -> Any:
    """Approve or reject a change."""
    person, approves = _approver(area), _approves()
    with write() as session:
        row = session.get(RegisterChange, change)
        if row is None or row.desa != area.id:
            raise Problem("request.not_found")
        keyring = current_app.config["KEYRING"]
        changes.decide(session, keyring, row, approves=approves, person=person, moment=identity.now())
        answer = change_line(row)
    return jsonify(answer)


@routes.post("/register/<code>/doors/<household>")
@guard("admin_desa", area="code")
def act_on_door(area: Area, household: str) -> Any:
    """Accept a door a kader added, or expect an excluded one again."""
    action, moment = json_object(request).get("action"), identity.now()
    with write() as session:
        door = _door(session, area, household)
        if action == "accept":
            changes.accept_door(session, door, tools=tools())
        elif action == "restore":
            changes.restore(session, door, person=identity.current().person_id, moment=moment)
        else:
            raise Problem("input.invalid", fields={"action": "accept, restore"})
    return jsonify(household=household, action=action)


@routes.post("/register/<code>/targets")
@guard("admin_desa", area="code")
def type_target(area: Area) -> Any:
    """Propose the number of doors, KK and people of a dasa wisma."""
    body = json_object(request)
    numbers = [body.get(key) for key in ("doors", "families", "people")]
    wrong = [number for number in numbers[1:] if not isinstance(number, int | None) or isinstance(number, bool)]
    if not isinstance(numbers[0], int) or isinstance(numbers[0], bool) or wrong:
        raise Problem("input.invalid", fields={"doors": "angka"})
    with write() as session:
        place = area_by_code(session, str(body.get("dasawisma")))
        if place is None or place.desa_id != area.id:
            raise Problem("area.unknown", area=body.get("dasawisma"))
        person, moment = identity.current().person_id, identity.now()
        line = propose_target(session, place, numbers[0], numbers[1], numbers[2], person=person, moment=moment)
        answer = target_line(session, line)
    return jsonify(answer), 201


@routes.post("/register/<code>/targets/<int:target>")
@guard(APPROVER, area="code")
def decide_on_target(area: Area, target: int) -> Any:
    """Approve or reject a target."""
    person, approves = _approver(area), _approves()
    with write() as session:
        line = session.get(TargetLine, target)
        if line is None or line.desa != area.id:
            raise Problem("request.not_found")
        decide_target(session, line, approves=approves, person=person, moment=identity.now())
        answer = target_line(session, line)
    return jsonify(answer)


@routes.post("/register/<code>/approve")
@guard(APPROVER, area="code")
def approve(area: Area) -> Any:
    """Approve the register as it stands."""
    person = _approver(area)
    with write() as session:
        state = changes.approve_register(session, area.id, person, identity.now())
        answer = {"area": area.code, "state": state.state, "version": state.version}
    return jsonify(answer)


@routes.get("/ledger/<code>")
@guard(PUBLIC, area="code")
def ledger(area: Area) -> Any:
    """Totals of every decrease per desa and reason; demonstration desa are not in it."""
    query = (
        select(Area.code, Area.name, Ledger.kind, Ledger.reason, func.sum(Ledger.doors), func.count())
        .join(Area, Area.id == Ledger.desa)
        .where(Area.path.startswith(area.path), Area.is_demo.is_(False))
        .group_by(Area.code, Area.name, Ledger.kind, Ledger.reason)
        .order_by(Area.code, Ledger.kind, Ledger.reason)
    )
    keys = ("desa", "name", "kind", "reason", "doors", "lines")
    return jsonify([dict(zip(keys, row, strict=True)) for row in db.session.execute(query)])


def change_line(change: RegisterChange) -> dict[str, Any]:
    """A change as JSON."""
    keys = ("id", "kind", "household", "other", "reason", "note", "state", "proposed_by", "decided_by")
    return {key: getattr(change, key) for key in keys} | {"proposed_at": change.proposed_at.isoformat()}


def target_line(session: Session, line: TargetLine) -> dict[str, Any]:
    """A target as JSON."""
    keys = ("id", "doors", "families", "people", "state", "proposed_by")
    code = session.get_one(Area, line.dasawisma).code
    return {"dasawisma": code} | {key: getattr(line, key) for key in keys}


def _door(session: Session, area: Area, household: Any) -> Door:
    _check_desa(area)
    door = session.get(Door, household) if isinstance(household, str) and UUID.match(household) else None
    if door is None or door.desa != area.id:
        raise Problem("request.not_found")
    return door


def _approver(area: Area) -> int:
    """The caller, who must be of the TP PKK above the desa."""
    _check_desa(area)
    caller = identity.current()
    grants = (one for one in caller.grants if one.role == APPROVER and one.level in APPROVING_LEVELS)
    if not any(area.path.startswith(one.path) for one in grants):
        raise Problem("session.forbidden")
    return caller.person_id


def _approves() -> bool:
    approves = json_object(request).get("approve")
    if not isinstance(approves, bool):
        raise Problem("input.invalid", fields={"approve": "true, false"})
    return approves


def _check_desa(area: Area) -> None:
    if area.level != "desa":
        raise Problem("area.unknown", area=area.code)
