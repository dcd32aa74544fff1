"""Section by section: what a request is answered, told by an outsider."""

import gzip
import hashlib
import json
from base64 import b64encode

import pytest

from tests.builders import DESA, NEIGHBOUR
from tests.contract.phone import Phone, new_id


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


def test_door__sent_once__applied_and_pulled_back_with_own_versions(phone_of, door_of):
    siti = phone_of("siti")
    household, family, people = door_of(siti, members=3, outcome="selesai")
    answer = siti.sync()
    assert verdicts(answer) == ["applied"]
    assert answer["applied_through"] == 1
    assert answer["applied_id"] == siti.ids[1]
    versions = [record["version"] for record in siti.records.values()]
    assert len(set(versions)) == 6
    assert answer["verdicts"][0]["seq"] == max(versions)
    assert siti.records[household]["dasawisma"] == f"{DESA}/D001"
    assert siti.records[household]["confirmed_on"] == "2026-11-23"
    assert siti.records[people[0]]["fields"]["family"] == family
    assert {area["dasawisma"] for area in answer["scope"]} == {f"{DESA}/D001", f"{DESA}/D002"}
    assert answer["wait"] >= 0


def test_nothing_new__sync_again__nothing_moves(phone_of, door_of):
    siti = phone_of("siti")
    door_of(siti)
    siti.sync()
    before = dict(siti.records)
    again = siti.sync()
    assert (again["records"], again["gone"], again["verdicts"], again["inbox"]) == ([], [], [], [])
    assert siti.records == before


def test_answer_lost__sent_again__repeated_with_first_verdict(phone_of, door_of):
    siti = phone_of("siti")
    door_of(siti)
    first = siti.send()
    again = siti.send()
    assert verdicts(again) == ["repeated"]
    was = again["verdicts"][0]["was"]
    assert {key: was[key] for key in ("n", "id", "verdict", "seq")} == {
        key: first["verdicts"][0][key] for key in ("n", "id", "verdict", "seq")
    }
    assert len(again["records"]) == len(first["records"])


def test_gap__named_and_nothing_stored(phone_of, door_of):
    siti = phone_of("siti")
    door_of(siti)
    siti.sync()
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    household = new_id()
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D001"))
    answer = siti.send([siti.queue[1]])
    assert verdicts(answer) == ["gap"]
    assert answer["verdicts"][0]["need"] == 2
    assert answer["applied_through"] == 1
    assert verdicts(siti.send()) == ["applied", "applied"]


def test_hole_inside_a_batch__only_what_follows_is_gap(phone_of):
    siti = phone_of("siti")
    for _ in range(3):
        siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    answer = siti.send([siti.queue[0], siti.queue[2]])
    assert verdicts(answer) == ["applied", "gap"]
    assert answer["verdicts"][1]["need"] == 2


@pytest.mark.parametrize("damage", ["other id at n", "other prev", "no prev", "another person's outbox"])
def test_fork__every_edit_fork_and_nothing_stored(phone_of, door_of, damage):
    siti, sri = phone_of("siti"), phone_of("sri")
    door_of(siti)
    siti.sync()
    before = len(siti.records)
    if damage == "another person's outbox":
        sri.outbox = siti.outbox
        sri.save(sri.patch("household", new_id(), dasawisma=f"{DESA}/D002"))
        answer = sri.send()
    else:
        edits = [siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001")) for _ in range(2)]
        if damage == "other id at n":
            edits[0]["n"] = 1
            answer = siti.send(edits, prev=None)
        else:
            answer = siti.send(edits, prev=new_id() if damage == "other prev" else None)
    assert set(verdicts(answer)) == {"fork"}
    siti.queue = []
    siti.sync()
    assert len(siti.records) == before


def test_fork__renumbered_in_a_new_outbox__known_ids_repeated_rest_applied(phone_of, door_of):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    clone = Phone(siti.client)
    clone.records, clone.cursor, clone.epoch = dict(siti.records), siti.cursor, siti.epoch
    clone.continues = {"outbox": siti.outbox, "through": 1}
    known = siti.ids[1]
    clone.save(clone.patch("household", household, alamat="Jl. Melati 1"), id=known)
    clone.save(clone.patch("household", household, alamat="Jl. Melati 2"))
    answer = clone.sync()
    assert verdicts(answer) == ["repeated", "applied"]
    assert clone.applied_through == 2
    assert clone.records[household]["fields"]["alamat"] == "Jl. Melati 2"
    assert clone.send(prev=None, edits=[])["applied_id"] == clone.ids[2]


def test_edit_id__reused_under_another_n__repeated_and_number_consumed(phone_of, door_of):
    siti = phone_of("siti")
    door_of(siti)
    siti.sync()
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"), id=siti.ids[1])
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    answer = siti.send()
    assert verdicts(answer) == ["repeated", "applied"]
    assert answer["applied_through"] == 3
    assert verdicts(siti.send()) == ["repeated", "repeated"]


def test_own_edits__same_base_twice__no_conflict_with_oneself(phone_of, door_of):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    for street in ("Jl. A", "Jl. B"):
        siti.save(siti.patch("household", household, base=siti.base(household), alamat=street))
    answer = siti.sync()
    assert verdicts(answer) == ["applied", "applied"]
    assert siti.records[household]["fields"]["alamat"] == "Jl. B"
    assert siti.inbox == []


def test_two_kader__other_fields__both_kept_same_field__first_stands_and_both_told(phone_of, door_of, world):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    siti.save(siti.patch("household", household, alamat="Jl. Siti", catatan_x=1))
    sri.save(sri.patch("household", household, alamat="Jl. Sri", catatan_y=2))
    assert verdicts(siti.sync()) == ["applied"]
    answer = sri.sync()
    assert verdicts(answer) == ["merged"]
    lost = answer["verdicts"][0]["lost"][0]
    assert (lost["record"], lost["field"], lost["kept"]) == (household, "alamat", "Jl. Siti")
    fields = sri.records[household]["fields"]
    assert (fields["alamat"], fields["catatan_x"], fields["catatan_y"]) == ("Jl. Siti", 1, 2)
    siti.sync()
    assert [item["type"] for item in siti.inbox] == ["conflict"]
    assert [item["type"] for item in sri.inbox] == ["conflict"]
    listed = siti.client.get(f"/api/conflicts?area={DESA}/D002").json
    listed = listed if isinstance(listed, list) else listed["conflicts"]
    assert [(one["id"], one["field"], one["kept"], one["lost"], one["state"]) for one in listed] == [
        (lost["conflict"], "alamat", "Jl. Siti", "Jl. Sri", "open")
    ]


def test_two_kader__same_value_but_for_case_and_spaces__no_conflict(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    siti.save(siti.patch("household", household, alamat="Jl. Melati 7"))
    sri.save(sri.patch("household", household, alamat="  jl.  MELATI 7 "))
    siti.sync()
    assert verdicts(sri.sync()) == ["applied"]
    assert sri.inbox == []


def test_later_visit__beats_the_standing_value(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    siti.save(siti.patch("household", household, alamat="Jl. Lama"), visited_on="2026-11-20")
    sri.save(sri.patch("household", household, alamat="Jl. Baru"), visited_on="2026-11-22")
    siti.sync()
    answer = sri.sync()
    assert sri.records[household]["fields"]["alamat"] == "Jl. Baru"
    siti.sync()
    assert [item["type"] for item in siti.inbox] == ["conflict"]
    assert verdicts(answer) in (["applied"], ["merged"])


def test_held__member_before_its_household__applied_when_it_comes(phone_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, family, member = new_id(), new_id(), new_id()
    siti.save(siti.patch("member", member, household=household, family=family))
    answer = siti.sync()
    assert verdicts(answer) == ["held"]
    assert answer["applied_through"] == 1
    sri.save(
        sri.patch("household", household, dasawisma=f"{DESA}/D002"),
        sri.patch("family", family, household=household),
    )
    assert verdicts(sri.sync()) == ["applied"]
    siti.sync()
    assert member in siti.records
    siti.queue = []
    again = siti.send(
        [
            {
                **siti.verdicts[1],
                "n": 1,
                "id": siti.ids[1],
                "patches": [],
                "form": "2026.1",
                "at": "2026-11-23T00:00:00Z",
                "visited_on": None,
                "settles": [],
            }
        ],
        prev=None,
    )
    assert verdicts(again) == ["repeated"]
    assert again["verdicts"][0]["was"]["verdict"] == "held"


def test_base_above_zero__unknown_record__held(phone_of):
    siti = phone_of("siti")
    siti.save(siti.patch("household", new_id(), base=40, alamat="x"))
    assert verdicts(siti.sync()) == ["held"]


def test_base_zero__no_structural_keys__held(phone_of):
    siti = phone_of("siti")
    siti.save(siti.patch("household", new_id(), alamat="x"))
    assert verdicts(siti.sync()) == ["held"]


def test_foreign_record__refused_forbidden_and_others_unharmed(phone_of, door_of):
    tutik, siti = phone_of("tutik"), phone_of("siti")
    foreign, *_ = door_of(tutik, f"{NEIGHBOUR}/D001")
    tutik.sync()
    siti.save(siti.patch("household", foreign, base=tutik.base(foreign), alamat="x"))
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    answer = siti.sync()
    assert verdicts(answer) == ["refused", "applied"]
    assert answer["verdicts"][0]["code"] == "forbidden"
    assert foreign not in siti.records
    tutik.sync()
    assert "alamat" not in tutik.records[foreign]["fields"]


def test_dasawisma_outside_scope__proposed(phone_of, door_of):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D003"))
    assert verdicts(siti.sync()) == ["proposed"]
    assert siti.records[household]["dasawisma"] == f"{DESA}/D001"


def test_move_inside_scope__everything_that_hangs_on_the_door_moves(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D001", members=2, outcome="selesai")
    siti.sync()
    sri.sync()
    assert sri.records == {}
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D002"))
    answer = siti.sync()
    assert verdicts(answer) == ["applied"]
    assert {record["dasawisma"] for record in siti.records.values()} == {f"{DESA}/D002"}
    assert len({record["version"] for record in siti.records.values()}) == 5
    sri.sync()
    assert set(sri.records) == set(siti.records)
    siti.save(siti.patch("household", household, dasawisma=f"{DESA}/D001"))
    siti.sync()
    gone = sri.sync()["gone"]
    assert {one["id"] for one in gone} == set(siti.records)
    assert {(one["why"], one["from"], one["to"]) for one in gone} == {("moved", f"{DESA}/D002", f"{DESA}/D001")}
    assert sri.records == {}


def test_second_visit__first_goes_to_history(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002", outcome="tidak_di_rumah")
    siti.sync()
    sri.sync()
    first = next(record["id"] for record in siti.records.values() if record["kind"] == "visit")
    siti.save(
        siti.patch(
            "visit", new_id(), household=household, on="2026-11-23", outcome="selesai", seen=siti.scope[0]["seq"]
        )
    )
    siti.sync()
    gone = sri.sync()["gone"]
    assert [(one["id"], one["why"]) for one in gone] == [(first, "superseded")]
    assert len([record for record in sri.records.values() if record["kind"] == "visit"]) == 1


def test_deleted_record__late_edit_proposed(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    _, _, (member,) = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    siti.save(siti.patch("member", member, state="deleted", state_reason="salah entri"))
    sri.save(sri.patch("member", member, catatan="masih ada"))
    assert verdicts(siti.sync()) == ["applied"]
    assert verdicts(sri.sync()) == ["proposed"]
    assert member not in sri.records


def test_died__sticky_and_stays_live(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    _, _, (member,) = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    siti.save(siti.patch("member", member, state="died", state_reason="sakit"))
    sri.save(sri.patch("member", member, state="moved", state_reason="pindah"))
    siti.sync()
    assert verdicts(sri.sync()) == ["merged"]
    assert sri.records[member]["state"] == "died"


def test_history__one_line_a_patch_with_before_kept_and_verdict(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    siti.save(siti.patch("household", household, alamat="Jl. Siti"))
    sri.save(sri.patch("household", household, alamat="Jl. Sri"))
    siti.sync()
    sri.sync()
    lines = siti.client.get(f"/api/records/{household}/history").json
    assert [line["verdict"] for line in lines] == ["applied", "applied", "merged"]
    assert lines[1]["set"] == {"alamat": "Jl. Siti"}
    assert (
        lines[1]["seq"] == siti.records[household]["version"] or lines[2]["seq"] == siti.records[household]["version"]
    )
    assert lines[2]["set"] == {"alamat": "Jl. Sri"}
    assert lines[2]["before"] == {"alamat": "Jl. Siti"}
    assert {
        "seq",
        "edit",
        "n",
        "author",
        "device",
        "at",
        "received_at",
        "set",
        "adjust",
        "before",
        "kept",
        "verdict",
    } <= lines[0].keys()


def test_choices__adjust_adds_and_removes_without_conflict(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    form = siti.client.get("/api/form").json
    kind, field = next(
        (kind, field)
        for kind in ("household", "member")
        for section in form["kinds"][kind]["sections"]
        for field in section["fields"]
        if field["type"] == "choices" and len(field["choices"]) >= 3
    )
    a, b, c = [choice["value"] for choice in field["choices"][:3]]
    household, _, (member,) = door_of(siti, "D002")
    record = household if kind == "household" else member
    siti.sync()
    siti.save(siti.patch(kind, record, **{field["id"]: [a, b]}))
    siti.sync()
    sri.sync()
    siti.save({**siti.patch(kind, record), "set": {}, "adjust": {field["id"]: {"add": [c], "remove": []}}})
    sri.save({**sri.patch(kind, record), "set": {}, "adjust": {field["id"]: {"add": [], "remove": [a]}}})
    assert verdicts(siti.sync()) == ["applied"]
    assert verdicts(sri.sync())[0] in {"applied", "merged"}
    assert sri.inbox == []
    assert sorted(sri.records[record]["fields"][field["id"]]) == sorted([b, c])


def test_epoch__another_history__409_and_nothing_processed(phone_of):
    siti = phone_of("siti")
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    answer = siti.post(siti.body(epoch="0000000000000000"))
    assert answer.status_code == 409
    assert answer.json["epoch"] != "0000000000000000"
    assert isinstance(answer.json["restored_at"], dict)
    assert siti.send(edits=[])["applied_through"] == 0


def test_cursor__forged_or_foreign__counts_as_none(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    door_of(siti, "D002")
    siti.sync()
    sri.sync()
    for cursor in ("rubbish", siti.cursor, "A" * 500, 7, None):
        answer = sri.send(edits=[], cursor=cursor)
        assert len(answer["records"]) == 3
        assert all(area["from_zero"] for area in answer["scope"])


def test_again__named_dasawisma_comes_from_zero(phone_of, door_of):
    siti = phone_of("siti")
    door_of(siti, "D001")
    door_of(siti, "D002")
    siti.sync()
    answer = siti.sync(again=[f"{DESA}/D001"])
    assert {record["dasawisma"] for record in answer["records"]} == {f"{DESA}/D001"}
    assert {area["dasawisma"]: area["from_zero"] for area in answer["scope"]} == {
        f"{DESA}/D001": True,
        f"{DESA}/D002": False,
    }


@pytest.mark.parametrize("who", ["bappeda", "camat_", "evaluator", "lestari"])
def test_roles__that_do_not_sync__403(phone_of, who):
    phone = phone_of(who.replace("camat_", "hadi"))
    assert phone.post(phone.body()).status_code == 403


def test_transport__gzip_and_content_digest(phone_of):
    siti = phone_of("siti")
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    packed = gzip.compress(json.dumps(siti.body()).encode())
    good = "sha-256=:" + b64encode(hashlib.sha256(packed).digest()).decode() + ":"
    bad = "sha-256=:" + b64encode(hashlib.sha256(b"x").digest()).decode() + ":"
    assert siti.post(packed, **{"Content-Encoding": "gzip", "Content-Digest": bad}).status_code == 400
    answer = siti.post(packed, **{"Content-Encoding": "gzip", "Content-Digest": good})
    assert (answer.status_code, verdicts(answer.json)) == (200, ["applied"])


def test_transport__unreadable_bodies__400_or_413_never_500(phone_of):
    siti = phone_of("siti")
    whole = json.dumps(siti.body()).encode()
    for body in (
        b"",
        b"[]",
        b"null",
        b"1",
        whole[:-7],
        b"\xff\xfe",
        b'{"edits":' + b"[" * 5000,
        b'{"protocol":1,"edits":{}}',
    ):
        assert siti.post(body).status_code == 400, body[:40]
    assert siti.post(b"not gzip", **{"Content-Encoding": "gzip"}).status_code == 400
    bomb = gzip.compress(b" " * 40_000_000)
    for body, headers in ((b" " * 10_000_000, {}), (bomb, {"Content-Encoding": "gzip"})):
        answer = siti.post(body, **headers)
        assert answer.status_code == 413
        assert {"max_edits", "max_bytes"} <= answer.json.keys()
    many = [{"n": i + 1, "id": new_id(), "patches": []} for i in range(201)]
    assert siti.post(siti.body(many)).status_code == 413


@pytest.mark.parametrize(
    "value",
    ["nul\u0000byte", "lone \ud83d half", 2**70, -(2**60), 1e400, "x" * 501, {"a": [1]}, ["x"], True],
    ids=["nul", "surrogate", "big", "small", "infinite", "long", "object", "list", "boolean"],
)
def test_strange_value__costs_at_most_its_field(phone_of, door_of, value):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    siti.save(siti.patch("household", household, alamat=value, lain="baik"))
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    answer = siti.sync()
    assert verdicts(answer)[0] in {"applied", "merged"}
    assert verdicts(answer)[1] == "applied"
    assert siti.records[household]["fields"]["lain"] == "baik"


@pytest.mark.parametrize(
    "damage",
    [
        {"patches": None},
        {"patches": [None]},
        {"patches": [{"kind": "household"}]},
        {"id": "not a uuid", "patches": [{"id": 3}]},
        {"form": 7},
        {"patches": "x"},
        {"at": {}, "patches": 5},
    ],
    ids=str,
)
def test_unreadable_edit__refused_and_stored_and_others_unharmed(phone_of, damage):
    siti = phone_of("siti")
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"), **damage)
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    answer = siti.sync()
    assert verdicts(answer)[::2] == ["applied", "applied"]
    assert verdicts(answer)[1] in {"refused", "quarantined"}
    assert answer["applied_through"] == 3


def test_raw_edit__stored_and_refused_unreadable(phone_of):
    siti = phone_of("siti")
    siti.n += 1
    siti.ids[1] = new_id()
    answer = siti.send([{"n": 1, "id": siti.ids[1], "raw": b64encode(b"{broken").decode()}])
    assert verdicts(answer) == ["refused"]
    assert answer["verdicts"][0]["code"] == "unreadable"
    assert answer["applied_through"] == 1


def test_form_of_the_future__quarantined_with_ticket(phone_of):
    siti = phone_of("siti")
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"), form="2031.7")
    siti.save(siti.patch("household", new_id(), dasawisma=f"{DESA}/D001"))
    answer = siti.sync()
    assert verdicts(answer) == ["quarantined", "applied"]
    assert answer["verdicts"][0]["ticket"]


def test_revoked_dasawisma__gone_and_missing_from_scope(phone_of, door_of, world, clock):
    from sqlalchemy import update

    from models.account import RoleGrant
    from server.transaction import write

    siti = phone_of("siti")
    household, *_ = door_of(siti, "D002")
    kept, *_ = door_of(siti, "D001")
    siti.sync()
    clock.forward(minutes=1)
    with write() as session:
        session.execute(
            update(RoleGrant)
            .where(RoleGrant.person_id == world.person["siti"], RoleGrant.area_id == world.area[f"{DESA}/D002"])
            .values(ends_at=clock())
        )
    clock.forward(minutes=1)
    siti.save(siti.patch("household", household, alamat="sesudah dicabut"), at="2026-11-23T01:01:30.000Z")
    answer = siti.sync()
    assert verdicts(answer) == ["proposed"]
    assert {area["dasawisma"] for area in answer["scope"]} == {f"{DESA}/D001"}
    assert household in {one["id"] for one in answer["gone"] if one["why"] == "revoked"}
    assert kept in siti.records
    assert household not in siti.records
