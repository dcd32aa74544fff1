"""PouchDB Server behind the common methods: the replication protocol, in batches of a hundred.

A dasa wisma is found by the prefix of its ids on a first pull and by a filter of a design document afterwards.  LevelDB
below it does not wait for the disk.
"""

import hashlib
import json
import shutil
import urllib.parse
from typing import Any

from bench import machine, scratch
from bench.client import Answer, Ask, Connection
from bench.edits import Change
from bench.peers.base import Document, Peer, Plan, free_port
from bench.workload import Door, dumps

BATCH, PAGE, CREATED = 100, 1000, 201
FILTER = "function (doc, req) { return doc.dasawisma === req.query.code; }"


def quoted(**query: Any) -> str:
    """A query string."""
    return urllib.parse.urlencode(query)


class PouchDB(Peer):
    """One node process."""

    name = "pouchdb"
    note = "express-pouchdb on LevelDB, 1 node process, no fsync, nothing merged; replication in batches of 100"

    def install(self) -> None:
        """The packages of its lock."""
        self.modules = scratch.node_peers(self.scratch)

    def start(self) -> None:
        """An empty database with the design document of the filter."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.place: dict[str, str] = {}
        self.port = free_port()
        self.launch(["node", "server.js", str(self.folder), str(self.port)], "/", cwd=self.modules)
        connection = self.connect()
        design = dumps({"filters": {"of": FILTER}})
        for ask in (Ask("PUT", "/w"), Ask("PUT", "/w/_design/desa", design)):
            answer = connection(ask)
            assert answer.status == CREATED, answer.body
        connection.close()

    def database_bytes(self) -> int:
        """The folder of LevelDB."""
        return machine.folder_bytes(self.folder)

    def _key(self, record: str) -> str:
        return f"{self.place[record]}:{record}" if record in self.place else record

    def _plan(self, documents: list[dict[str, Any]]) -> Plan:
        """Ask which revisions are missing, then send them: what replication does."""
        plan = []
        for first in range(0, len(documents), BATCH):
            part = documents[first : first + BATCH]
            plan.append(Ask("POST", "/w/_revs_diff", dumps({one["_id"]: [one["_rev"]] for one in part})))
            plan.append(Ask("POST", "/w/_bulk_docs", dumps({"docs": part, "new_edits": False})))
        return plan

    def push(self, device: str, doors: list[Door]) -> Plan:  # noqa: ARG002 (it knows no devices)
        """First revisions."""
        made = []
        for document in (document for door in doors for document in door.documents()):
            key = document.pop("id")
            if key != self.bad_id():
                self.place[key] = document["dasawisma"]
            made.append(revision(self._key(key), document, []))
        return self._plan(made)

    def edit(self, device: str, changes: list[Change], base: dict[str, Document]) -> Plan:  # noqa: ARG002 (it knows no devices)
        """Next revisions of whole documents."""
        made = []
        for change in changes:
            old = base[change.id]
            body = {key: value for key, value in old.items() if key[0] != "_" and key != "id"} | change.values
            made.append(revision(self._key(change.id), body, [old["_rev"]]))
        return self._plan(made)

    def stored(self, plan: Plan, answers: list[Answer]) -> set[str]:
        """Everything in batches that were taken."""
        taken = (ask for ask, answer in zip(plan, answers, strict=True) if answer.status == CREATED)
        return {one["_id"].split(":")[-1] for ask in taken for one in json.loads(ask.body or b"").get("docs", ())}

    def outcomes(self, changes: list[Change], answers: list[Answer]) -> list[str]:
        """Replication takes everything; what it did with it is seen later."""
        words: list[str] = []
        for place, answer in enumerate(answers[1::2]):
            count = min(BATCH, len(changes) - place * BATCH)
            refused = sum("error" in one for one in json.loads(answer.body)) if answer.status == CREATED else count
            words += ["error"] * refused + ["ok"] * (count - refused)
        return words

    def pull(self, connection: Connection, dasawisma: str | None, cursor: Any) -> tuple[list[Answer], Any]:
        """Whole dasa wisma by prefix, changes by filter, the desa as replication does."""
        if dasawisma and cursor is None:
            ends = {"startkey": json.dumps(dasawisma + ":"), "endkey": json.dumps(dasawisma + ";")}
            whole = connection(Ask("GET", "/w/_all_docs?" + quoted(**ends, include_docs="true")))
            last = connection(Ask("GET", "/w/_changes?" + quoted(since=0, descending="true", limit=1)))
            return [whole], json.loads(last.body)["results"][0]["seq"]
        answers, since, more = [], cursor or 0, True
        scope = {"filter": "desa/of", "code": dasawisma, "include_docs": "true"} if dasawisma else {"style": "all_docs"}
        while more:
            page = connection(Ask("GET", "/w/_changes?" + quoted(since=since, limit=PAGE, **scope)))
            told = json.loads(page.body)
            answers += [page] if dasawisma else self._bulk(connection, told["results"])
            since, more = told["last_seq"], len(told["results"]) >= PAGE
        return answers, since

    def _bulk(self, connection: Connection, results: list[Any]) -> list[Answer]:
        """The revisions of a page of changes; an empty question is never answered by this server."""
        asked = [
            {"id": one["id"], "rev": change["rev"]}
            for one in results
            if one["id"][0] != "_"
            for change in one["changes"]
        ]
        return [connection(Ask("POST", "/w/_bulk_get?revs=true", dumps({"docs": asked})))] if asked else []

    def documents(self, answers: list[Answer]) -> list[Document]:
        """Winners of each id, from any of the three shapes."""
        found = {}
        for answer in answers:
            for document in _documents(json.loads(answer.body)):
                if document["_id"][0] != "_" and not document.get("_deleted"):
                    key = document["_id"].split(":")[-1]
                    found[key] = document | {"id": key}
        return list(found.values())

    def kept(self, connection: Connection, ids: list[str]) -> dict[str, tuple[Document, list[Document]]]:
        """Losers are hidden revisions."""
        found = {}
        for key in ids:
            path = "/w/" + urllib.parse.quote(self._key(key), safe="")
            current = json.loads(connection(Ask("GET", path + "?conflicts=true")).body)
            hidden = [connection(Ask("GET", f"{path}?rev={rev}")) for rev in current.get("_conflicts", ())]
            found[key] = (current, [json.loads(answer.body) for answer in hidden])
        return found

    def bad_id(self) -> str:
        """Names that begin so are reserved."""
        return "_bad"


def _documents(body: dict[str, Any]) -> list[dict[str, Any]]:
    if "rows" in body:
        return [row["doc"] for row in body["rows"]]
    fetched = [part["ok"] for one in body["results"] for part in one.get("docs", ()) if "ok" in part]
    return fetched or [one["doc"] for one in body["results"] if "doc" in one]


def revision(key: str, body: dict[str, Any], parents: list[str]) -> dict[str, Any]:
    """A document with its revision, named by its content as replication wants it."""
    number = len(parents) + 1 if not parents else int(parents[0].split("-")[0]) + 1
    digest = hashlib.md5(dumps(body), usedforsecurity=False).hexdigest()
    chain = [digest, *(parent.split("-")[1] for parent in parents)]
    return {"_id": key, "_rev": f"{number}-{digest}", "_revisions": {"start": number, "ids": chain}, **body}
