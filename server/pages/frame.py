"""Decides what stands around every office page: the person, her places, the tabs of a desa, the demonstration banner.

The context is given as functions, so that a page that cannot reach the database can still say so in words.
"""

from typing import Any, NamedTuple

from flask import Blueprint, current_app, g, request, url_for
from sqlalchemy import exists, select

from models.account import Person
from models.database import db
from models.problems import Problem
from models.territory import Area, ServerState
from server.config import VERSION
from server.invitations import open_name
from server.pages import words
from server.security import identity
from server.security.guard import rule_of

routes = Blueprint("frame", __name__)
TABS = (
    ("Cakupan", "desa.front"),
    ("Keputusan", "decisions.front"),
    ("Kader", "kader.front"),
    ("Register", "register_desk.front"),
    ("Rekap PKK", "books.front"),
)


class Link(NamedTuple):
    """A place to go; ``is_here`` when the page shown belongs to it."""

    text: str
    address: str
    is_here: bool = False


def places() -> list[Link]:
    """Where the signed-in person's roles lead, each once."""
    caller = identity.optional()
    found: dict[str, Link] = {}
    for grant in caller.grants if caller else ():
        address = home_of(grant)
        if address and address not in found:
            area = db.session.get_one(Area, grant.area_id)
            text = "Aplikasi kader" if grant.role == "kader" else words.full_name(area)
            found[address] = Link(text, address, request.path == address)
    if caller and caller.roles & {"bappeda", "kabupaten"}:
        address = url_for("unduhan.front")
        found[address] = Link("Unduhan", address, request.path == address)
    return list(found.values())


def home_of(grant: identity.Grant) -> str | None:
    """The first page of a role, or None where it has none yet."""
    if grant.role == "kader":
        return url_for("phone.app")
    if grant.role == "petugas":
        return None
    return url_for(_page(grant.level), code=grant.code)


def tabs(area: Area | None) -> list[Link]:
    """The pages of a desa that this person may open."""
    caller = identity.optional()
    if caller is None or area is None or area.desa_id is None:
        return []
    desa = db.session.get_one(Area, area.desa_id)
    found = []
    for text, endpoint in TABS:
        rule = rule_of(current_app, endpoint)
        if rule and caller.reaches(desa, rule.roles):
            blueprint = (request.endpoint or "").split(".")[0]
            found.append(Link(text, url_for(endpoint, code=desa.code), blueprint == endpoint.split(".")[0]))
    return found


def trail(area: Area) -> list[Area]:
    """The areas above this one, from the top."""
    ids = [int(part) for part in area.path.strip(".").split(".")[:-1]]
    found = {above.id: above for above in db.session.scalars(select(Area).where(Area.id.in_(ids)))}
    return [found[number] for number in ids if number in found]


def place_of(area: Area) -> str | None:
    """The page of an area, where the signed-in person may open one."""
    caller = identity.optional()
    endpoint = _page(area.level)
    rule = rule_of(current_app, endpoint)
    if caller is None or rule is None or not caller.reaches(area, rule.roles):
        return None
    return url_for(endpoint, code=area.code)


def _page(level: str) -> str:
    return f"kabupaten.{level}" if level in ("kabupaten", "kecamatan") else "desa.front"


def person_name(person_id: int | None) -> str:
    """A person's name for people who may see it; a dash for nobody."""
    if person_id is None:
        return "–"
    names: dict[int, str] = g.setdefault("names", {})
    if person_id not in names:
        person = db.session.get(Person, person_id)
        names[person_id] = open_name(current_app.config["KEYRING"], person.name) if person else "–"
    return names[person_id]


def who() -> str | None:
    """The signed-in person's own name."""
    caller = identity.optional()
    return person_name(caller.person_id) if caller else None


def is_demo() -> bool:
    """Whether to say that this installation shows demonstration data: not live, or demonstration areas exist."""
    state = db.session.get(ServerState, 1)
    return not (state and state.is_live) or bool(db.session.scalar(select(exists().where(Area.is_demo))))


def area_or_unknown(code: str, *levels: str) -> Area:
    """The area of a code and level; raises area.unknown."""
    area = db.session.scalar(select(Area).where(Area.code == code))
    if area is None or (levels and area.level not in levels):
        raise Problem("area.unknown", area=code)
    return area


@routes.app_context_processor
def _context() -> dict[str, Any]:
    return {
        "words": words,
        "places": places,
        "tabs": tabs,
        "trail": trail,
        "place_of": place_of,
        "person_name": person_name,
        "who": who,
        "is_demo": is_demo,
        "version": VERSION,
        "now": identity.now,
    }


for _name, _filter in (
    ("angka", words.number),
    ("persen", words.percent),
    ("tanggal", words.day),
    ("saat", words.moment),
):
    routes.add_app_template_filter(_filter, _name)
