"""Plays the season: kader visit, answer, sync in the evening; now and then two of them differ, and life goes on.

Every record changes only through the exchange.  Life events: pregnancies, births, deaths, people moving away.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from models.calendar import JAKARTA, age_in_years
from models.form.context import day as read_day
from models.form.definition import Form, load
from models.sealing import Keyring
from server.demo.phone import DemoPhone, Patch, Pulled, pull
from server.demo.season import Visit
from server.register.ids import uuid7_maker

EVENING = 19 * 60
ASKING = frozenset({"selesai", "sebagian"})
CLASHES = 4
PREGNANT, BIRTHS, DEATHS, MOVES = 9, 6, 3, 2


@dataclass
class Season:
    """What is played on: the desa, its phones by dasa wisma number, and how much of each event is still to come."""

    session: Session
    keyring: Keyring
    random: Random
    desa: int
    phones: list[list[DemoPhone]]
    today: date
    left: dict[str, int] = field(
        default_factory=lambda: {
            "hamil": PREGNANT,
            "lahir": BIRTHS,
            "meninggal": DEATHS,
            "pindah": MOVES,
            "clash": CLASHES,
        }
    )

    @property
    def form(self) -> Form:
        """The form in force."""
        return load()

    def play(self, visits: list[Visit], progress: Callable[[int, int], None]) -> None:
        """Make every visit; each evening the day's phones sync."""
        done = 0
        for day, of_day in groupby(visits, key=lambda visit: visit.on):
            by_group: dict[int, list[Visit]] = defaultdict(list)
            for visit in of_day:
                by_group[visit.group].append(visit)
            for group, own in by_group.items():
                self._day_of(group, day, own)
                done += len(own)
                progress(done, len(visits))

    def _day_of(self, group: int, day: date, visits: list[Visit]) -> None:
        phones, late = self.phones[group], []
        for visit in visits:
            pulled = pull(self.session, self.keyring, self.random, visit.household)
            at = moment(day, visit.minute)
            phones[0].save(at, day, self._visit(pulled, visit, at))
            if len(phones) > 1 and visit.outcome == "selesai" and self._take("clash"):
                late.append((day - timedelta(days=self.left["clash"] % 2), self._other_opinion(pulled)))
            if visit.outcome == "selesai":
                self._life(phones[0], pulled, visit, at)
        evening = moment(day, EVENING)
        phones[0].sync(self.session, self.keyring, self.random, self.desa, evening)
        for seen_on, patches in late:
            phones[1].save(evening, seen_on, patches)
            phones[1].sync(self.session, self.keyring, self.random, self.desa, evening + timedelta(minutes=40))

    def _take(self, what: str) -> bool:
        self.left[what] -= 1
        return self.left[what] >= 0

    def _id(self, at: datetime) -> str:
        return uuid7_maker(at, self.random.randbytes)()

    def _visit(self, pulled: Pulled, visit: Visit, at: datetime) -> list[Patch]:
        values: dict[str, Any] = {
            "household": visit.household,
            "on": visit.on.isoformat(),
            "outcome": visit.outcome,
            "seen": pulled.seen,
        }
        if visit.outcome in ASKING:
            pulled.asked.answer(visit.on, until=visit.part)
            respondent = self.form.role("visit", "respondent")
            values[respondent] = self.form.kinds["visit"].fields[respondent].choices[0].value
            values[self.form.role("visit", "notice")] = True
        return [*pulled.patches(), {"kind": "visit", "id": self._id(at), "base": 0, "set": values}]

    def _other_opinion(self, pulled: Pulled) -> list[Patch]:
        """What a second kader says of the same house, on what she saw before the first one synced."""
        house, answers = pulled.asked.id, pulled.asked.records[pulled.asked.id][1]
        roles = [self.form.role("household", role) for role in ("water", "criteria", "drain")]
        differing: dict[str, Any] = {}
        for name in self.random.sample(roles, 2):
            asked, own = self.form.kinds["household"].fields[name], answers[name]
            others = [choice.value for choice in asked.choices if choice.value != own]
            differing[name] = self.random.choice(others) if others else not own
        return [{"kind": "household", "id": house, "base": pulled.versions[house], "set": differing}]

    # life

    def _life(self, phone: DemoPhone, pulled: Pulled, visit: Visit, at: datetime) -> None:
        for one, (kind, fields) in list(pulled.asked.records.items()):
            if kind == "member" and fields.get("state") in (None, "active") and self.random.random() < 0.5:  # noqa: PLR2004
                pulled.asked.given = {}
                happened = self._happens(pulled, one, fields, visit)
                if happened:
                    phone.save(at + timedelta(minutes=15), visit.on, [*self._asked_again(pulled, visit), *happened])
                    return

    def _asked_again(self, pulled: Pulled, visit: Visit) -> list[Patch]:
        """What the event opens for those who were there before (a sticker, a programme for young parents)."""
        pulled.asked.answer(visit.on)
        pulled.asked.given = {one: given for one, given in pulled.asked.given.items() if one in pulled.versions}
        return pulled.patches()

    def _happens(self, pulled: Pulled, member: str, fields: dict[str, Any], visit: Visit) -> list[Patch]:
        born = read_day(fields.get(self.form.role("member", "born")))
        if born is None:
            return []
        age = age_in_years(born, visit.on)
        is_wife = fields.get(self.form.role("member", "kinship")) in self.form.meaning("member", "kinship", "wife")
        days_ago = (self.today - visit.on).days
        if is_wife and 20 <= age <= 38:  # noqa: PLR2004 (likely ages)
            if days_ago < 100 and self._take("hamil"):  # noqa: PLR2004
                return [self._event(pulled, "hamil", visit.on - timedelta(days=self.random.randrange(20, 120)), member)]
            if self._take("lahir"):
                return self._birth(pulled, member, fields, visit)
        if age > 66 and self._take("meninggal"):  # noqa: PLR2004
            return self._leaving(pulled, "meninggal", "died", member, visit)
        if 19 <= age <= 26 and not is_wife and self._take("pindah"):  # noqa: PLR2004
            return self._leaving(pulled, "pindah", "moved", member, visit)
        return []

    def _event(self, pulled: Pulled, what: str, on: date, member: str, **more: Any) -> Patch:
        values = {"type": what, "on": on.isoformat(), "household": pulled.asked.id, "member": member, **more}
        if what in {"hamil", "melahirkan"}:
            values[self.form.role("event", "husband")] = self._husband(pulled)
        identity = self._id(moment(on, 12 * 60))
        pulled.asked.records[identity] = ("event", values)
        return {"kind": "event", "id": identity, "base": 0, "set": values}

    def _husband(self, pulled: Pulled) -> str:
        kinship, heads = self.form.role("member", "kinship"), self.form.meaning("member", "kinship", "head")
        people = (fields for kind, fields in pulled.asked.records.values() if kind == "member")
        return str(next(one for one in people if one.get(kinship) in heads)[self.form.role("member", "name")])

    def _birth(self, pulled: Pulled, mother: str, fields: dict[str, Any], visit: Visit) -> list[Patch]:
        on = visit.on - timedelta(days=self.random.randrange(3, 30))
        role, baby = self.form.role, self._id(moment(on, 10 * 60))
        sex = self.random.choice(
            [choice.value for choice in self.form.kinds["member"].fields[role("member", "sex")].choices]
        )
        values = {
            "household": pulled.asked.id,
            "family": fields["family"],
            role("member", "name"): f"Bayi {fields[role('member', 'name')].split()[0]}",
            role("member", "sex"): sex,
            role("member", "born"): on.isoformat(),
            role("member", "kinship"): min(self.form.meaning("member", "kinship", "child")),
        }
        pulled.asked.records[baby] = ("member", values)
        given = self._event(pulled, "melahirkan", on, mother)
        born = self._event(pulled, "lahir", on, baby, **{role("event", "mother"): mother})
        return [{"kind": "member", "id": baby, "base": 0, "set": values}, given, born]

    def _leaving(self, pulled: Pulled, what: str, state: str, member: str, visit: Visit) -> list[Patch]:
        event = self._event(pulled, what, visit.on - timedelta(days=self.random.randrange(2, 25)), member)
        pulled.asked.records[member][1]["state"] = state
        return [event, {"kind": "member", "id": member, "base": pulled.versions[member], "set": {"state": state}}]


def moment(day: date, minute: int) -> datetime:
    """A minute of a Jakarta day as an instant."""
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=JAKARTA).astimezone(UTC)
