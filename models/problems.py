"""The catalogue of everything that can be refused: a stable code and its named details; no HTTP, no words.

Words for people are in ``server/words/problems.id.json``; statuses in ``server/errors.py``.  Codes are never reused.
"""

from typing import Any

CODES: dict[str, str] = {
    "request.unreadable": "the body is not what this address reads; details: reason",
    "request.digest": "Content-Digest does not match the bytes",
    "request.too_large": "over a limit; details: max_edits, max_bytes",
    "request.foreign_origin": "a changing request that does not come from our own pages",
    "request.not_found": "no such address or thing",
    "request.method": "this address does not answer that method",
    "session.none": "not signed in, or the session ended",
    "session.forbidden": "signed in, but this is not yours to see or do",
    "session.wrong_password": "user name or password is wrong",
    "session.throttled": "too many failures; details: wait (seconds)",
    "device.blocked": "this phone was blocked by the desa",
    "activation.unknown": "no such activation code",
    "activation.used": "the activation code was used before",
    "activation.expired": "the activation code is too old",
    "activation.device_key": "the device key is not a P-256 public JWK",
    "device.signature": "the challenge is unknown, too old, or wrongly signed",
    "sync.epoch": "another server history; details: epoch, restored_at",
    "sync.upgrade": "the app is too old to read; pushes are still accepted",
    "area.unknown": "no area has this code; details: area",
    "register.same_person": "who proposes does not approve",
    "register.not_open": "the change was decided before",
    "register.too_early": "the door has not had the visits this exclusion needs",
    "job.running": "a long job of this kind is under way already",
    "backup.missing": "no such file; details: file",
    "backup.not_one": "the file is not a backup of ours; details: file",
    "backup.cut": "the backup ends too early; details: file",
    "backup.damaged": "bytes of the backup were changed; details: file",
    "backup.wrong_key": "sealed under other keys; details: needs, here",
    "backup.no_keys": "this installation has no keys yet; details: folder",
    "backup.newer": "made by a newer version; details: schema or format",
    "backup.foreign": "the present database is of another installation",
    "backup.denied": "reading or writing there is not allowed; details: place",
    "backup.full": "the disk is full; details: place",
    "backup.unsound": "the check of the restored copy says no; details: reasons",
    "restore.running": "the server is running",
    "restore.locked": "the database could not be locked; details: reason",
    "restore.unreadable": "the present database cannot be read, and the server is running",
    "input.invalid": "some inputs are wrong; details: fields",
    "server.busy": "wait and send again",
    "server.full": "the disk is full; reading goes on",
    "server.fault": "a fault of ours; details: request",
}


class Problem(Exception):
    """Something refused, by its code in CODES."""

    def __init__(self, code: str, /, **details: Any) -> None:
        if code not in CODES:
            raise KeyError(code)
        super().__init__(code)
        self.code, self.details = code, details
