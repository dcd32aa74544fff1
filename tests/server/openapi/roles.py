"""A desa that was worked in, one caller of every kind, and the document primed with names that exist there."""

import copy
from typing import Any

from sqlalchemy import select

from models.account import Device, RoleGrant
from models.form.recap import recap
from models.records import Record
from models.territory import area_by_code
from server.invitations import invite_kader
from server.security import identity
from server.transaction import snapshot, write
from tests.builders import DESA, FAR, NEIGHBOUR
from tests.contract.phone import Phone, new_id

ROLES = {
    "kader": "siti",
    "desa admin": "budi",
    "kecamatan": "hadi",
    "TP PKK of the kecamatan": "rahayu",
    "TP PKK of the desa": "lestari",
    "kabupaten": "kominfo",
    "BAPPEDA": "bappeda",
    "evaluator": "evaluator",
    "public": None,
    "former kader": "sri",
    "blocked phone": "wati",
}
CODES = (DESA, f"{DESA}/D001", f"{DESA}/D002", f"{DESA}/RW01", "35.22.14", "35.22", NEIGHBOUR, f"{FAR}/D001", "99.99")
NARROWER = {
    "register": {"code": [DESA, NEIGHBOUR]},
    "recap": {"code": [f"{DESA}/D001", f"{DESA}/RW01-RT001", DESA], "book": ["4.16a", "4.16b", "4.17a", "4.18d"]},
}
DAYS = ("2026-11-23", "2026-11-01", "2026-11-24", "2020-02-29")


class Callers:
    """Cookies of every role; each call of ``cookie`` opens a session of its own, because some routes end it."""

    def __init__(self, app, world) -> None:
        self.app, self.world = app, world
        with write() as session:
            sri = session.scalar(select(RoleGrant).where(RoleGrant.person_id == world.person["sri"]))
            sri.starts_at, sri.ends_at = (app.config["CLOCK"]().replace(day=day) for day in (1, 20))
            self.device = session.merge(
                Device(id=new_id(), person_id=world.person["wati"], name="HP", created_at=sri.starts_at)
            ).id
        self.tokens: dict[str, str] = {}

    def cookie(self, role: str, *, is_new: bool = False) -> dict[str, str]:
        """The cookie of a role."""
        if ROLES[role] is None:
            return {}
        if is_new:
            return {"session": self._open(role)}
        if role not in self.tokens:
            self.tokens[role] = self._open(role)
        return {"session": self.tokens[role]}

    def _open(self, role: str) -> str:
        moment, is_blocked = self.app.config["CLOCK"](), role == "blocked phone"
        with write() as session:
            if is_blocked:
                session.get_one(Device, self.device).blocked_at = moment
            person = self.world.person[ROLES[role]]
            return identity.open_session(session, person, self.device if is_blocked else None, moment)


def live_in(app, world, sign_in) -> dict[str, list[Any]]:
    """Work a little in the desa; returns names that exist, by the key that carries them."""
    siti, budi = Phone(sign_in(world.person["siti"])), sign_in(world.person["budi"])
    doors = [new_id() for _ in range(6)]
    for door in doors:
        family = new_id()
        siti.save(
            siti.patch("household", door, dasawisma=f"{DESA}/D001"),
            siti.patch("family", family, household=door),
            siti.patch("member", new_id(), household=door, family=family),
            siti.patch("visit", new_id(), household=door, on=siti.today, outcome="sebagian", seen=0),
        )
    siti.sync()
    for door, reason in zip(doors[:3], ("ganda", "dibongkar", "bukan_rumah_tinggal"), strict=True):
        given = {"household": door, "kind": "exclude", "reason": reason}
        assert budi.post(f"/api/register/{DESA}/changes", json=given).status_code == 201
    for number in (1, 2):
        given = {"dasawisma": f"{DESA}/D00{number}", "doors": 9, "families": None, "people": 30}
        assert budi.post(f"/api/register/{DESA}/targets", json=given).status_code == 201
    with write() as session:
        place = area_by_code(session, f"{DESA}/D003")
        code = invite_kader(session, app.config["KEYRING"], place, app.config["CLOCK"]()).code
    with snapshot() as session:
        records = list(session.scalars(select(Record.id)))
    return {
        "code": [*CODES, code],
        "area": list(CODES),
        "dasawisma": [f"{DESA}/D001", f"{DESA}/D002", f"{NEIGHBOUR}/D001", "99/D001"],
        "book": sorted(recap().books),
        "household": doors,
        "other": doors,
        "record": records,
        "id": [*records, *siti.ids.values()][:40],
        "change": [1, 2, 3],
        "target": [1, 2],
        "as_of": list(DAYS),
        "outbox": [siti.outbox, new_id()],
        "prev": [None, siti.ids[6]],
        "epoch": [siti.epoch, None],
        "cursor": [siti.cursor, None],
        "n": list(range(1, 9)),
        "base": [0, 1, 20],
    }


def bare(document: dict[str, Any]) -> dict[str, Any]:
    """The document without cookies and transport headers, which are given elsewhere."""
    document = copy.deepcopy(document)
    for item in document["paths"].values():
        for told in item.values():
            del told["security"]
            told["parameters"] = [one for one in told["parameters"] if one["in"] != "header"]
    return document


def primed(document: dict[str, Any], known: dict[str, list[Any]]) -> dict[str, Any]:
    """The bare document, narrowed to names that exist, so that requests get behind the first check."""
    document = bare(document)
    for path, item in document["paths"].items():
        here = known | NARROWER.get(path.split("/")[2], {}) if path.startswith("/api/") else known
        for told in item.values():
            for one in told["parameters"]:
                one["schema"] = _narrowed(here, one["name"], one["schema"])
    for name, shape in document["components"]["schemas"].items():
        if name.endswith(("Patch", "Request", "Edit", "Change", "Target", "Activation")):
            for keys in (shape["properties"], shape["properties"].get("set", {}).get("properties", {})):
                keys |= {key: _narrowed(known, key, keys[key]) for key in keys}
    return document


def _narrowed(known: dict[str, list[Any]], key: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {"enum": known[key]} if key in known else shape
