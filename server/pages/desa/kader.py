"""The desa's kader and dasa wisma: invite, block a phone, end a right, make a dusun, RW, RT or dasa wisma."""

from typing import Any

import segno
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Device, Person, RoleGrant
from models.calendar import day_of
from models.database import db
from models.problems import Problem
from models.territory import Area, dasawisma_within
from server.invitations import Invited, invite, invite_kader, seal_name
from server.pages.desa.areas import make_area
from server.pages.desa.people import in_force, kader_of
from server.pages.frame import area_or_unknown
from server.pages.readers import DESK
from server.security import identity
from server.security.guard import guard
from server.transaction import write

routes = Blueprint("kader", __name__)
LONGEST_NAME = 80
LOCAL = ("127.0.0.1", "localhost")


@routes.get("/desa/<code>/kader")
@guard(*DESK, area="code")
def front(area: Area) -> Any:
    """Every dasa wisma with its kader and their phones."""
    return _page(area)


@routes.post("/desa/<code>/kader/undang")
@guard(*DESK, area="code")
def invite_new(area: Area) -> Any:
    """A new kader for a dasa wisma; the code is shown on this answer and never again."""
    name = " ".join(request.form.get("name", "").replace("\0", "").split())[:LONGEST_NAME]
    dasawisma = _dasawisma(area, request.form.get("dasawisma", ""))
    keyring = current_app.config["KEYRING"]
    with write() as session:
        invited = invite_kader(session, keyring, dasawisma, identity.now(), created_by=identity.current().person_id)
        if name:
            session.get_one(Person, invited.person_id).name = seal_name(keyring, name)
    return _sheet(area, dasawisma, invited, name or invited.kader)


@routes.post("/desa/<code>/kader/<int:grant>/kode")
@guard(*DESK, area="code")
def invite_again(area: Area, grant: int) -> Any:
    """A new code for a kader who has a right here, for a new phone."""
    keyring = current_app.config["KEYRING"]
    with write() as session:
        held = _grant(session, area, grant)
        dasawisma = session.get_one(Area, held.area_id)
        person = session.get_one(Person, held.person_id)
        invited = invite(
            session, keyring, person, dasawisma.code, identity.now(), created_by=identity.current().person_id
        )
    return _sheet(area, dasawisma, invited, invited.kader)


@routes.post("/desa/<code>/kader/<int:grant>/akhiri")
@guard(*DESK, area="code")
def end_right(area: Area, grant: int) -> Any:
    """End a kader's right over a dasa wisma; what she sent stays."""
    with write() as session:
        _grant(session, area, grant).ends_at = identity.now()
    return _back(area)


@routes.post("/desa/<code>/kader/hp/<device>/blokir")
@guard(*DESK, area="code")
def block(area: Area, device: str) -> Any:
    """Block a lost phone, or allow it again; only phones of this desa's kader."""
    with write() as session:
        found = session.get(Device, device)
        if found is None or not _holds_here(session, area, found.person_id):
            raise Problem("request.not_found")
        found.blocked_at = None if found.blocked_at else identity.now()
    return _back(area)


@routes.post("/desa/<code>/wilayah")
@guard(*DESK, area="code")
def add(area: Area) -> Any:
    """Make a dusun, RW, RT or dasa wisma."""
    given = request.form
    try:
        with write() as session:
            made = make_area(
                session,
                area,
                level=given.get("level", ""),
                name=given.get("name", ""),
                parent_code=given.get("parent", ""),
                today=day_of(identity.now()),
            )
            made.is_demo = area.is_demo
    except Problem as problem:
        if problem.code != "input.invalid":
            raise
        return _page(area, wrong=problem.details["fields"], given=given), 422
    return redirect(url_for("kader.front", code=area.code) + "#wilayah", 303)


def _page(area: Area, **more: Any) -> str:
    if area.level != "desa":
        raise Problem("area.unknown", code=area.code)
    session = db.session()
    kader: dict[int, list[Any]] = {}
    for one in kader_of(session, area, identity.now()):
        kader.setdefault(one.dasawisma.id, []).append(one)
    above = session.scalars(
        select(Area).where(Area.desa_id == area.id, Area.level != "dasawisma").order_by(Area.path)
    ).all()
    return render_template(
        "desa/kader.html",
        area=area,
        dasawisma=[one for one in dasawisma_within(session, area) if not one.is_placeholder],
        kader=kader,
        above=above,
        **more,
    )


def _sheet(area: Area, dasawisma: Area, invited: Invited, name: str) -> str:
    address = f"{request.url_root}app/#aktivasi={invited.secret}"
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=2, omitsize=True)
    return render_template(
        "desa/undangan.html",
        area=area,
        dasawisma=dasawisma,
        invited=invited,
        name=name,
        qr=Markup(drawn),  # noqa: S704 (drawn by us from our own address)
        root=request.url_root,
        is_safe=request.is_secure or request.host.split(":")[0] in LOCAL,
    )


def _dasawisma(area: Area, code: str) -> Area:
    found = area_or_unknown(code, "dasawisma")
    if found.desa_id != area.id:
        raise Problem("session.forbidden")
    return found


def _grant(session: Session, area: Area, number: int) -> RoleGrant:
    query = (
        select(RoleGrant)
        .join(Area, Area.id == RoleGrant.area_id)
        .where(RoleGrant.id == number, RoleGrant.role == "kader", Area.desa_id == area.id, in_force(identity.now()))
    )
    found = session.scalar(query)
    if found is None:
        raise Problem("request.not_found")
    return found


def _holds_here(session: Session, area: Area, person: int) -> bool:
    held = (
        select(RoleGrant.id)
        .join(Area, Area.id == RoleGrant.area_id)
        .where(RoleGrant.person_id == person, RoleGrant.role == "kader", Area.desa_id == area.id)
    )
    return session.scalar(held.limit(1)) is not None


def _back(area: Area) -> Any:
    return redirect(url_for("kader.front", code=area.code), 303)
