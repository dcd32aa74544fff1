"""Whether the log of every desa is whole: no line missing, none changed, the head where the desa's sequence says.

The link is written down here a second time on purpose: a proof that shares the code it proves shows nothing.
"""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.history import PatchLog
from models.territory import DesaSequence
from server.proof.report import Report

PART = 1000


def check_chains(session: Session, report: Report) -> None:
    """Recompute every chain over the ciphertext, desa by desa."""
    part = report.part("chain")
    heads = {row.desa: row for row in session.execute(select(DesaSequence.__table__))}
    columns = select(PatchLog.__table__).order_by(PatchLog.desa, PatchLog.position)
    reached: dict[int, tuple[int, bytes]] = {}
    for line in session.execute(columns.execution_options(yield_per=PART)):
        part.looked += 1
        position, head = reached.get(line.desa, (0, bytes(32)))
        link = hashlib.sha256(head)
        link.update(f"|{line.edit}|{line.record}|{line.seq}|{line.verdict}|".encode())
        link.update(line.payload)
        if line.position != position + 1:
            part.fault(f"desa {line.desa} baris {position + 1} hilang")
        elif link.digest() != bytes(line.chain):
            part.fault(f"desa {line.desa} baris {line.position} berubah")
        reached[line.desa] = (line.position, bytes(line.chain))
    for desa, row in heads.items():
        if (row.log_position, bytes(row.chain_head)) != reached.pop(desa, (0, bytes(32))):
            part.fault(f"desa {desa}: ujung rantai tidak sama dengan baris terakhir")
    for desa in reached:
        part.fault(f"desa {desa} tidak punya nomor urut")
