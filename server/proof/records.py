"""Whether every record opens, the digests equal a recount, and no number was given twice or ahead of its sequence."""

from collections import defaultdict
from dataclasses import dataclass, field

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.history import Departure, PatchLog
from models.records import TABLE, FeedDigest, Record
from models.sealing import Keyring, SealError
from models.structure import LIVE
from models.territory import DesaSequence
from server.proof.report import Report
from sync import digest

PART = 1000
COLUMNS = (Record.id, Record.desa, Record.dasawisma, Record.version, Record.state, Record.document)


@dataclass
class _Seen:
    """What one walk over the records gathers."""

    sums: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    counts: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    highest: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def check_records(session: Session, keyring: Keyring, report: Report) -> None:
    """Open every document; recount digests and highest numbers on the way."""
    part, seen = report.part("sealed"), _Seen()
    for row in session.execute(select(*COLUMNS).execution_options(yield_per=PART)):
        part.looked += 1
        try:
            if not isinstance(orjson.loads(keyring.open(row.desa, TABLE, row.id, row.document)), dict):
                part.fault(f"catatan {row.id}")
        except (SealError, ValueError):
            part.fault(f"catatan {row.id}")
        seen.highest[row.desa] = max(seen.highest[row.desa], row.version)
        if row.state in LIVE:
            seen.sums[row.dasawisma] += digest.term(row.id, row.version)
            seen.counts[row.dasawisma] += 1
    _digests(session, report, seen)
    _sequences(session, report, seen)


def _digests(session: Session, report: Report, seen: _Seen) -> None:
    part = report.part("digests")
    kept = {row.dasawisma: (row.digest, row.count) for row in session.execute(select(FeedDigest.__table__))}
    for place in sorted(seen.sums.keys() | kept.keys()):
        part.looked += 1
        if kept.get(place, (0, 0)) != (digest.signed(seen.sums.get(place, 0)), seen.counts.get(place, 0)):
            part.fault(f"dasawisma {place}")


def _sequences(session: Session, report: Report, seen: _Seen) -> None:
    part = report.part("sequences")
    highest = [seen.highest]
    for desa, number in ((Departure.desa, Departure.version), (PatchLog.desa, PatchLog.seq)):
        tops = session.execute(select(desa, func.max(number)).group_by(desa)).all()
        highest.append(defaultdict(int, {key: top or 0 for key, top in tops}))
    seqs = {row.desa: row.seq for row in session.execute(select(DesaSequence.desa, DesaSequence.seq))}
    for key in sorted({*seqs, *(key for found in highest for key in found)}):
        part.looked += 1
        top = max(found.get(key, 0) for found in highest)
        if key not in seqs or top > seqs[key]:
            part.fault(f"desa {key}: nomor {top} di atas {seqs.get(key)}")
    twice = select(Record.desa, Record.version).group_by(Record.desa, Record.version).having(func.count() > 1)
    for key, version in session.execute(twice):
        part.fault(f"desa {key}: nomor {version} dipakai dua kali")
