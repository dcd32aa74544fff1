"""What waits for a decision of a desa, as numbers with the page that shows each."""

from typing import NamedTuple

from flask import url_for
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.database import Base
from models.history import Conflict, Finding, Proposal, Quarantine
from models.register import Door, RegisterChange
from models.territory import Area


class Waiting(NamedTuple):
    """One kind of decision: how many, what it means, where it is taken."""

    number: int
    title: str
    meaning: str
    address: str


def waiting_of(session: Session, area: Area) -> list[Waiting]:
    """Every kind with its number, zero included, most urgent first."""
    desa = area.desa_id

    def count(table: type[Base], *tests: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(table).where(*tests)) or 0

    def page(part: str) -> str:
        return url_for("decisions.front", code=area.code) + part

    return [
        Waiting(
            count(Conflict, Conflict.desa == desa, Conflict.state == "open"),
            "Konflik",
            "dua kader mengisi berbeda",
            page("#konflik"),
        ),
        Waiting(
            count(Door, Door.desa == desa, *waiting_doors()),
            "Rumah baru",
            "ditambahkan kader, menunggu desa",
            page("#rumah"),
        ),
        Waiting(
            count(Proposal, Proposal.desa == desa, Proposal.state == "open"),
            "Usulan",
            "perubahan yang perlu disetujui",
            page("#usulan"),
        ),
        Waiting(
            count(Finding, Finding.desa == desa, Finding.state == "open"),
            "Temuan",
            "isian yang tampak janggal",
            page("#temuan"),
        ),
        Waiting(
            count(Quarantine, Quarantine.desa == desa, Quarantine.state == "open"),
            "Kiriman tertahan",
            "tidak dapat dibaca atau ditolak",
            page("#tertahan"),
        ),
        Waiting(
            count(RegisterChange, RegisterChange.desa == desa, RegisterChange.state == "proposed"),
            "Perubahan register",
            "menunggu kecamatan",
            url_for("register_desk.front", code=area.code),
        ),
    ]


def waiting_doors() -> tuple[ColumnElement[bool], ...]:
    """The test for doors that a kader added and the desa has not accepted."""
    return (Door.origin == "kader", Door.accepted_at.is_(None), Door.removed_at.is_(None))
