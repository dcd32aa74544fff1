"""The feed: pages, cursors, copies from zero, revoked areas, departures too old to tell."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.account import RoleGrant
from models.history import Departure
from models.territory import DesaSequence, ServerState
from server.transaction import snapshot, write
from sync import pull
from sync.departures import prune
from tests.builders import DESA, NEIGHBOUR
from tests.contract.phone import new_id


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(pull, "PAGE_BYTES", 600)
    monkeypatch.setattr(pull, "FETCH", 3)


def pages(phone, **more):
    """Every page until there is no more, applied to the phone."""
    found = []
    while True:
        answer = phone.send(edits=[], **more)
        more = {}
        phone.apply(answer)
        found.append(answer)
        if not answer["more"]:
            phone.check_digests()
            return found


def test_pages__cut_anywhere__every_record_once_in_order(phone_of, door_of, small_pages):
    siti, budi = phone_of("siti"), phone_of("budi")
    for code in ("D001", "D002", "D001"):
        door_of(siti, code, members=2)
    siti.send()
    found = pages(budi)
    assert len(found) > 4
    ids = [record["id"] for page in found for record in page["records"]]
    versions = [record["version"] for page in found for record in page["records"]]
    assert len(ids) == len(set(ids)) == 12
    assert versions == sorted(versions)
    assert all(len(json.dumps(page["records"])) < 600 + 100 for page in found)
    assert all(area["from_zero"] for page in found for area in page["scope"])
    assert not any(area["from_zero"] for area in budi.send(edits=[])["scope"])


def test_pages__writer_between_them__nothing_missed(phone_of, door_of, small_pages):
    siti, sri = phone_of("siti"), phone_of("sri")
    doors = [door_of(siti, "D002")[0] for _ in range(4)]
    siti.sync()
    sri.apply(sri.send(edits=[]))
    siti.save(siti.patch("household", doors[0], alamat="berubah"))
    siti.save(siti.patch("household", doors[1], dasawisma=f"{DESA}/D001"))
    siti.save(siti.patch("household", doors[3], state="deleted"))
    siti.sync()
    pages(sri)
    assert sri.records[doors[0]]["fields"]["alamat"] == "berubah"
    assert doors[1] not in sri.records
    assert doors[3] not in sri.records


def test_again__asked_on_every_page__still_comes_to_an_end(phone_of, door_of, small_pages):
    siti = phone_of("siti")
    for _ in range(4):
        door_of(siti)
    siti.sync()
    answers = []
    for _ in range(30):
        answer = siti.send(edits=[], again=[f"{DESA}/D001"])
        siti.apply(answer)
        answers.append(answer)
        if not answer["more"]:
            break
    assert not answers[-1]["more"]
    siti.check_digests()


def test_empty_page__moves_the_cursor(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    sri.sync()
    door_of(siti, "D001")
    siti.sync()
    before = sri.cursor
    answer = sri.sync()
    assert answer["records"] == []
    assert sri.cursor != before
    assert answer["scope"][0]["seq"] == siti.scope[0]["seq"]


def test_other_form__everything_from_zero(phone_of, door_of):
    siti = phone_of("siti")
    door_of(siti)
    siti.sync()
    answer = siti.send(edits=[], form="2026.2")
    assert len(answer["records"]) == 3
    assert all(area["from_zero"] for area in answer["scope"])


def test_dasawisma_newly_in_scope__from_zero_and_only_that(phone_of, door_of, world, clock):
    siti, sri = phone_of("siti"), phone_of("sri")
    door_of(siti, "D001")
    door_of(siti, "D002")
    siti.sync()
    sri.sync()
    with write() as session:
        session.add(
            RoleGrant(
                person_id=world.person["sri"], role="kader", area_id=world.area[f"{DESA}/D001"], starts_at=clock()
            )
        )
    answer = sri.sync()
    assert {record["dasawisma"] for record in answer["records"]} == {f"{DESA}/D001"}
    assert {area["dasawisma"]: area["from_zero"] for area in answer["scope"]} == {
        f"{DESA}/D001": True,
        f"{DESA}/D002": False,
    }


def test_last_role_revoked__what_was_made_before_still_goes_in_and_everything_is_gone(phone_of, door_of, world, clock):
    sri, budi = phone_of("sri"), phone_of("budi")
    household, *_ = door_of(sri, "D002")
    sri.sync()
    clock.forward(minutes=1)
    with write() as session:
        session.execute(update(RoleGrant).where(RoleGrant.person_id == world.person["sri"]).values(ends_at=clock()))
    clock.forward(minutes=1)
    sri.save(sri.patch("household", household, alamat="sebelum dicabut"), at="2026-11-23T00:50:00.000Z")
    sri.save(sri.patch("household", household, alamat="sesudah dicabut"), at="2026-11-23T01:03:00.000Z")
    answer = sri.send(clock={"now": "2026-11-23T01:02:00.000Z", "trust": "high"})
    assert [one["verdict"] for one in answer["verdicts"]] == ["applied", "proposed"]
    assert (answer["scope"], answer["records"]) == ([], [])
    assert {one["id"] for one in answer["gone"]} == set(sri.records)
    budi.sync()
    assert budi.records[household]["fields"]["alamat"] == "sebelum dicabut"


def test_revoked_area__each_known_record_gone_over_pages(phone_of, door_of, world, clock, small_pages):
    siti = phone_of("siti")
    for code in ("D001", "D002"):
        for _ in range(3):
            door_of(siti, code, members=2)
    siti.sync()
    known = {i for i, record in siti.records.items() if record["dasawisma"] == f"{DESA}/D002"}
    with write() as session:
        grants = RoleGrant.area_id == world.area[f"{DESA}/D002"]
        session.execute(
            update(RoleGrant).where(grants, RoleGrant.person_id == world.person["siti"]).values(ends_at=clock())
        )
    clock.forward(minutes=1)
    before = {i: record["version"] for i, record in siti.records.items()}
    found = pages(siti)
    gone = {one["id"]: one for page in found for one in page["gone"]}
    assert gone.keys() == known
    assert {one["why"] for one in gone.values()} == {"revoked"}
    assert all(one["version"] > before[one["id"]] for one in gone.values())
    assert siti.send(edits=[])["gone"] == []


def test_departures__after_400_days__forgotten_and_old_cursors_start_again(phone_of, door_of, world, clock, sign_in):
    siti, sri = phone_of("siti"), phone_of("sri")
    moved, *_ = door_of(siti, "D002")
    stays, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    siti.save(siti.patch("household", moved, dasawisma=f"{DESA}/D001"))
    siti.sync()
    with write() as session:
        assert prune(session, clock.forward(days=399)) == 0
    with write() as session:
        assert prune(session, clock.forward(days=2)) == 3
    with snapshot() as session:
        assert session.scalars(select(Departure)).all() == []
        assert session.get(DesaSequence, world.area[DESA]).departure_horizon > 0
    sri.client = sign_in(world.person["sri"])
    answer = sri.sync()
    assert [area["from_zero"] for area in answer["scope"]] == [True]
    assert stays in sri.records
    assert moved not in sri.records


def test_cursor_ahead_of_the_sequence__new_epoch_at_once(phone_of, door_of, world):
    siti = phone_of("siti")
    door_of(siti)
    siti.sync()
    with write() as session:
        session.execute(update(DesaSequence).where(DesaSequence.desa == world.area[DESA]).values(seq=2))
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    answer = siti.post(siti.body())
    assert answer.status_code == 409
    with snapshot() as session:
        epoch = session.get(ServerState, 1).epoch
    assert answer.json["epoch"] == epoch != siti.epoch
    assert answer.json["restored_at"] == {f"{DESA}/D001": 2, f"{DESA}/D002": 2}
    again = siti.post(siti.body())
    assert (again.status_code, again.json["epoch"]) == (409, epoch)
    assert siti.post(siti.body(epoch=epoch, cursor=None)).status_code == 200


def test_two_desa__each_with_its_own_sequence(phone_of, door_of, world, clock):
    with write() as session:
        session.add(
            RoleGrant(
                person_id=world.person["siti"],
                role="kader",
                area_id=world.area[f"{NEIGHBOUR}/D001"],
                starts_at=clock() - timedelta(days=1),
            )
        )
    siti = phone_of("siti")
    for _ in range(3):
        door_of(siti, "D001")
    door_of(siti, f"{NEIGHBOUR}/D001")
    answer = siti.sync()
    assert {area["dasawisma"]: area["seq"] for area in answer["scope"]} == {
        f"{DESA}/D001": 9,
        f"{DESA}/D002": 9,
        f"{NEIGHBOUR}/D001": 3,
    }
    assert len(siti.records) == 12
