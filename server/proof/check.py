"""The whole check, on one session that sees one moment: read it as a list."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.sealing import Keyring
from server.proof.chains import check_chains
from server.proof.counts import check_counts
from server.proof.edits import check_edits
from server.proof.records import check_records
from server.proof.references import check_references
from server.proof.report import Report

Say = Callable[[str], None]


def check(session: Session, keyring: Keyring, today: date, say: Say) -> Report:
    """What is wrong with a database, if anything; reads only."""
    report = Report()
    if session.get_bind().dialect.name == "sqlite":
        _file(session, report)
    say("rantai riwayat")
    check_chains(session, report)
    say("isi tersegel, sidik, nomor urut")
    check_records(session, keyring, report)
    say("isi kiriman")
    check_edits(session, keyring, report)
    check_references(session, report)
    say("hitungan")
    check_counts(session, keyring, report, today)
    return report


def _file(session: Session, report: Report) -> None:
    part = report.part("file")
    part.looked = 1
    for (line,) in session.execute(text("PRAGMA integrity_check(5)")):
        if line != "ok":
            part.fault(line)
