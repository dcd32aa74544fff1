"""Reading seen from outside: pages, moves while paging, inbox, confirmations, history, and fast followers of many writers."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import update

from models.territory import DesaSequence
from server.transaction import write
from tests.builders import DESA, NEIGHBOUR
from tests.contract.phone import Phone, new_id


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


def fill(phone, code, doors, size=400):
    """Queue doors with long unknown answers, so that a page is soon full."""
    made = []
    for _ in range(doors):
        made.append(new_id())
        words = {f"f_{index}": "x" * size for index in range(12)}
        phone.save(phone.patch("household", made[-1], dasawisma=code, **words))
    return made


def test_pages__cut_over_512_kib_and_moves_while_reading__nothing_missed(phone_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    doors = [one for turn in range(6) for one in fill(siti, f"{DESA}/D00{1 + turn % 2}", 42)]
    while siti.queue:
        answer = siti.send(siti.queue[:40])
        siti.apply(answer | {"more": False})
        siti.building = False
    with write() as session:
        session.execute(update(DesaSequence).values(departure_horizon=DesaSequence.seq))
    reader = Phone(siti.client)
    first = reader.send(edits=[])
    assert first["more"] is True
    assert len(first["records"]) < len(doors)
    assert sum(len(str(record)) for record in first["records"]) < 560_000
    reader.apply(first)
    early, late = first["records"][0]["id"], doors[-1]
    writer = Phone(siti.client)
    for door in (early, late):
        here = siti.records.get(door, {}).get("dasawisma", f"{DESA}/D002")
        other = f"{DESA}/D002" if here.endswith("D001") else f"{DESA}/D001"
        writer.save(writer.patch("household", door, base=siti.base(door), dasawisma=other))
    writer.save(
        writer.patch("household", doors[100], base=siti.base(doors[100]), state="deleted", state_reason="salah")
    )
    writer.send()
    pages = 1
    while reader.building and pages < 20:
        reader.apply(reader.send(edits=[]))
        pages += 1
    reader.check_digests()
    assert pages >= 3
    assert set(doors) - {doors[100]} <= reader.records.keys()
    writer.sync()
    assert writer.records == reader.records
    sri.sync()
    assert {i: r for i, r in reader.records.items() if r["dasawisma"].endswith("D002")} == sri.records


def test_cursor__of_another_form__begins_again__and_an_empty_page_moves_it(phone_of, door_of):
    siti, tutik = phone_of("siti"), phone_of("tutik")
    door_of(siti)
    siti.sync()
    door_of(siti, "D001", outcome="selesai")
    siti.queue, siti.n = [], 1
    before = siti.send(edits=[])
    assert all(not area["from_zero"] for area in before["scope"])
    again = siti.send(edits=[], form="2025.9")
    assert all(area["from_zero"] for area in again["scope"])
    assert len(again["records"]) == 3
    more = siti.send(edits=[], form="2025.9", cursor=again["cursor"])
    assert (more["records"], [area["from_zero"] for area in more["scope"]]) == ([], [False, False])
    assert tutik.send(edits=[])["records"] == []


def test_inbox__numbered_in_the_cursor__told_once(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    old = siti.cursor
    base = sri.base(household)
    for index in range(3):
        siti.save(siti.patch("household", household, **{f"f_{index}": "Satu"}))
        sri.save(sri.patch("household", household, base=base, **{f"f_{index}": "Dua"}))
    siti.sync()
    sri.sync()
    siti.sync()
    assert [line["seq"] for line in siti.inbox] == [1, 2, 3]
    assert {"seq", "id", "type", "record", "field", "edit", "code", "details", "at"} <= siti.inbox[0].keys()
    assert len({line["id"] for line in siti.inbox}) == 3
    siti.sync()
    assert len(siti.inbox) == 3
    assert [line["seq"] for line in siti.send(edits=[], cursor=old)["inbox"]] == [1, 2, 3]
    assert [line["seq"] for line in siti.send(edits=[], cursor=None)["inbox"]] == [1, 2, 3]


CONFIRMED = [
    ("selesai", "2026-11-20", "2026-11-20"),
    ("selesai", "2026-11-30", "2026-11-23"),
    ("selesai", None, "2026-11-23"),
    ("sebagian", "2026-11-20", None),
    ("menolak", "2026-11-20", None),
    ("tidak_berubah", "2026-11-21", "2026-11-21"),
]


def test_confirmed_on__earlier_of_visit_and_receipt(phone_of, door_of):
    siti = phone_of("siti")
    doors = [door_of(siti)[0] for _ in CONFIRMED]
    siti.sync()
    versions, seen = {door: siti.base(door) for door in doors}, siti.scope[0]["seq"]

    def visit(door, day, outcome, **more):
        siti.save(siti.patch("visit", new_id(), household=door, on=day, outcome=outcome, seen=seen), **more)

    for door, (outcome, day, _) in zip(doors, CONFIRMED, strict=True):
        visit(door, day or siti.today, outcome, visited_on=day)
    assert set(verdicts(siti.sync())) == {"applied"}
    expected = [expected for _, _, expected in CONFIRMED]
    assert [siti.records[door]["confirmed_on"] for door in doors] == expected
    assert [siti.base(door) > versions[door] for door in doors] == [day is not None for day in expected]
    for door in doors:
        visit(door, siti.today, "tidak_di_rumah")
    siti.sync()
    assert [siti.records[door]["confirmed_on"] for door in doors] == expected
    assert len([one for one in siti.records.values() if one["kind"] == "visit"]) == len(doors)


def test_history__one_line_for_every_patch_whatever_came_of_it(phone_of, door_of):
    siti, sri, budi = phone_of("siti"), phone_of("sri"), phone_of("budi")
    household, _, (member,) = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    siti.save(siti.patch("member", member, f_satu="satu"))
    sri.save(sri.patch("member", member, f_satu="dua", f_dua=" ya "))
    sri.save(sri.patch("household", household, dasawisma=f"{DESA}/D003"))
    sri.save(sri.patch("household", household))
    unborn = new_id()
    sri.save(sri.patch("member", member, f_tiga="tunggu"), sri.patch("member", new_id(), household=unborn))
    siti.sync()
    assert verdicts(sri.sync()) == ["merged", "proposed", "applied", "held"]
    lines = budi.client.get(f"/api/records/{member}/history").json
    assert [line["verdict"] for line in lines] == ["applied", "applied", "merged", "held"]
    assert lines[2]["set"] == {"f_satu": "dua", "f_dua": " ya "}
    assert lines[2]["kept"] == {"f_satu": "satu"}
    assert lines[2]["before"] == {"f_satu": "satu", "f_dua": None}
    assert lines[3]["seq"] is None
    assert [line["n"] for line in lines] == [1, 2, 1, 4]
    doors = budi.client.get(f"/api/records/{household.upper()}/history").json
    assert [line["verdict"] for line in doors] == ["applied", "proposed", "applied"]
    assert doors[1]["set"] == {"dasawisma": f"{DESA}/D003"}
    siti.save(siti.patch("household", unborn, dasawisma=f"{DESA}/D002"))
    siti.sync()
    lines = budi.client.get(f"/api/records/{member}/history").json
    assert [line["verdict"] for line in lines] == ["applied", "applied", "merged", "applied"]
    sri.sync()
    assert sri.records[member]["version"] == lines[3]["seq"]


def test_impossible_value__its_bytes_are_kept(phone_of, door_of, app):
    from models.database import db
    from models.history import RawEdit

    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    siti.save(siti.patch("household", household, f_satu="y" * 501, f_dua="baik"))
    answer = siti.sync()
    assert verdicts(answer) == ["merged"]
    assert answer["verdicts"][0]["lost"][0]["field"] == "f_satu"
    with app.app_context():
        row = db.session.get_one(RawEdit, siti.ids[2])
        assert b"y" * 501 in app.config["KEYRING"].open(row.desa, "raw_edit", row.edit, row.blob)


def in_threads(works):
    """Run all at once; raises what one of them raised."""
    with ThreadPoolExecutor(len(works)) as pool:
        for future in [pool.submit(work) for work in works]:
            future.result(60)


def test_same_outbox_twice_at_once__each_edit_once(phone_of):
    siti = phone_of("siti")
    for _ in range(10):
        siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    copies = [Phone(siti.client) for _ in range(3)]
    for copy in copies:
        copy.client = phone_of("siti").client
    body, found = siti.body(), []
    in_threads([lambda copy=copy: found.append(copy.post(body)) for copy in copies])
    assert [answer.status_code for answer in found] == [200, 200, 200]
    counts = sorted(verdicts(answer.json).count("applied") for answer in found)
    assert counts == [0, 0, 10]
    assert {one for answer in found for one in verdicts(answer.json)} == {"applied", "repeated"}
    siti.sync()
    assert len(siti.records) == 10
    assert len({record["version"] for record in siti.records.values()}) == 10


def test_writers_of_one_desa_at_once__a_fast_follower_misses_nothing(phone_of):
    writers = [phone_of(name) for name in ("siti", "sri", "siti", "sri", "budi", "siti", "sri", "tutik")]
    follower, done = phone_of("budi"), threading.Event()
    left = [len(writers)]

    def save(phone):
        for _ in range(3):
            code = f"{NEIGHBOUR if phone is writers[-1] else DESA}/D00{1 if phone is writers[-1] else 2}"
            for _ in range(4):
                phone.save(phone.patch("household", new_id(), dasawisma=code))
            phone.sync()
        left[0] -= 1
        if not left[0]:
            done.set()

    def follow():
        while not done.wait(0.01):
            follower.sync()

    in_threads([*[lambda phone=phone: save(phone) for phone in writers], follow])
    done.set()
    follower.sync()
    for phone in writers[:-1]:
        phone.sync()
    assert len(follower.records) == 7 * 12
    mine = {i: r["version"] for i, r in follower.records.items()}
    assert {i: r["version"] for i, r in writers[0].records.items()} == mine
    assert len(set(mine.values())) == len(mine)
