"""The envelope seen from outside: statuses, strange numbers and ids, damage piece by piece, and no fault ever."""

import base64
import gzip
import hashlib
import json
import random

from tests.builders import DESA
from tests.contract.phone import Phone, new_id

OK = range(200, 500)
SEED, TURNS = 1, 200


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


def door(phone):
    return phone.patch("household", new_id(), dasawisma=f"{DESA}/D001")


def test_app_too_old__426_and_push_still_accepted(phone_of, app):
    siti = phone_of("siti")
    siti.sync()
    app.config["OLDEST_APP"] = "2.0.0"
    siti.save(door(siti))
    answer = siti.post(siti.body())
    assert answer.status_code == 426
    body = answer.json
    assert (verdicts(body), body["applied_through"], body["applied_id"]) == (["applied"], 1, siti.ids[1])
    assert (body["records"], body["gone"], body["scope"], body["cursor"]) == ([], [], [], siti.cursor)
    assert siti.post(siti.body([], app="2.0.0")).status_code == 200
    assert siti.post(siti.body([], app="10.0")).status_code == 200
    assert len(siti.post(siti.body([], app="2.0.1", prev=None)).json["records"]) == 1


def test_n__not_a_number__edit_refused_others_unharmed(phone_of):
    for n in (0, -1, 1.0, "1", True, None, 2**53 + 1, 10**30, [1], "x"):
        siti = phone_of("siti")
        for _ in range(3):
            siti.save(door(siti))
        siti.queue[1]["n"] = n
        answer = siti.send()
        assert verdicts(answer) == ["applied", "refused", "applied"], n
        assert answer["verdicts"][1]["code"] == "unreadable"
        assert answer["applied_through"] == 3
        siti.queue[0]["n"] = n
        assert siti.post(siti.body([siti.queue[0]], prev=None)).status_code == 200, n
    assert len(answer["records"]) == 20


def test_ids__upper_case_record_is_the_same__edit_ids_come_back_as_sent(phone_of):
    siti = phone_of("siti")
    household, name = new_id(), new_id().upper()
    siti.save(siti.patch("household", household.upper(), dasawisma=f"{DESA}/D001"), id=name)
    answer = siti.sync()
    assert (answer["applied_id"], answer["verdicts"][0]["id"]) == (name, name)
    siti.save(siti.patch("member", new_id(), household=household.upper(), family=None))
    assert verdicts(siti.sync()) == ["applied"]
    assert household in siti.records


def test_extra_keys__everywhere__passed_over(phone_of):
    siti = phone_of("siti")
    siti.save({**door(siti), "extra": {"a": [1]}, "merge": "x"}, extra=[1, 2], note={"x": None})
    answer = siti.send(extra={"deep": [{}]}, compress=True)
    assert verdicts(answer) == ["applied"]


def test_edits__empty_patches_200_of_them_and_settles_missing(phone_of):
    siti = phone_of("siti")
    for _ in range(199):
        del siti.save()["settles"]
    siti.save(door(siti))
    answer = siti.sync()
    assert set(verdicts(answer)) == {"applied"}
    assert answer["applied_through"] == 200
    assert len(siti.records) == 1


RUBBISH = [
    7,
    "",
    "kemarin",
    "2026-13-45",
    "9999-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00-14:00",
    {},
    [],
    True,
    1e300,
]


def test_times__rubbish_costs_nothing_but_the_time(phone_of):
    siti = phone_of("siti")
    for value in RUBBISH:
        siti.save(door(siti), at=value, visited_on=value)
        siti.save(door(siti), at=value)
    for value in ("1851-01-01", "2200-12-31", "2027-01-01"):
        household = new_id()
        siti.save(
            siti.patch("household", household, dasawisma=f"{DESA}/D001"),
            siti.patch("visit", new_id(), household=household, on=value, outcome="selesai", seen=2**53),
            siti.patch("event", new_id(), household=household, type="lahir", on=value),
            visited_on=value,
        )
    answer = siti.sync(clock={"now": "0001-01-01T00:00:00Z", "trust": "high"})
    assert set(verdicts(answer)) == {"applied"}
    for clock in (None, 7, {"now": 7, "trust": []}, {"now": "9999-12-31T23:59:59Z"}, "pagi"):
        siti.save(door(siti))
        assert verdicts(siti.sync(clock=clock)) == ["applied"]


def test_dates_at_the_edges__counting_goes_on(phone_of, door_of):
    siti, budi = phone_of("siti"), phone_of("budi")
    sections = siti.client.get("/api/form").json["kinds"]
    dates = {
        kind: [f["id"] for s in sections[kind]["sections"] for f in s["fields"] if f["type"] == "date"]
        for kind in ("member", "event")
    }
    for value in ("0001-01-01", "9999-12-31", "1850-01-01", "2200-12-31"):
        household, _, people = door_of(siti, members=2, outcome="selesai")
        for member in people:
            siti.save(siti.patch("member", member, base=0, **dict.fromkeys(dates["member"], value)))
        for kind in ("lahir", "hamil", "melahirkan", "nifas", "meninggal", "pindah"):
            answers = dict.fromkeys(dates["event"], value)
            siti.save(
                siti.patch("event", new_id(), household=household, member=people[0], type=kind, on=value, **answers)
            )
    answer = siti.sync()
    assert set(verdicts(answer)) <= {"applied", "merged", "held"}
    assert budi.client.get(f"/api/coverage/{DESA}").status_code == 200
    for book in ("4.16a", "4.16b", "4.16c", "4.17a"):
        assert budi.client.get(f"/api/recap/{book}/{DESA}").status_code in (200, 404)


def test_statuses__401_403_409_413_and_their_bodies(phone_of, app, world):
    siti = phone_of("siti")
    nobody = Phone(app.test_client())
    assert nobody.post(nobody.body()).status_code == 401
    foreign = siti.client.post("/api/sync", json=siti.body(), headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    for epoch in ("0" * 16, "", "\u0000", "\ud800", "x" * 9999, "B1C2D3E4F5A60718"):
        answer = siti.post(siti.body([], epoch=epoch))
        assert answer.status_code == 409, epoch
        assert set(answer.json["restored_at"]) == {f"{DESA}/D001", f"{DESA}/D002"}
    assert answer.headers["Cache-Control"] == "no-store"
    edge = json.dumps(siti.body()).encode()
    for body, headers, status in (
        (edge + b" " * (256 * 1024 - len(edge)), {}, 200),
        (edge + b" " * (256 * 1024 - len(edge) + 1), {}, 413),
        (gzip.compress(edge + b" " * (1024 * 1024 - len(edge))), {"Content-Encoding": "gzip"}, 200),
        (gzip.compress(edge + b" " * (1024 * 1024 - len(edge) + 1)), {"Content-Encoding": "gzip"}, 413),
        (gzip.compress(edge)[:-3], {"Content-Encoding": "gzip"}, 400),
        (edge, {"Content-Encoding": "br"}, 400),
    ):
        answer = siti.post(body, **headers)
        assert answer.status_code == status, (len(body), headers)
    assert answer.is_json


def test_content_digest__variants(phone_of):
    siti = phone_of("siti")
    body = json.dumps(siti.body()).encode()

    def of(name, data=body):
        return base64.b64encode(hashlib.new(name, data).digest()).decode()

    good = f"sha-256=:{of('sha256')}:"
    for value, status in (
        (good, 200),
        (f"sha-512=:{of('sha512')}:", 200),
        (f"sha-512=:{of('sha512')}:, {good}", 200),
        (f"{good}, sha-512=:{of('sha512', b'x')}:", 400),
        (f"md5=:AAAA:, {good}", 200),
        ("md5=:AAAA:", 200),
        ("sha-256=:AAAA:", 400),
        ("sha-256=::", 400),
        ("sha-256=:!!!:", 400),
        (f"sha-256={of('sha256')}", 400),
    ):
        assert siti.post(body, **{"Content-Digest": value}).status_code == status, value


def test_again__unknown_and_strange_names__passed_over(phone_of, door_of):
    siti = phone_of("siti")
    door_of(siti)
    siti.sync()
    answer = siti.send(again=["99.99", "", "\u0000", "\ud800", f"{DESA}/D003", f"{DESA}/D001"])
    assert [area["from_zero"] for area in answer["scope"]] == [True, False]
    assert siti.post(siti.body([], again=[7])).status_code in (200, 400)
    assert siti.post(siti.body([], again=None)).status_code == 200


def test_form__unknown_in_the_envelope__the_edits_own_counts(phone_of):
    siti = phone_of("siti")
    siti.save(door(siti))
    siti.save(door(siti), form=None)
    assert verdicts(siti.send(form="1999.0")) == ["applied", "quarantined"]
    assert verdicts(siti.send(form="1999.0")) == ["repeated", "repeated"]


def test_unknown_kind__quarantined_and_others_unharmed(phone_of):
    siti = phone_of("siti")
    siti.save(siti.patch("posyandu", new_id(), x=1))
    siti.save(siti.patch("x" * 90, new_id(), x=1))
    siti.save(door(siti), siti.patch("\ud800", new_id()))
    siti.save(door(siti))
    answer = siti.sync()
    assert verdicts(answer) == ["quarantined", "quarantined", "quarantined", "applied"]
    assert all(one["ticket"] for one in answer["verdicts"][:3])
    assert len(siti.records) == 1


def test_every_shape_in_every_structural_key__of_every_kind__never_a_fault(phone_of, door_of):
    siti = phone_of("siti")
    household, *_ = door_of(siti)
    siti.sync()
    hanging = {"household": household}
    needed = {
        "household": {"dasawisma": f"{DESA}/D001"},
        "family": hanging,
        "member": hanging,
        "event": hanging | {"type": "lahir", "on": "2026-11-01"},
        "visit": hanging | {"on": "2026-11-23", "outcome": "selesai"},
    }
    keys = "dasawisma position household family member type on outcome seen state state_reason merged_into".split()
    values = [7, -1, 2**53, 1.5, True, "", "x" * 60, "\u0000", [], ["x"], {}, {"row": 1}, {"lat": "1"}, new_id(), None]
    for kind, need in needed.items():
        for key in keys:
            siti.save(*[siti.patch(kind, new_id(), **need | {key: value}) for value in values])
            for value in values[::4]:
                siti.save(siti.patch(kind, new_id(), **need | {key: value}))
        answer = siti.sync()
        assert "quarantined" not in verdicts(answer), kind
        assert answer["applied_through"] == siti.n


def test_other_routes__strange_text__never_a_fault(phone_of, app):
    siti, nobody = phone_of("siti"), app.test_client()
    odd = ["\u0000", "\ud800", "x" * 5000, "'; --", "%00"]
    for value in odd:
        escaped = value.encode("utf-8", "surrogatepass")
        assert siti.client.get("/api/conflicts", query_string={"area": escaped}).status_code in OK, value
        for route, body in (
            ("challenge", {"device": value}),
            ("renew", {"device": value, "signature": value}),
            ("login", {"username": value, "password": value}),
            ("activate", {"code": value, "device": {"name": value, "key": {"kty": value}}}),
            ("activate", {"code": value, "device": {"name": value}}),
        ):
            answer = nobody.post(f"/api/session/{route}", json=body, headers={"X-Dawis": "1"})
            assert answer.status_code in OK, (route, value)
    for path in ("/api/coverage/%00", "/api/coverage/%FF", "/api/records/x/history", "/api/conflicts?area=%FF%00"):
        assert siti.client.get(path).status_code in OK, path
        assert phone_of("budi").client.get(path).status_code in OK, path


WORDS = ["", "\u0000", "\ud800", "x" * 600, "2026.1"]
STRANGE = [None, True, 0, -1, 2**63, 1.5, 1e308, [], {}, [[]], {"": {}}, *WORDS]
KEYS = ["raw", "sealed", "family", "member", "state", "x/y", "\u0000"]


def mutate(choose, value, depth=0):
    """One structural damage somewhere inside a JSON value."""
    if (depth and choose.random() < 0.25) or not isinstance(value, dict | list) or not value:
        return choose.choice(STRANGE)
    action, is_list = choose.random(), isinstance(value, list)
    key = choose.randrange(len(value)) if is_list else choose.choice(sorted(value))
    damaged = value.copy()
    if action < 0.1:
        del damaged[key]
    elif action < 0.2 and is_list:
        damaged.append(value[key])
    elif action < 0.2:
        damaged[choose.choice(KEYS)] = value[key]
    else:
        damaged[key] = mutate(choose, value[key], depth + 1)
    return damaged


def test_damaged_requests__never_a_fault__and_whoever_comes_after_is_served(phone_of, door_of):
    choose, siti, sri = random.Random(SEED), phone_of("siti"), phone_of("sri")
    household, family, (member,) = door_of(siti, "D002", outcome="selesai")
    siti.sync()
    faults = []
    for turn in range(TURNS):
        phone = Phone(siti.client)
        phone.cursor, phone.epoch = siti.cursor, siti.epoch
        rows = {"komoditi_pekarangan": {"add": [{"row": new_id(), "nama": "cabai"}], "remove": [new_id()]}}
        phone.save(
            {**phone.patch("household", household, base=3, f_satu=turn, position=None), "adjust": rows},
            phone.patch("family", family, base=turn, f_satu=[1, {"a": 1}]),
            phone.patch("member", member, base=4, state="active", household=household, f_dua="x"),
            phone.patch("event", new_id(), household=household, member=member, type="hamil", on="2026-11-01"),
            settles=["c-1-1"],
        )
        new = new_id()
        phone.save(
            phone.patch("household", new, dasawisma=f"{DESA}/D002", position={"lat": 1, "lon": 2, "accuracy_m": 3}),
            phone.patch("visit", new_id(), household=new, on="2026-11-23", outcome="tidak_berubah", seen=3),
        )
        body = phone.body()
        if turn % 3:
            for _ in range(choose.randint(1, 4)):
                body = mutate(choose, body)
            data = json.dumps(body).encode()
        else:
            data = bytearray(json.dumps(body).encode())
            for _ in range(choose.randint(1, 6)):
                data[choose.randrange(len(data))] = choose.randrange(256)
            data = bytes(data)
        answer = phone.post(data)
        if answer.status_code not in OK:
            faults.append((answer.status_code, data))
        elif answer.status_code == 200:
            named = [one for one in answer.json["verdicts"] if one["verdict"] == "quarantined" and one.get("code")]
            assert not named or {one["code"] for one in named} <= {"kind", "form", "sealed"}, (named, data)
    assert not faults
    for phone in (siti, sri):
        phone.sync()
    phone = Phone(sri.client)
    phone.sync()
    assert phone.records == sri.records
