"""What requests carry.  The envelope of a sync comes from the schema that reads it, its words from where they count."""

from models.register import EXCLUDABLE
from models.structure import KINDS, NEEDED, OUTCOMES, STATES, STRUCTURE
from server.api.body import MAX_EDITS
from server.openapi.shapes import (
    ANYTHING,
    COUNT,
    DAY,
    INSTANT,
    OBJECT,
    TEXT,
    TRUTH,
    UUID,
    Shape,
    from_marshmallow,
    many,
    maybe,
    ref,
    thing,
    words,
)
from server.register.changes import LONGEST_NOTE, MERGE
from sync.clean import LARGEST, LONGEST
from sync.reading import LONGEST_NAME
from sync.wire import ENVELOPE

NAME: Shape = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
ORDER: Shape = {"type": "integer", "minimum": 1, "maximum": LARGEST}
VERSION: Shape = {"type": "integer", "minimum": 0, "maximum": LARGEST}


def bodies() -> dict[str, Shape]:
    """Component schemas of every request body, by name."""
    return {
        "Activation": thing(
            "A one-time code, typed or scanned, and the phone it binds.",
            optional=("device",),
            code=TEXT,
            device=thing(optional=("name", "key"), name={"type": "string", "maxLength": 80}, key=maybe(ref("Key"))),
        ),
        "Key": thing("A P-256 public key (JWK).", kty={"const": "EC"}, crv={"const": "P-256"}, x=TEXT, y=TEXT),
        "ChallengeRequest": thing(device=UUID),
        "Renewal": thing("signature: ECDSA P-256 over the challenge, base64url of r||s.", device=UUID, signature=TEXT),
        "Login": thing(username=TEXT, password=TEXT),
        "Change": thing(
            "An exclusion (with a reason) or a merge (with the other door).",
            optional=("kind", "reason", "other", "note"),
            household=UUID,
            kind=words(("exclude", MERGE)),
            reason=words(EXCLUDABLE),
            other=UUID,
            note={"type": "string", "maxLength": LONGEST_NOTE},
        ),
        "Decision": thing(approve=TRUTH),
        "DoorAction": thing(action=words(("accept", "restore"))),
        "Target": thing(
            "Typed numbers of a dasa wisma; they count once approved.",
            optional=("families", "people"),
            dasawisma=TEXT,
            doors=COUNT,
            families=maybe(COUNT),
            people=maybe(COUNT),
        ),
        **_sync(),
    }


def _sync() -> dict[str, Shape]:
    envelope = from_marshmallow(ENVELOPE)
    envelope["properties"] |= {
        "continues": maybe(thing("After a fork: the queue this one goes on from.", outbox=NAME, through=VERSION)),
        "prev": maybe(NAME),
        "clock": thing(now=INSTANT, trust=words(("high", "low"))),
        "edits": many({"anyOf": [ref("Edit"), ref("RawEdit"), ref("SealedEdit")]}, maxItems=MAX_EDITS),
        "cursor": maybe(TEXT),
    }
    return {
        "SyncRequest": envelope,
        "Edit": thing(
            "One save.",
            optional=("at", "visited_on", "form", "settles"),
            n=ORDER,
            id=NAME,
            at=maybe(INSTANT),
            visited_on=maybe(DAY),
            form=maybe(TEXT),
            settles=many(TEXT),
            patches=many({"oneOf": [ref(_title(kind)) for kind in KINDS]}),
        ),
        "RawEdit": thing("An edit that alone was answered with 400 or 413.", n=ORDER, id=NAME, raw=TEXT),
        "SealedEdit": thing("Reserved.", n=ORDER, id=NAME, sealed=TEXT),
        "Adjust": thing(optional=("add", "remove"), add=many(ANYTHING), remove=many(ANYTHING)),
        **{_title(kind): _patch(kind) for kind in KINDS},
    }


def _title(kind: str) -> str:
    return kind.title() + "Patch"


def _patch(kind: str) -> Shape:
    """A patch; its answers are named by the form (GET /api/form), its structure is the same in every version."""
    keys = {key: _structural(key) for key in STRUCTURE[kind]}
    return thing(
        f"Needed for a new record: {', '.join(NEEDED[kind])}.",
        optional=("base", "set", "adjust"),
        kind={"const": kind},
        id=UUID,
        base=VERSION,
        set={"type": "object", "properties": keys, "additionalProperties": _answer()},
        adjust={"type": "object", "additionalProperties": ref("Adjust")},
    )


def _structural(key: str) -> Shape:
    known: dict[str, Shape] = {
        "position": maybe(ref("Position")),
        "on": DAY,
        "outcome": words(OUTCOMES),
        "seen": VERSION,
        "state": maybe(words(STATES)),
        "state_reason": maybe(TEXT),
        "dasawisma": {"type": "string", "minLength": 1, "maxLength": 40},
        "type": {"type": "string", "minLength": 1, "maxLength": 40},
    }
    return known.get(key, maybe(UUID))


def _answer() -> Shape:
    """An answer of any type the form knows: text, number, boolean, a list of choices, a position, rows; null clears."""
    plain = [{"type": "string", "maxLength": LONGEST}, {"type": "number"}, TRUTH, {"type": "null"}]
    return {"anyOf": [*plain, many(TEXT), many(OBJECT), ref("Position")]}
