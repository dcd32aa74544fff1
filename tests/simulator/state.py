"""The server's database read once, opened, as plain values: what the oracle judges."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from server.transaction import snapshot
from sync.log import detail_row, payload_row
from tests.simulator.disk import LIVE
from tests.simulator.server import Server


@dataclass(frozen=True)
class Record:
    """One record with its answers."""

    id: str
    kind: str
    desa: int
    dasawisma: str
    version: int
    state: str
    fields: dict[str, Any]
    history: str

    @property
    def is_live(self) -> bool:
        """Whether phones hold it."""
        return self.state in LIVE


@dataclass(frozen=True)
class Line:
    """One line of a record's log, opened."""

    desa: int
    position: int
    edit: str
    record: str
    seq: int | None
    base: int
    verdict: str
    payload: dict[str, Any]
    sealed: bytes
    chain: bytes


@dataclass
class State:
    """Everything the oracle asks about."""

    records: dict[str, Record] = field(default_factory=dict)
    edits: dict[str, Any] = field(default_factory=dict)
    lost: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    repeats: list[Any] = field(default_factory=list)
    raws: dict[str, bytes] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    outboxes: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, Any] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    proposals: dict[str, str] = field(default_factory=dict)
    quarantine: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    told: set[tuple[int, str]] = field(default_factory=set)
    inbox: list[Any] = field(default_factory=list)
    grants: list[Any] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    points: list[Any] = field(default_factory=list)
    digests: dict[str, tuple[int, int]] = field(default_factory=dict)
    desa: dict[int, Any] = field(default_factory=dict)

    def of_edit(self, edit: str) -> list[Line]:
        """The log lines of one edit."""
        return [line for lines in self.lines.values() for line in lines if line.edit == edit]


QUERIES = {
    "records": "SELECT r.id, r.kind, r.desa, a.code, r.version, r.state, r.document, r.history, r.salt FROM record r "
    "JOIN area a ON a.id = r.dasawisma",
    "edits": "SELECT id, outbox, n, desa, author, verdict, seq, detail, form, received_at, corrected_at, is_trusted, "
    "visited_on, is_prefill FROM edit",
    "repeats": "SELECT outbox, n, edit FROM edit_repeat",
    "raws": "SELECT edit, desa, blob FROM raw_edit",
    "lines": "SELECT desa, position, edit, record, seq, base, verdict, payload, salt, chain FROM patch ORDER BY desa, position",
    "outboxes": "SELECT id, person, applied_through, applied_id, continues, continues_through FROM outbox",
    "conflicts": 'SELECT id, desa, record, field, "values" AS sealed, kept_by, lost_by, edit, state, rule, '
    "settled_by FROM conflict",
    "held": "SELECT edit, state FROM held",
    "proposals": "SELECT edit, state FROM proposal",
    "quarantine": "SELECT edit, verdict, state, code FROM quarantine",
    "inbox": "SELECT person, seq, type, edit, details FROM inbox",
    "grants": "SELECT g.person_id AS person, g.role, a.path, g.starts_at, g.ends_at FROM role_grant g "
    "JOIN area a ON a.id = g.area_id",
    "paths": "SELECT code, path FROM area",
    "moved": "SELECT record FROM departure WHERE why = 'moved'",
    "points": "SELECT desa, seq, at FROM restore_point",
    "digests": "SELECT a.code, d.digest, d.count FROM feed_digest d JOIN area a ON a.id = d.dasawisma",
    "desa": "SELECT desa, seq, log_position, chain_head FROM desa_sequence",
}


def read(server: Server) -> State:
    """The state of the server now."""
    with server.app.app_context(), snapshot() as session:
        connection = session.connection()
        rows = {name: connection.exec_driver_sql(query).all() for name, query in QUERIES.items()}
    return _opened(rows, server.app.config["KEYRING"])


def _opened(rows: dict[str, Any], keyring: Any) -> State:
    state, salts = State(), {}
    for row in rows["records"]:
        fields = orjson.loads(keyring.open(row.desa, "record", row.id, row.document))
        salts[row.id] = row.salt
        state.records[row.id] = Record(*row[:6], fields, row.history)
    for row in rows["edits"]:
        state.edits[row.id] = row
        if row.detail:
            state.lost[row.id] = orjson.loads(keyring.open(*detail_row(row.desa, row.id), row.detail)).get("lost", [])
    for row in rows["raws"]:
        state.raws[row.edit] = keyring.open(row.desa, "raw_edit", row.edit, row.blob)
    for row in rows["lines"]:
        salt = row.salt or salts[row.record]
        payload = orjson.loads(keyring.open_log(salt, payload_row(row.edit, row.record), row.payload))
        line = Line(
            row.desa,
            row.position,
            row.edit,
            row.record,
            row.seq,
            row.base,
            row.verdict,
            payload,
            row.payload,
            row.chain,
        )
        state.lines[row.record].append(line)
    _rest(state, rows, keyring)
    state.moved |= {one.id for one in state.records.values() if _may_have_moved(state, one)}
    return state


def _may_have_moved(state: State, one: Record) -> bool:
    """Whether its door moved; what is history moves with its door, but leaves no departure."""
    doors = {line.payload["set"].get("household") for line in state.lines[one.id]} | {one.fields.get("household")}
    return bool(doors & state.moved) or (not one.is_live and len(doors - {None}) > 1)


def _rest(state: State, rows: dict[str, Any], keyring: Any) -> None:
    state.repeats = list(rows["repeats"])
    state.outboxes = {row.id: row for row in rows["outboxes"]}
    state.desa = {row.desa: row for row in rows["desa"]}
    state.conflicts = {row.id: row for row in rows["conflicts"]}
    for row in rows["conflicts"]:
        state.values[row.id] = orjson.loads(keyring.open(row.desa, "conflict", row.id, row.sealed))
    state.held = {row.edit: row.state for row in rows["held"]}
    state.proposals = {row.edit: row.state for row in rows["proposals"]}
    state.quarantine = {row.edit: (row.verdict, row.state, row.code) for row in rows["quarantine"]}
    state.inbox, state.grants, state.points = rows["inbox"], rows["grants"], rows["points"]
    state.paths, state.moved = dict(map(tuple, rows["paths"])), {row.record for row in rows["moved"]}
    state.digests = {row.code: (row.digest, row.count) for row in rows["digests"]}
    for row in rows["inbox"]:
        details = orjson.loads(row.details) if isinstance(row.details, str) else row.details
        if details.get("conflict"):
            state.told.add((row.person, details["conflict"]))


def moment(value: Any) -> datetime | None:
    """An instant as either database hands it out raw."""
    if value is None:
        return None
    given = datetime.fromisoformat(value) if isinstance(value, str) else value
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def fingerprint(state: State) -> dict[str, Any]:
    """What two runs of the same arrivals must agree on, and a replay must leave as it is."""
    return {
        "records": {
            one.id: (one.kind, one.dasawisma, one.version, one.state, one.fields, one.history)
            for one in state.records.values()
        },
        "edits": {key: (row.outbox, row.n, row.verdict, row.seq) for key, row in state.edits.items()},
        "conflicts": {
            key: (row.record, row.field, row.edit, row.state, row.kept_by, row.lost_by, state.values[key])
            for key, row in state.conflicts.items()
        },
        "held": state.held,
        "proposals": state.proposals,
        "quarantine": state.quarantine,
        "digests": state.digests,
        "sequences": {key: (row.seq, row.log_position) for key, row in state.desa.items()},
        "outboxes": {key: (row.applied_through, row.applied_id) for key, row in state.outboxes.items()},
        "repeats": sorted(tuple(row) for row in state.repeats),
    }
