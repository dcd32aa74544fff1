"""What a phone does with an answer: verdicts, records, departures, scope, inbox and cursor in one transaction.

A Python twin of ``pwa/src/store/answer.ts``.  ``store_answer`` says ``ok``, ``fork`` or what was restored; in the last
two cases nothing is stored.
"""

from dataclasses import replace
from typing import Any

from tests.simulator.clock import ms_of
from tests.simulator.disk import LIVE, ContactClock, Disk, Outbox, Row
from tests.simulator.phone import JUMP_MS, Phone
from tests.simulator.queueing import Queue, ask_what_became, offer_again

OK, FORK, RESTORED = "ok", "fork", "restored"
Answer = dict[str, Any]


def store_answer(phone: Phone, queue: Queue, answer: Answer, *, is_too_old: bool) -> tuple[str, dict[str, Any] | None]:
    """Store an answer in one transaction."""
    return phone.commit("answer", lambda: _store(phone, queue, answer, is_too_old=is_too_old))


def _store(phone: Phone, queue: Queue, answer: Answer, *, is_too_old: bool) -> tuple[str, dict[str, Any] | None]:
    verdict = judge(phone.disk, queue, answer)
    if verdict[0] != OK:
        return verdict
    if queue.is_offer and not take_offer(phone.disk, queue.outbox, answer):
        return FORK, None
    settle(phone, queue.outbox, answer)
    if not is_too_old:
        take(phone, queue, answer)
    return verdict


def judge(disk: Disk, queue: Queue, answer: Answer) -> tuple[str, dict[str, Any] | None]:
    """What the server's count says about our outbox."""
    outbox, through = queue.outbox, answer["applied_through"]
    settled = outbox.settled[0] if outbox.settled else 0
    if any(one["verdict"] == "fork" for one in answer["verdicts"]):
        return FORK, None
    if queue.is_offer and through > settled and not disk.of(outbox.id):
        return OK, None
    if through > 0 and not _is_ours(disk, outbox, through, answer["applied_id"]):
        return FORK, None
    if (through < settled and not queue.is_offer) or _is_new_to_server(disk, outbox, answer):
        return RESTORED, restored_by(answer)
    return (FORK, None) if _lacks_needed(disk, outbox, answer) else (OK, None)


def _is_ours(disk: Disk, outbox: Outbox, n: int, name: str | None) -> bool:
    row = disk.outbox.get((outbox.id, n))
    if row:
        return row.id == name
    if outbox.settled is None:
        return False
    return outbox.settled[1] == name if outbox.settled[0] == n else n < outbox.settled[0]


def restored_by(answer: Answer) -> dict[str, Any]:
    """The server went back without saying so: what it holds now is the best known common point."""
    seqs = {one["dasawisma"]: one["seq"] for one in answer["scope"]}
    return {"epoch": answer["server"]["epoch"], "restored_at": seqs}


def _is_new_to_server(disk: Disk, outbox: Outbox, answer: Answer) -> bool:
    """Whether an edit that had its verdict long ago was not known any more."""
    for verdict in answer["verdicts"]:
        row = disk.outbox.get((outbox.id, verdict["n"]))
        if row and row.is_probe and verdict["verdict"] not in {"repeated", "gap"}:
            return True
    return False


def _lacks_needed(disk: Disk, outbox: Outbox, answer: Answer) -> bool:
    need = next((one.get("need") for one in answer["verdicts"] if one["verdict"] == "gap"), None)
    return need is not None and (outbox.id, need) not in disk.outbox


def effective(verdict: dict[str, Any]) -> dict[str, Any]:
    """The verdict that counts: of a repeated edit its first one."""
    return verdict["was"] if verdict["verdict"] == "repeated" and verdict.get("was") else verdict


def is_noted(verdict: dict[str, Any]) -> bool:
    """Whether a person should see it."""
    first = effective(verdict)
    return bool(first.get("lost")) if first["verdict"] == "merged" else first["verdict"] != "applied"


def settle(phone: Phone, outbox: Outbox, answer: Answer) -> None:
    """Give every answered edit its verdict; nothing is deleted."""
    disk, last = phone.disk, outbox.settled
    for verdict in answer["verdicts"]:
        if verdict["verdict"] == "gap":
            break
        row = disk.outbox.get((outbox.id, verdict["n"]))
        if row is None:
            continue
        settled = replace(
            row,
            waiting=False,
            is_probe=False,
            noted=is_noted(verdict),
            settled_at=ms_of(answer["server"]["now"]),
            verdict=verdict,
        )
        disk.put(settled)
        phone.settled(phone, settled)
        last = (row.n, row.id)
    if last != outbox.settled:
        disk.put_outbox(replace(outbox, settled=last))


def take_offer(disk: Disk, outbox: Outbox, answer: Answer) -> bool:
    """Learn how far the server holds an outbox; False where the rest cannot be offered whole."""
    disk.offers = tuple(one for one in disk.offers if one != outbox.id)
    through = answer["applied_through"]
    ask_what_became(disk, outbox, through)
    if through >= (outbox.settled[0] if outbox.settled else 0):
        return True
    is_whole = offer_again(disk, outbox, through)
    known = (through, answer["applied_id"]) if through > 0 and answer["applied_id"] is not None else None
    disk.put_outbox(replace(outbox, settled=known))
    return is_whole


def take(phone: Phone, queue: Queue, answer: Answer) -> None:
    """Take what the pull brought."""
    disk = phone.disk
    is_drained = not any(row.waiting for row in disk.outbox.values())
    scope = {one["dasawisma"] for one in answer["scope"]}
    building = begin_copies(disk, queue, answer)
    take_records(disk, answer, building, can_revoke=is_drained)
    if not answer["more"]:
        swap(disk, building, scope)
        leave_overlay(disk)
    take_scope(disk, answer, scope, is_drained=is_drained)
    for item in answer["inbox"]:
        disk.inbox[item["id"]] = item
    disk.building = tuple(sorted(building)) if answer["more"] else ()
    disk.again = ()
    disk.cursor = answer["cursor"]
    take_clock(phone, answer, is_drained=is_drained)


def begin_copies(disk: Disk, queue: Queue, answer: Answer) -> set[str]:
    """Which dasa wisma are being built anew, beside the old copy."""
    before = [] if queue.cursor is None else [one for one in disk.building if one not in queue.again]
    if queue.cursor is None:
        disk.staged.clear()
    for line in answer["scope"]:
        code = line["dasawisma"]
        if not line["from_zero"] or code in before:
            continue
        for key in [key for key, row in disk.staged.items() if row["dasawisma"] == code]:
            del disk.staged[key]
        before.append(code)
    return set(before)


def take_records(disk: Disk, answer: Answer, building: set[str], *, can_revoke: bool) -> None:
    """Newer records in, departed ones out where the copy is older."""
    for record in answer["records"]:
        store = disk.staged if record["dasawisma"] in building else disk.records
        old = store.get(record["id"])
        if old is None or old["version"] <= record["version"]:
            store[record["id"]] = record
    for gone in answer["gone"]:
        if gone["why"] == "revoked" and not can_revoke:
            continue
        for store in (disk.records, disk.staged):
            old = store.get(gone["id"])
            if old and old["version"] < gone["version"]:
                del store[gone["id"]]


def swap(disk: Disk, building: set[str], scope: set[str]) -> None:
    """Let the new copies take the place of the old ones."""
    for key in [key for key, row in disk.records.items() if row["dasawisma"] in building]:
        del disk.records[key]
    for key, row in disk.staged.items():
        other = disk.records.get(key)
        if other is None or other["version"] < row["version"] or other["dasawisma"] not in scope:
            disk.records[key] = row
    disk.staged.clear()
    if disk.floor and disk.floor.is_open:
        disk.floor = replace(disk.floor, is_open=False)


def leave_overlay(disk: Disk) -> None:
    """Edits with a verdict are in the snapshot now."""
    for row in list(disk.outbox.values()):
        if row.overlay and not row.waiting:
            disk.put(replace(row, overlay=False))


def take_scope(disk: Disk, answer: Answer, scope: set[str], *, is_drained: bool) -> None:
    """Remember every dasa wisma; what is no longer hers leaves once nothing waits."""
    for line in answer["scope"]:
        old = disk.scope.get(line["dasawisma"])
        seq = (old["seq"] if old else 0) if answer["more"] else line["seq"]
        disk.scope[line["dasawisma"]] = {"name": line["name"], "count": line["count"], "seq": seq}
    if answer["more"] or not is_drained:
        return
    for key in [key for key, row in disk.records.items() if row["dasawisma"] not in scope]:
        del disk.records[key]
    for code in [code for code in disk.scope if code not in scope]:
        del disk.scope[code]


def take_clock(phone: Phone, answer: Answer, *, is_drained: bool) -> None:
    """Remember when the server was heard, and its epoch."""
    disk, now = phone.disk, phone.now()
    old = disk.clock
    jumped = not is_drained and old is not None and (old.jumped or now < old.latest - JUMP_MS)
    disk.clock = ContactClock(now, answer["server"]["now"], now, jumped)
    disk.epoch = answer["server"]["epoch"]


def copies_of(disk: Disk, codes: list[str]) -> dict[str, dict[str, int]]:
    """Ids and versions of the live records of each dasa wisma."""
    copies: dict[str, dict[str, int]] = {code: {} for code in codes}
    for key, record in disk.records.items():
        if record["dasawisma"] in copies and record["state"] in LIVE:
            copies[record["dasawisma"]][key] = record["version"]
    return copies


def rows_of(disk: Disk) -> list[Row]:
    """Every edit on the phone."""
    return list(disk.outbox.values())
