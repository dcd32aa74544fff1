"""A phone that also keeps its settled edits and offers them again when the server's history is another one."""

from typing import Any

from tests.contract.phone import Phone

TRIES = 4


class Keeper(Phone):
    """Section "server restored from an older backup" of the contract, from the phone's side."""

    def __init__(self, client, today: str = "2026-11-23") -> None:
        super().__init__(client, today)
        self.kept: dict[str, list[dict[str, Any]]] = {self.outbox: []}
        self.settled = 0
        self.recoveries = 0
        self.lowered: list[dict[str, int]] = []

    def save(self, *patches: dict[str, Any], **more) -> dict[str, Any]:
        edit = super().save(*patches, **more)
        self.kept[self.outbox].append(edit)
        return edit

    def held(self) -> set[str]:
        """Ids of every edit this phone holds, settled or not."""
        return {edit["id"] for edits in self.kept.values() for edit in edits}

    def sync(self, **more):
        """One sync as the app makes it: what is queued out, every page in; another history is healed on the way."""
        for _ in range(TRIES):
            answer = self.post(self.body(self.queue[:200], **more))
            if answer.status_code == 409:
                self.recover(answer.json["epoch"], answer.json["restored_at"])
                continue
            assert answer.status_code == 200, answer.get_data(as_text=True)
            told = answer.json
            if told["applied_through"] < self.settled:
                self.recover(told["server"]["epoch"], {area["dasawisma"]: area["seq"] for area in told["scope"]})
                continue
            self.apply(told)
            self.settled = max(self.settled, told["applied_through"])
            more = {}
            while told["more"] or self.queue:
                told = self.send(self.queue[:200])
                self.apply(told)
                self.settled = max(self.settled, told["applied_through"])
            self.check_digests()
            return told
        raise AssertionError("the server changes its history with every request")

    def recover(self, epoch: str, restored_at: dict[str, int]) -> None:
        """Lower bases, offer every kept edit the server does not hold, pull from zero."""
        self.recoveries += 1
        self.lowered.append(restored_at)
        for edits in self.kept.values():
            for patch in (patch for edit in edits for patch in edit["patches"]):
                record = self.records.get(patch["id"], {})
                place = record.get("dasawisma") or patch["set"].get("dasawisma")
                limit = restored_at.get(place, min(restored_at.values(), default=0))
                patch["base"] = min(patch["base"], limit)
        self.epoch, self.cursor, self.records, self.settled = epoch, None, {}, 0
        through = self.send(edits=[])["applied_through"]
        self.queue = [edit for edit in self.kept[self.outbox] if edit["n"] > through]
