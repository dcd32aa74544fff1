"""What answers carry."""

from models.account import ROLES
from models.aggregates.tally import ALL_OUTCOMES
from models.form.definition import POLICIES, TYPES
from models.structure import KINDS, LIVE
from models.territory import LEVELS
from server.openapi.shapes import (
    ANYTHING,
    COUNT,
    DAY,
    INSTANT,
    NUMBER,
    OBJECT,
    TEXT,
    TRUTH,
    UUID,
    Shape,
    many,
    maybe,
    ref,
    thing,
    thing_of,
    words,
)
from sync import verdict

DIGEST: Shape = {"type": "string", "pattern": "^[0-9a-f]{16}$"}
GONE = ("moved", "deleted", "merged", "superseded", "revoked")
CHANGE_STATES = ("proposed", "approved", "rejected")
PLACE: Shape = {
    "type": "object",
    "properties": {
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "lon": {"type": "number", "minimum": -180, "maximum": 180},
        "accuracy_m": maybe({"type": "number", "minimum": 0}),
    },
    "required": ["lat", "lon"],
}


def answers() -> dict[str, Shape]:
    """Component schemas of every answer, by name."""
    return {**_people(), **_form(), **_counts(), **_register(), **_history(), **_sync(), "Position": PLACE}


def _people() -> dict[str, Shape]:
    role = thing(role=words(ROLES), area=TEXT, name=TEXT, level=words(LEVELS))
    return {
        "Me": thing(person=NUMBER, device=maybe(TEXT), name=TEXT, roles=many(role), demo=TRUTH, epoch=maybe(TEXT)),
        "Challenge": thing(challenge=TEXT),
        "Ended": thing(ended=TRUTH),
        "Health": thing(
            status=words(("ok", "starting")),
            database=TEXT,
            sqlite=maybe(TEXT),
            version=TEXT,
            epoch=maybe(TEXT),
            live=TRUTH,
        ),
    }


def _form() -> dict[str, Shape]:
    choice = thing(optional=("group", "exclusive"), value=TEXT, label=TEXT, group=TEXT, exclusive=TRUTH)
    return {
        "Form": thing(
            "The questions in force; the version is opaque.",
            version=TEXT,
            kinds={"type": "object", "propertyNames": words(KINDS), "additionalProperties": ref("FormKind")},
            nonresponse=OBJECT,
        ),
        "FormKind": thing(title=TEXT, structure=OBJECT, sections=many(ref("FormSection"))),
        "FormSection": thing(id=TEXT, title=TEXT, module=maybe(TEXT), fields=many(ref("FormField"))),
        "FormField": thing(
            id=TEXT,
            type=words(TYPES),
            label=TEXT,
            help=TEXT,
            required=TRUTH,
            choices=many(choice),
            merge=words(POLICIES),
            sensitivity=TEXT,
            valid_days=maybe(COUNT),
            show_if=ANYTHING,
        ),
    }


def _counts() -> dict[str, Shape]:
    outcomes = {"type": "object", "propertyNames": words(ALL_OUTCOMES), "additionalProperties": COUNT}
    return {
        "Coverage": thing(
            "How far an area is; basis none means that it cannot be computed yet.",
            optional=("children",),
            area=maybe(TEXT),
            name=TEXT,
            level=words(LEVELS),
            as_of=DAY,
            basis=TEXT,
            missing=COUNT,
            register=maybe(OBJECT),
            doors={"type": "object", "properties": {"outcomes": outcomes}, "required": ["outcomes"]},
            families=OBJECT,
            members=OBJECT,
            reference=maybe(OBJECT),
            open_conflicts=COUNT,
            children=many(ref("Coverage")),
        ),
        "Books": many(thing(book=TEXT, title=TEXT, level=words(LEVELS), row=TEXT, period=TEXT)),
        "Recap": thing(
            "A PKK book computed from records.",
            book=TEXT,
            title=TEXT,
            area=TEXT,
            name=TEXT,
            level=words(LEVELS),
            row=TEXT,
            period=TEXT,
            as_of=DAY,
            columns=many(OBJECT),
            definitions=many(OBJECT),
            rows=many(OBJECT),
            total=many(ANYTHING),
        ),
        "Ledger": many(thing("A decrease.", desa=TEXT, name=TEXT, kind=TEXT, reason=TEXT, doors=NUMBER, lines=COUNT)),
    }


def _register() -> dict[str, Shape]:
    return {
        "Register": thing(
            area=TEXT,
            state=words(("none", "draft", "approved")),
            version=COUNT,
            approved_at=maybe(INSTANT),
            changes=many(ref("ChangeLine")),
            targets=many(ref("TargetLine")),
            pending=many(UUID),
        ),
        "ChangeLine": thing(
            id=NUMBER,
            kind=TEXT,
            household=UUID,
            other=maybe(UUID),
            reason=TEXT,
            note=TEXT,
            state=words(CHANGE_STATES),
            proposed_by=maybe(NUMBER),
            decided_by=maybe(NUMBER),
            proposed_at=INSTANT,
        ),
        "TargetLine": thing(
            dasawisma=TEXT,
            id=NUMBER,
            doors=COUNT,
            families=maybe(COUNT),
            people=maybe(COUNT),
            state=words(CHANGE_STATES),
            proposed_by=maybe(NUMBER),
        ),
        "DoorActed": thing(household=UUID, action=TEXT),
        "Approved": thing(area=TEXT, state=TEXT, version=COUNT),
    }


def _history() -> dict[str, Shape]:
    line = {"set": OBJECT, "adjust": OBJECT, "before": OBJECT, "kept": OBJECT}
    times = {"at": maybe(INSTANT), "received_at": INSTANT, "visited_on": maybe(DAY)}
    people = {"author": maybe(NUMBER), "device": maybe(TEXT), "is_prefill": TRUTH}
    numbers = {"seq": maybe(NUMBER), "edit": maybe(TEXT), "n": maybe(NUMBER), "base": NUMBER}
    return {
        "History": many(thing_of(numbers | people | times | line | {"verdict": TEXT}, "One patch.")),
        "Conflicts": many(
            thing(
                "A clash of values.",
                optional=("row",),
                id=TEXT,
                record=UUID,
                kind=TEXT,
                field=TEXT,
                base=ANYTHING,
                kept=ANYTHING,
                lost=ANYTHING,
                kept_by=maybe(NUMBER),
                lost_by=maybe(NUMBER),
                kept_at=ANYTHING,
                lost_at=ANYTHING,
                rule=TEXT,
                state=TEXT,
                row=TEXT,
            )
        ),
    }


def _sync() -> dict[str, Shape]:
    return {"Verdict": _verdict(), **_pulled(), "SyncAnswer": _sync_answer()}


def _verdict() -> Shape:
    fates = (*verdict.STRICTNESS, verdict.REPEATED, verdict.GAP, verdict.FORK)
    lost = thing(optional=("kept", "conflict"), record=ANYTHING, field=ANYTHING, kept=ANYTHING, conflict=TEXT)
    return thing(
        optional=("seq", "lost", "code", "field", "ticket", "need", "was"),
        n=maybe(NUMBER),
        id=maybe(TEXT),
        verdict=words(fates),
        seq=maybe(NUMBER),
        lost=many(lost),
        code=TEXT,
        field=ANYTHING,
        ticket=TEXT,
        need=COUNT,
        was=OBJECT,
    )


def _sync_answer() -> Shape:
    return thing(
        "Verdicts in the order of the edits, and what changed for the caller.",
        applied_through=COUNT,
        applied_id=maybe(TEXT),
        verdicts=many(ref("Verdict")),
        records=many(ref("PulledRecord")),
        gone=many(ref("Gone")),
        scope=many(ref("Scope")),
        inbox=many(ref("InboxLine")),
        cursor=maybe(TEXT),
        more=TRUTH,
        server=thing(now=INSTANT, epoch=TEXT),
        wait=COUNT,
    )


def _pulled() -> dict[str, Shape]:
    return {
        "PulledRecord": thing(
            kind=words(KINDS), id=UUID, version=COUNT, dasawisma=TEXT, state=words(LIVE), fields=OBJECT
        ),
        "Gone": thing_of(
            {"id": UUID, "from": TEXT, "version": COUNT, "why": words(GONE), "to": TEXT}, optional=("to",)
        ),
        "Scope": thing(dasawisma=TEXT, name=TEXT, seq=COUNT, count=COUNT, digest=DIGEST, from_zero=TRUTH),
        "InboxLine": thing(
            "Unknown types are kept.",
            seq=COUNT,
            id=TEXT,
            type=TEXT,
            record=maybe(TEXT),
            field=maybe(TEXT),
            edit=maybe(TEXT),
            code=maybe(TEXT),
            details=OBJECT,
            at=INSTANT,
        ),
    }
