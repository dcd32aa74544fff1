"""Whether coverage and totals equal a count made anew from the records."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.aggregates.recount import differences
from models.aggregates.refresh import stale_desa
from models.form.definition import load
from models.register import Door
from models.sealing import Keyring, SealError
from server.proof.report import Report


def check_counts(session: Session, keyring: Keyring, report: Report, today: date) -> None:
    """Count every desa again; one whose doors wait to be counted is not wrong and is left out."""
    part, form = report.part("counts"), load()
    waiting = set(stale_desa(session, form, today))
    for desa in session.scalars(select(Door.desa).distinct().order_by(Door.desa)).all():
        if desa not in waiting:
            part.looked += 1
            try:
                for found in differences(session, keyring, form, desa, today):
                    part.fault(f"desa {found.desa} {found.row}")
            except (SealError, ValueError):
                part.fault(f"desa {desa} tidak dapat dihitung")
        session.expunge_all()
