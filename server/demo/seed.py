"""Decides what a new installation starts with: the real territory, and one invented desa in one transaction.

A start that is killed in the middle leaves nothing half-made: the next one begins the step again.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from random import Random

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import Device
from models.aggregates.refresh import refresh
from models.calendar import day_of
from models.exchange.plan import Plan, Planner
from models.form.definition import load
from models.records import Record, fields_of
from models.register import Door, ReferenceTotal
from models.sealing import Keyring
from models.territory import Area, ServerState, area_by_code, dasawisma_within
from server.cli.progress import progress_line
from server.demo.accounts import DESA, Accounts, make_accounts, password
from server.demo.fieldwork import Season, moment
from server.demo.found import add_door, new_people
from server.demo.layout import as_table, groups, make_book
from server.demo.season import visits
from server.register.areas import make_areas, place_book
from server.register.changes import approve_register, days_closed, decide, propose_exclusion
from server.register.ids import uuid7_maker
from server.register.importing import Office, write_plan
from server.register.memory import Memory
from server.register.source import as_source
from server.register.territory import load_territory
from server.security.identity import now
from server.transaction import snapshot, write

KABUPATEN, DONE = "35.22", "done"
SEED = 352214
FOUND = (3, 8, 12)
"""Dasa wisma whose kader found a door that the register had missed."""
BEFORE = timedelta(days=300)
Say = Callable[[str], None]


def ensure_seeded(*, demo: bool, say: Say) -> None:
    """Load the territory and, where asked, the demonstration, unless that was done before."""
    with snapshot() as session:
        if session.get_one(ServerState, 1).seeded == DONE:
            return
    ensure_territory(say)
    with write() as session:
        if demo:
            say("Menyiapkan desa contoh Kapas (sekali saja, kurang dari satu menit) …")
            seed_demo(session, now(), password(current_app.config["DAWIS"].data_dir))
        session.get_one(ServerState, 1).seeded = DONE
    say("Selesai menyiapkan.")


def ensure_territory(say: Say) -> None:
    """Load the official areas; nothing happens where they are there."""
    say("Memuat wilayah Kabupaten Bojonegoro …")
    with write() as session:
        load_territory(session, KABUPATEN, day_of(now()))


def seed_demo(session: Session, instant: datetime, words: str) -> None:
    """Make the demonstration on a write session; `words` is the password of its office accounts."""
    keyring: Keyring = current_app.config["KEYRING"]
    random, since, today = Random(SEED), instant - BEFORE, day_of(instant)  # noqa: S311 (invented people, not secrets)
    desa = area_by_code(session, DESA)
    assert desa is not None
    desa.is_demo = True
    found = groups(random, day_of(since))
    book = place_book(session, desa)
    make_book(book, found)
    make_areas(session, book.new, day_of(since))
    areas = [area for area in dasawisma_within(session, desa) if not area.is_placeholder]
    accounts = make_accounts(session, keyring, random, areas, words=words, since=since)
    table, lines = as_table(random, found)
    source = as_source(table, "desa-contoh.xlsx", day_of(since), rtm=lines)
    office = Office(keyring, since + timedelta(days=1), accounts.person["admin.kapas"])
    memory = Memory(session, keyring, desa.id)
    planner = Planner(memory, place_book(session, desa), uuid7_maker(office.now, random.randbytes), source.rtm)
    plan = planner.plan(source.reading.people)
    show = progress_line("Menyimpan rumah")
    write_plan(desa, source, plan, memory, office, progress=show, write=lambda: nullcontext(session))
    session.expire_all()
    approve_register(session, desa.id, accounts.person["pkk.kecamatan"], since + timedelta(days=10))
    doors = _by_group(plan, [area.code for area in areas])
    _play(session, keyring, random, desa, doors=doors, accounts=accounts, today=today)
    _after(session, keyring, desa, accounts, instant)
    session.flush()
    refresh(session, keyring, load(), desa.id, today)


def _by_group(plan: Plan, codes: list[str]) -> list[list[str]]:
    doors: dict[str, list[str]] = {code: [] for code in codes}
    for door in plan.doors:
        doors[door.household.values["dasawisma"]].append(door.household.id)
    return list(doors.values())


def _play(
    session: Session,
    keyring: Keyring,
    random: Random,
    desa: Area,
    *,
    doors: list[list[str]],
    accounts: Accounts,
    today: date,
) -> None:
    season = Season(session, keyring, random, desa.id, list(accounts.phones.values()), today)
    season.play(visits(random, doors, today), progress_line("Mengisi kunjungan"))
    strangers = Random(SEED + 1)  # noqa: S311 (invented people, not secrets)
    groups_found = new_people(strangers, today - BEFORE)
    for number in FOUND:
        code, phones = list(accounts.phones.items())[number]
        at = moment(today - timedelta(days=2 + number % 5), 15 * 60)
        add_door(phones[0], strangers, groups_found[number], code, at=at)
        phones[0].sync(session, keyring, strangers, desa.id, at + timedelta(hours=3))


def _after(session: Session, keyring: Keyring, desa: Area, accounts: Accounts, instant: datetime) -> None:
    """Exclusions by two people, reference totals, and when each phone was last heard of."""
    session.expire_all()
    admin, approver = accounts.person["admin.kapas"], accounts.person["pkk.kecamatan"]
    for door, reason in _excludable(session, keyring, desa):
        change = propose_exclusion(
            session, keyring, door, reason=reason, note="Dicek bersama ketua RT.", person=admin, moment=instant
        )
        decide(session, keyring, change, approves=True, person=approver, moment=instant)
    session.add(
        ReferenceTotal(
            desa=desa.id, on=date(instant.year, 6, 30), families=642, people=1842, source="Contoh (angka buatan)"
        )
    )
    for number, phones in enumerate(accounts.phones.values()):
        for phone in phones:
            if phone.n:
                device = session.get_one(Device, phone.device)
                device.last_seen_at = device.last_sync_at = instant - timedelta(hours=7 + 17 * (number % 9))


def _excludable(session: Session, keyring: Keyring, desa: Area) -> Iterator[tuple[Door, str]]:
    """A few doors whose last visit found nobody could live there."""
    left = {"dibongkar": 2, "kosong": 2}
    query = select(Record).where(Record.desa == desa.id, Record.kind == "visit", Record.state == "active")
    for visit in session.scalars(query.order_by(Record.version)).all():
        outcome = fields_of(keyring, visit)["outcome"]
        is_ripe = outcome != "kosong" or is_long_closed(session, keyring, str(visit.household))
        if left.get(outcome, 0) and is_ripe:
            left[outcome] -= 1
            yield session.get_one(Door, str(visit.household)), outcome


def is_long_closed(session: Session, keyring: Keyring, household: str) -> bool:
    """Whether two visits at least 7 days apart found the house empty."""
    days = days_closed(session, keyring, household)
    return len(days) > 1 and max(days) - min(days) >= timedelta(days=7)
