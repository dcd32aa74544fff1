"""What each JSON route is for, what it reads and answers, and which problems of the catalogue are its own.

Who may use it comes from its guard, its address and method from the route itself: ``server/openapi/document.py``.
"""

from dataclasses import dataclass

from server.openapi.shapes import DAY, TEXT, Shape, words


@dataclass(frozen=True)
class Operation:
    """One route in words; ``answer`` and ``body`` name component schemas, ``query`` its parameters."""

    about: str
    answer: str
    body: str | None = None
    status: int = 200
    also: tuple[int, ...] = ()
    problems: tuple[str, ...] = ()
    query: tuple[tuple[str, Shape], ...] = ()
    files: tuple[str, ...] = ()
    packed: bool = False


AREA, AS_OF = "area.unknown", ("as_of", DAY)
INPUT, UNREADABLE, NOT_FOUND = "input.invalid", "request.unreadable", "request.not_found"
REGISTER = ("register.same_person", "register.not_open", NOT_FOUND, INPUT)
CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

OPERATIONS: dict[str, Operation] = {
    "health.healthz": Operation("Whether the server is set up", "Health", also=(503,)),
    "openapi.get_openapi": Operation("This document", "OpenApi", also=(304,)),
    "session.activate": Operation(
        "Bind a phone to the invited person; sets the session cookie",
        "Me",
        body="Activation",
        problems=("activation.unknown", "activation.used", "activation.expired", "activation.device_key"),
    ),
    "session.challenge": Operation(
        "Ask for text to sign with the phone's key",
        "Challenge",
        body="ChallengeRequest",
        problems=("device.signature", "device.blocked"),
    ),
    "session.renew": Operation(
        "Open a session by a signed challenge",
        "Me",
        body="Renewal",
        problems=("device.signature", "device.blocked"),
    ),
    "session.login": Operation(
        "Open a session of an office account",
        "Me",
        body="Login",
        problems=("session.wrong_password", "session.throttled"),
    ),
    "session.logout": Operation("End this session; nothing on the phone is deleted", "Ended"),
    "session.who_am_i": Operation("Who is asking, with her roles and areas", "Me"),
    "form.get_form": Operation("The form in force", "Form", also=(304,)),
    "coverage.get_coverage": Operation(
        "How far an area is, and its children", "Coverage", problems=(AREA, INPUT), query=(AS_OF,)
    ),
    "recap.list_books": Operation("The PKK books there are", "Books"),
    "recap.get_recap": Operation(
        "A PKK book of an area",
        "Recap",
        problems=(AREA, INPUT, NOT_FOUND),
        query=(AS_OF, ("format", words(("json", "csv", "xlsx")))),
        files=(CSV, XLSX),
    ),
    "register.get_register": Operation("The register of a desa and what waits in it", "Register", problems=(AREA,)),
    "register.propose": Operation(
        "Propose that a door is no longer expected",
        "ChangeLine",
        body="Change",
        status=201,
        problems=("register.not_open", "register.too_early", NOT_FOUND, INPUT),
    ),
    "register.decide": Operation("Approve or reject a change", "ChangeLine", body="Decision", problems=REGISTER),
    "register.act_on_door": Operation(
        "Accept a door a kader added, or expect an excluded one again",
        "DoorActed",
        body="DoorAction",
        problems=("register.not_open", NOT_FOUND, INPUT),
    ),
    "register.type_target": Operation(
        "Propose the numbers of a dasa wisma", "TargetLine", body="Target", status=201, problems=(INPUT,)
    ),
    "register.decide_on_target": Operation(
        "Approve or reject a target", "TargetLine", body="Decision", problems=REGISTER
    ),
    "register.approve": Operation("Approve the register as it stands", "Approved", problems=("register.same_person",)),
    "register.ledger": Operation("Every decrease of what is expected, per desa and reason", "Ledger"),
    "sync.sync": Operation(
        "Edits in, verdicts and changes out, in one round trip; may be sent again at any time",
        "SyncAnswer",
        body="SyncRequest",
        also=(426,),
        problems=("request.digest", "sync.epoch", "session.forbidden"),
        packed=True,
    ),
    "records.get_history": Operation(
        "Every line ever written about a record, oldest first", "History", problems=(NOT_FOUND,)
    ),
    "conflicts.get_conflicts": Operation(
        "What two people said differently", "Conflicts", problems=(AREA,), query=(("area", TEXT),)
    ),
}
