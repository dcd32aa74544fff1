"""What waits for a decision of a desa, as numbers with the page that shows each."""

from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.history import Conflict, Finding, Proposal, Quarantine
from models.register import Door, RegisterChange
from models.territory import Area


class Waiting(NamedTuple):
    """One kind of decision: how many, what it means, where it is taken."""

    number: int
    title: str
    meaning: str
    address: str


def waiting_doors() -> tuple[ColumnElement[bool], ...]:
    """The test for doors that a kader added and the desa has not accepted."""
    return (Door.origin == "kader", Door.accepted_at.is_(None), Door.removed_at.is_(None))


def waiting_of(session: Session, area: Area) -> list[Waiting]:
    """Every kind with its number, zero included, most urgent first."""
    queue = url_for("decisions.front", code=area.code)
    desk = url_for("register_desk.front", code=area.code)
    kinds: tuple[tuple[str, str, str, Any, tuple[ColumnElement[bool], ...]], ...] = (
        ("Konflik", "dua kader mengisi berbeda", queue + "#konflik", Conflict, (Conflict.state == "open",)),
        ("Rumah baru", "ditambahkan kader, menunggu desa", queue + "#rumah", Door, waiting_doors()),
        ("Usulan", "perubahan yang perlu disetujui", queue + "#usulan", Proposal, (Proposal.state == "open",)),
        ("Temuan", "isian yang tampak janggal", queue + "#temuan", Finding, (Finding.state == "open",)),
        (
            "Kiriman tertahan",
            "tidak terbaca atau ditolak",
            queue + "#tertahan",
            Quarantine,
            (Quarantine.state == "open",),
        ),
        ("Perubahan register", "menunggu kecamatan", desk, RegisterChange, (RegisterChange.state == "proposed",)),
    )
    return [
        Waiting(_count(session, table, table.desa == area.desa_id, *tests), title, meaning, address)
        for title, meaning, address, table, tests in kinds
    ]


def _count(session: Session, table: Any, *tests: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*tests)) or 0
