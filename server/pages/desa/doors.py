"""The doors of a dasa wisma, and one door with everything recorded behind it; every look is written down."""

from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, current_app, redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.aggregates.tables import DoorSummary
from models.calendar import day_of
from models.database import db
from models.history import Conflict, Finding
from models.problems import Problem
from models.register import Door
from models.registration import numbers_of
from models.territory import Area
from server.counting.read import coverage
from server.pages.audit import record_look
from server.pages.desa import sayings
from server.pages.desa.house import Label, labels_of, open_house
from server.pages.desa.people import kader_of
from server.pages.frame import area_or_unknown
from server.pages.readers import DESK, INSIDE
from server.push import tools
from server.register.changes import accept_door, restore
from server.security import identity
from server.security.guard import guard
from server.transaction import snapshot, write

routes = Blueprint("doors", __name__)


class Line(NamedTuple):
    """One door of the list; ``label`` is None for readers who may not see names."""

    household: str
    label: Label | None
    outcome: str
    state: str
    missing: int
    members: int
    confirmed_on: date | None
    is_waiting: bool
    excluded: str | None


@routes.get("/desa/<code>/dasawisma/<part>")
@guard(*INSIDE, area="code")
def dasawisma(area: Area, part: str) -> Any:
    """Coverage of a dasa wisma; its doors by name for the desa's own admin."""
    place = _dasawisma(area, part)
    is_desk = identity.current().reaches(area, frozenset(DESK))
    return render_template(
        "desa/dasawisma.html",
        area=area,
        place=place,
        shown=coverage(place),
        lines=_named_lines(area, place) if is_desk else [],
        kader=kader_of(db.session(), place, identity.now()),
        is_desk=is_desk,
    )


@routes.get("/desa/<code>/pintu/<household>")
@guard(*DESK, area="code")
def door(area: Area, household: str) -> Any:
    """Everything recorded behind a door, in the form's order."""
    session, found = db.session(), _door(db.session(), area, household)
    record_look(area, household)
    house = open_house(session, current_app.config["KEYRING"], household)
    with write() as giving:
        numbers = numbers_of(giving, list(house.of("member")))
    behind = session.scalars(
        select(Conflict).where(Conflict.record.in_(list(house.fields)), Conflict.state == "open")
    ).all()
    return render_template(
        "desa/pintu.html",
        area=area,
        place=session.get_one(Area, found.dasawisma),
        door=found,
        beside=_beside(session, found),
        summary=session.get(DoorSummary, household),
        label=house.label(),
        shown=house.shown(day_of(identity.now())),
        numbers=numbers,
        conflicts={(one.record, one.field) for one in behind},
        sayings=sayings,
        findings=session.scalars(select(Finding).where(Finding.household == household, Finding.state == "open")).all(),
    )


@routes.post("/desa/<code>/pintu/<household>/terima")
@guard(*DESK, area="code")
def accept(area: Area, household: str) -> Any:
    """The desa accepts a door that a kader added."""
    with write() as session:
        found = _door(session, area, household)
        if found.accepted_at is None:
            accept_door(session, found, tools=tools())
    return redirect(url_for("doors.door", code=area.code, household=household), 303)


def _named_lines(area: Area, place: Area) -> list[Line]:
    record_look(area, place.code)
    with snapshot() as session:
        labels = labels_of(session, current_app.config["KEYRING"], place.id)
        return lines_of(session, place, labels, day_of(identity.now()))


@routes.post("/desa/<code>/pintu/<household>/harapkan")
@guard(*DESK, area="code")
def expect(area: Area, household: str) -> Any:
    """Expect an excluded door again; what raises expected needs no second person."""
    with write() as session:
        restore(session, _door(session, area, household), person=identity.current().person_id, moment=identity.now())
    return redirect(url_for("doors.door", code=area.code, household=household), 303)


def lines_of(session: Session, place: Area, labels: dict[str, Label], today: date) -> list[Line]:
    """The listed doors of a dasa wisma, by walking order and name."""
    summaries = {
        row.household: row for row in session.scalars(select(DoorSummary).where(DoorSummary.dasawisma == place.id))
    }
    doors = session.scalars(select(Door).where(Door.dasawisma == place.id, Door.removed_at.is_(None)))
    lines = [_line(one, summaries.get(one.household), labels.get(one.household), today) for one in doors]
    return sorted(
        lines,
        key=lambda line: (
            (line.label.order, line.label.name, line.household) if line.label else (10**7, "", line.household)
        ),
    )


def state_of(summary: DoorSummary | None, today: date) -> str:
    """``segar``, ``lengkap``, ``dikenal`` or ``belum``."""
    if summary is None or not summary.is_known:
        return "belum"
    if not summary.is_complete:
        return "dikenal"
    return "segar" if summary.fresh_until and today <= summary.fresh_until else "lengkap"


def _beside(session: Session, door: Door) -> list[tuple[str, str]]:
    """The other listed doors of the dasa wisma, by id and name: what this one might be the same house as."""
    query = select(Door.household).where(Door.dasawisma == door.dasawisma, Door.removed_at.is_(None))
    labels = labels_of(session, current_app.config["KEYRING"], door.dasawisma)
    found = [(one, labels[one].name) for one in session.scalars(query) if one != door.household and one in labels]
    return sorted(found, key=lambda pair: pair[1])


def _line(door: Door, summary: DoorSummary | None, label: Label | None, today: date) -> Line:
    is_excluded = door.excluded_reason and (door.excluded_until is None or door.excluded_until >= today)
    return Line(
        household=door.household,
        label=label,
        outcome=summary.outcome if summary else "belum",
        state=state_of(summary, today),
        missing=summary.missing if summary else 0,
        members=summary.members if summary else 0,
        confirmed_on=summary.confirmed_on if summary else None,
        is_waiting=door.origin == "kader" and door.accepted_at is None,
        excluded=door.excluded_reason if is_excluded else None,
    )


def _dasawisma(area: Area, part: str) -> Area:
    found = area_or_unknown(f"{area.code}/{part}", "dasawisma")
    if found.desa_id != area.id:
        raise Problem("area.unknown", code=found.code)
    return found


def _door(session: Session, area: Area, household: str) -> Door:
    found = session.get(Door, household)
    if found is None or found.desa != area.desa_id:
        raise Problem("request.not_found")
    return found
