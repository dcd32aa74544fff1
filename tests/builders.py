"""Builds a small world: kabupaten 35.22, two kecamatan, three desa, dasa wisma, and people of every role.

``world.person["siti"]`` is kader of ``35.22.14.2011/D001`` and ``/D002``, ``sri`` of ``/D002``, ``tutik`` of the neighbour desa
``35.22.14.2012/D001``; ``budi`` is admin of desa 2011, ``joko`` of 2012, and so on for each role.
"""

from dataclasses import dataclass, field
from datetime import datetime

from models.territory import add_area
from server.invitations import add_person, grant
from server.transaction import write

DESA, NEIGHBOUR, FAR = "35.22.14.2011", "35.22.14.2012", "35.22.15.1001"
PEOPLE = {
    "siti": [("kader", f"{DESA}/D001"), ("kader", f"{DESA}/D002")],
    "sri": [("kader", f"{DESA}/D002")],
    "tutik": [("kader", f"{NEIGHBOUR}/D001")],
    "wati": [("kader", f"{FAR}/D001")],
    "budi": [("admin_desa", DESA)],
    "joko": [("admin_desa", NEIGHBOUR)],
    "lestari": [("tp_pkk", DESA)],
    "rahayu": [("tp_pkk", "35.22.14")],
    "endang": [("tp_pkk", "35.22")],
    "hadi": [("camat", "35.22.14")],
    "kominfo": [("kabupaten", "35.22")],
    "bappeda": [("bappeda", "35.22")],
    "evaluator": [("evaluator", "35.22")],
    "petugas": [("petugas", DESA)],
}


@dataclass
class World:
    """Ids of people and areas by name and code."""

    person: dict[str, int] = field(default_factory=dict)
    area: dict[str, int] = field(default_factory=dict)


def build_world(app, moment: datetime) -> World:
    """Make the areas and people; returns their ids."""
    world = World()
    today = moment.date()
    with app.app_context(), write() as session:
        made = {}

        def area(level, code, name, parent=None, **more):
            made[code] = add_area(
                session, level=level, code=code, name=name, parent=made.get(parent), today=today, **more
            )
            world.area[code] = made[code].id

        area("kabupaten", "35.22", "Kabupaten Bojonegoro")
        area("kecamatan", "35.22.14", "Kapas", "35.22")
        area("kecamatan", "35.22.15", "Bojonegoro", "35.22")
        for desa, kecamatan, name in (
            (DESA, "35.22.14", "Kapas"),
            (NEIGHBOUR, "35.22.14", "Plesungan"),
            (FAR, "35.22.15", "Kepatihan"),
        ):
            area("desa", desa, name, kecamatan, is_kelurahan=desa.split(".")[3].startswith("1"))
            area("dusun", f"{desa}/DS01", "Krajan", desa)
            area("rw", f"{desa}/RW01", "RW 01", f"{desa}/DS01")
            area("rt", f"{desa}/RW01-RT001", "RT 001", f"{desa}/RW01")
            area("rt", f"{desa}/RW01-RT002", "RT 002", f"{desa}/RW01")
            area("dasawisma", f"{desa}/D001", "Melati 1", f"{desa}/RW01-RT001")
            area("dasawisma", f"{desa}/D002", "Melati 2", f"{desa}/RW01-RT001")
            area("dasawisma", f"{desa}/D003", "Mawar 1", f"{desa}/RW01-RT002")
        for name, grants in PEOPLE.items():
            person = add_person(session, app.config["KEYRING"], name.title(), moment)
            world.person[name] = person.id
            for role, code in grants:
                grant(session, person, role, made[code], moment)
    return world
