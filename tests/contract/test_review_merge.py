"""Merging seen from outside: who wins, who is told, what settles, and what own late work may not overwrite."""

import pytest

from tests.builders import DESA
from tests.contract.phone import Phone, new_id


def verdicts(answer):
    return [one["verdict"] for one in answer["verdicts"]]


def fields_of(client, kind, **wanted):
    """Field ids of a kind in the public form, by type and merge policy."""
    sections = client.get("/api/form").json["kinds"][kind]["sections"]
    found = [field for section in sections for field in section["fields"]]
    return [field["id"] for field in found if all(field.get(key) == value for key, value in wanted.items())]


def conflicts(phone, area=DESA):
    return phone.client.get("/api/conflicts", query_string={"area": area}).json


@pytest.fixture
def pair(phone_of, door_of):
    """Two kader of one dasa wisma who both hold the same door: (siti, sri, household, member)."""
    siti, sri = phone_of("siti"), phone_of("sri")
    household, _, (member,) = door_of(siti, "D002")
    siti.sync()
    sri.sync()
    return siti, sri, household, member


def trust(now="2026-11-23T01:00:00.000Z", level="high"):
    return {"clock": {"now": now, "trust": level}}


TIES = [
    (("2026-11-20", "05:00"), ("2026-11-22", "01:00"), "visited_on", True),
    (("2026-11-22", "01:00"), ("2026-11-20", "05:00"), "visited_on", False),
    (("2026-11-22", "01:00"), ("2026-11-22", "01:11"), "clock", True),
    (("2026-11-22", "01:11"), ("2026-11-22", "01:00"), "clock", False),
    (("2026-11-22", "01:00"), ("2026-11-22", "01:10"), "stands", False),
]


@pytest.mark.parametrize("level", ["high", "low"])
def test_observed__ties_one_after_another(pair, level):
    siti, sri, household, _ = pair
    expected = [(rule, wins) if rule != "clock" or level == "high" else ("stands", False) for *_, rule, wins in TIES]
    base = sri.base(household)
    for index, times in enumerate(TIES):
        for phone, (day, hour), word in ((siti, times[0], "Satu"), (sri, times[1], "Dua")):
            patch = phone.patch("household", household, base=base, **{f"f_{index}": word})
            phone.save(patch, visited_on=day, at=f"2026-11-22T{hour}:00.000Z")
    siti.sync(**trust())
    answer = sri.sync(**trust(level=level))
    assert verdicts(answer) == ["applied" if wins else "merged" for _, wins in expected]
    lines = {line["field"]: line for line in conflicts(siti)}
    for index, (rule, wins) in enumerate(expected):
        line, kept, lost = lines[f"f_{index}"], *(("Dua", "Satu") if wins else ("Satu", "Dua"))
        assert (line["rule"], line["state"]) == (rule, "open" if rule == "stands" else "auto")
        assert (line["base"], line["kept"], line["lost"]) == (None, kept, lost)
        assert sri.records[household]["fields"][f"f_{index}"] == kept
    siti.sync()
    assert [one["type"] for one in siti.inbox] == [one["type"] for one in sri.inbox] == ["conflict"] * len(TIES)


def test_observed__clocks_are_compared_corrected(pair):
    siti, sri, household, _ = pair
    siti.save(siti.patch("household", household, f_satu="Satu"), at="2026-11-22T02:00:00Z")
    sri.save(sri.patch("household", household, f_satu="Dua"), at="2020-01-01T02:00:00Z")
    siti.sync(**trust())
    sri.sync(**trust(now="2020-01-01T03:00:00Z"))
    assert sri.records[household]["fields"]["f_satu"] == "Dua"


def test_observed__kader_beats_office__office_field_the_other_way_round(pair, phone_of):
    siti, _, household, member = pair
    budi = phone_of("budi")
    budi.sync()
    nik = fields_of(siti.client, "member", type="nik")[0]
    one, two = "3522146103850001", "3522146103850002"
    budi.save(budi.patch("household", household, f_satu="kantor"), budi.patch("member", member, **{nik: one}))
    siti.save(siti.patch("household", household, f_satu="kader"), siti.patch("member", member, **{nik: two}))
    assert verdicts(budi.sync()) == ["applied"]
    answer = siti.sync()
    assert verdicts(answer) == ["merged"]
    assert [lost["field"] for lost in answer["verdicts"][0]["lost"]] == [nik]
    assert siti.records[household]["fields"]["f_satu"] == "kader"
    assert siti.records[member]["fields"][nik] == one
    lines = {line["field"]: line for line in conflicts(siti)}
    assert (lines["f_satu"]["rule"], lines["f_satu"]["state"]) == ("responsible", "auto")
    assert (lines[nik]["state"], lines[nik]["kept"], lines[nik]["lost"]) == ("open", one, two)


def test_office_field__phone_first_then_office__office_wins_and_is_asked(pair, phone_of):
    siti, _, _, member = pair
    budi = phone_of("budi")
    budi.sync()
    nik = fields_of(siti.client, "member", type="nik")[0]
    siti.save(siti.patch("member", member, **{nik: "3522146103850002"}))
    budi.save(budi.patch("member", member, **{nik: "3522146103850001"}))
    siti.sync()
    budi.sync()
    assert budi.records[member]["fields"][nik] == "3522146103850001"
    assert [line["state"] for line in conflicts(budi)] == ["open"]


def test_sticky__died_stays_and_is_asked__uncontended_undo_goes_in(pair):
    siti, sri, _, member = pair
    siti.save(siti.patch("member", member, state="died"))
    sri.save(sri.patch("member", member, state="active", state_reason="salah orang"))
    siti.sync()
    answer = sri.sync()
    assert sri.records[member]["state"] == "died"
    assert verdicts(answer) in (["merged"], ["applied"])


def test_settled_value__stands_against_a_stale_challenger__who_is_open(pair, phone_of):
    siti, sri, household, _ = pair
    budi = phone_of("budi")
    siti.save(siti.patch("household", household, f_satu="Satu"))
    sri.save(sri.patch("household", household, f_satu="Dua"))
    siti.sync()
    sri.sync()
    budi.sync()
    (line,) = conflicts(budi)
    budi.save(budi.patch("household", household, f_satu="Dua"), settles=[line["id"]])
    assert verdicts(budi.sync()) == ["applied"]
    assert [(one["id"], one["state"]) for one in conflicts(budi)] == [(line["id"], "settled")]
    siti.save(siti.patch("household", household, f_satu="Tiga"), visited_on="2026-11-23")
    answer = siti.sync()
    assert verdicts(answer) == ["merged"]
    assert answer["verdicts"][0]["lost"][0]["kept"] == "Dua"
    assert [one["state"] for one in conflicts(budi)] == ["settled", "open"]
    siti.sync()
    assert "settled" in [one["type"] for one in siti.inbox]
    sri.sync()
    assert "settled" in [one["type"] for one in sri.inbox]


def test_settled_for_what_stands__a_phone_that_has_not_seen_it__is_open(pair, phone_of):
    siti, sri, household, _ = pair
    budi = phone_of("budi")
    siti.save(siti.patch("household", household, f_satu="Satu"))
    sri.save(sri.patch("household", household, f_satu="Dua"))
    siti.sync()
    sri.sync()
    budi.sync()
    (line,) = conflicts(budi)
    budi.save(budi.patch("household", household, f_satu="Satu"), settles=[line["id"]])
    assert verdicts(budi.sync()) == ["applied"]
    sri.save(sri.patch("household", household, f_satu="Dua"))
    assert verdicts(sri.sync()) == ["merged"]
    assert sri.records[household]["fields"]["f_satu"] == "Satu"
    assert [one["state"] for one in conflicts(budi)] == ["settled", "open"]


def test_settles_only__no_patches__applied_and_settled(pair, phone_of):
    siti, sri, household, _ = pair
    budi = phone_of("budi")
    siti.save(siti.patch("household", household, f_satu="Satu"))
    sri.save(sri.patch("household", household, f_satu="Dua"))
    siti.sync()
    sri.sync()
    (line,) = conflicts(siti)
    budi.save(settles=[line["id"], "c-unknown", "x" * 300, "\u0000"])
    answer = budi.sync()
    assert verdicts(answer) == ["applied"]
    assert conflicts(siti)[0]["state"] == "settled"
    budi.sync()
    siti.sync()
    assert budi.records[household] == siti.records[household]


def test_settles__by_a_kader_of_elsewhere__does_nothing(pair, phone_of):
    siti, sri, household, _ = pair
    siti.save(siti.patch("household", household, f_satu="Satu"))
    sri.save(sri.patch("household", household, f_satu="Dua"))
    siti.sync()
    sri.sync()
    (line,) = conflicts(siti)
    tutik = phone_of("tutik")
    tutik.save(settles=[line["id"]])
    tutik.sync()
    assert conflicts(siti)[0]["state"] == "open"


def test_base_above_the_sequence__counts_as_zero(pair):
    siti, sri, household, _ = pair
    siti.save(siti.patch("household", household, f_satu="Satu"))
    siti.sync()
    sri.save(sri.patch("household", household, base=10**9, f_satu="Dua", f_dua="baru"))
    assert verdicts(sri.sync()) == ["merged"]
    fields = sri.records[household]["fields"]
    assert (fields["f_satu"], fields["f_dua"]) == ("Satu", "baru")


def test_rows__same_row_from_two_phones__contends_other_rows_do_not(pair):
    siti, sri, household, _ = pair
    rows = fields_of(siti.client, "household", type="rows")[0]
    form = siti.client.get("/api/form").json["kinds"]["household"]["sections"]
    field = next(one for section in form for one in section["fields"] if one["id"] == rows)
    column = (field.get("fields") or field.get("columns"))[0]
    value = {"text": ["a", "b"], "integer": [1, 2], "number": [1, 2], "date": ["2026-01-01", "2026-01-02"]}.get(
        column["type"]
    ) or [choice["value"] for choice in column["choices"][:2]]
    shared, mine, hers = new_id(), new_id(), new_id()

    def adjust(phone, add, remove=()):
        phone.save({**phone.patch("household", household), "adjust": {rows: {"add": add, "remove": list(remove)}}})

    def row(name, index):
        return {"row": name, column["id"]: value[index]}

    adjust(siti, [row(shared, 0), row(mine, 0)])
    adjust(sri, [row(shared, 1), row(hers, 0)])
    assert verdicts(siti.sync()) == ["applied"]
    answer = sri.sync()
    assert verdicts(answer) == ["merged"]
    assert [lost["field"].split("/")[0] for lost in answer["verdicts"][0]["lost"]] == [rows]
    kept = {item["row"]: item[column["id"]] for item in sri.records[household]["fields"][rows]}
    assert kept == {shared: value[0], mine: value[0], hers: value[0]}
    assert [line["field"] for line in conflicts(siti)] == [rows]
    siti.sync()
    adjust(siti, [], [hers, mine])
    assert verdicts(siti.sync()) == ["applied"]
    assert [item["row"] for item in siti.records[household]["fields"][rows]] == [shared]
    adjust(sri, [row(new_id(), 0)])
    siti.save(siti.patch("household", household, **{rows: [row(new_id(), 1)]}))
    sri.sync()
    siti.sync()
    assert len(siti.records[household]["fields"][rows]) == 3


def test_set_list_after_creation__is_read_as_add(pair):
    siti, _, household, _ = pair
    field = fields_of(siti.client, "household", type="choices")[0]
    sections = siti.client.get("/api/form").json["kinds"]["household"]["sections"]
    a, b = [
        choice["value"]
        for section in sections
        for one in section["fields"]
        if one["id"] == field
        for choice in one["choices"]
    ][:2]
    siti.save(siti.patch("household", household, **{field: [a]}))
    siti.sync()
    siti.save(siti.patch("household", household, **{field: [b]}))
    siti.sync()
    assert sorted(siti.records[household]["fields"][field]) == sorted([a, b])
    siti.save(siti.patch("household", household, **{field: None}))
    siti.sync()
    assert not siti.records[household]["fields"].get(field)


def test_own_later_work__never_overwritten_by_what_was_held(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    door, _, (member,) = door_of(siti, "D002")
    siti.sync()
    unborn = new_id()
    siti.save(
        siti.patch("member", member, f_satu="lama", f_dua="hanya di sini"),
        siti.patch("member", new_id(), household=unborn),
    )
    siti.save(siti.patch("member", member, f_satu="baru"))
    assert verdicts(siti.sync()) == ["held", "applied"]
    sri.save(sri.patch("household", unborn, dasawisma=f"{DESA}/D002"))
    sri.sync()
    siti.sync()
    fields = siti.records[member]["fields"]
    assert (fields["f_satu"], fields["f_dua"]) == ("baru", "hanya di sini")
    assert conflicts(siti) == []
    lines = siti.client.get(f"/api/records/{member}/history").json
    late = next(line for line in lines if line["n"] == 2)
    assert late["set"]["f_satu"] == "lama"
    assert "f_satu" in late["kept"]
    assert door in siti.records


def test_held_chain__released_in_order_of_arrival(phone_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    door, member = new_id(), new_id()
    sri.save(sri.patch("member", member, base=0, f_satu="pertama"))
    sri.sync()
    siti.save(siti.patch("member", member, household=door, f_satu="lahir"))
    siti.sync()
    sri.save(sri.patch("member", member, base=0, f_satu="kedua"), visited_on="2026-11-01")
    assert verdicts(sri.sync()) == ["held"]
    siti.save(siti.patch("household", door, dasawisma=f"{DESA}/D002"))
    siti.sync()
    sri.sync()
    assert {door, member} <= sri.records.keys()
    lines = [line for line in siti.client.get(f"/api/records/{member}/history").json if line["seq"] is not None]
    assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)
    assert [one["type"] for one in sri.inbox].count("held") == 2


def test_continues__transitively_own_work_and_no_conflict(phone_of, door_of):
    siti, sri = phone_of("siti"), phone_of("sri")
    household, *_ = door_of(siti, "D002")
    siti.sync()
    base = siti.base(household)
    siti.save(siti.patch("household", household, f_satu="satu"))
    siti.sync()
    second = Phone(siti.client)
    second.continues = {"outbox": siti.outbox, "through": 2}
    second.save(second.patch("household", household, base=base, f_satu="dua"))
    assert verdicts(second.sync()) == ["applied"]
    third = Phone(siti.client)
    third.continues = {"outbox": second.outbox, "through": 1}
    third.save(third.patch("household", household, base=base, f_satu="tiga"))
    assert verdicts(third.sync()) == ["applied"]
    assert third.records[household]["fields"]["f_satu"] == "tiga"
    siti.save(siti.patch("household", household, base=base, f_satu="klon"))
    assert verdicts(siti.sync()) == ["merged"]
    assert third.records[household]["fields"]["f_satu"] == "tiga"
    stranger = Phone(sri.client)
    stranger.continues = {"outbox": third.outbox, "through": 99}
    stranger.save(stranger.patch("household", household, base=base, f_satu="orang lain"))
    assert verdicts(stranger.sync()) == ["merged"]


def test_repeated_from_another_person__tells_no_values(pair):
    siti, sri, household, _ = pair
    siti.save(siti.patch("household", household, f_satu="rahasia"))
    sri.save(sri.patch("household", household, f_satu="lain"))
    siti.sync()
    sri.sync()
    name = sri.ids[1]
    siti.save(siti.patch("household", household, f_satu="tebak"), id=name)
    answer = siti.sync()
    assert verdicts(answer) == ["repeated"]
    assert "lost" not in answer["verdicts"][0]["was"]
    assert answer["applied_through"] == 3


def test_patches_of_one_edit__child_first_twice_and_of_two_kinds(phone_of):
    siti = phone_of("siti")
    door, member = new_id(), new_id()
    siti.save(
        siti.patch("member", member, household=door, f_satu="a"),
        siti.patch("household", door, dasawisma=f"{DESA}/D001"),
        siti.patch("member", member, f_satu="b", f_dua="c"),
    )
    assert verdicts(siti.sync()) == ["applied"]
    fields = siti.records[member]["fields"]
    assert (fields["f_satu"], fields["f_dua"]) == ("b", "c")
    odd = new_id()
    siti.save(
        siti.patch("household", odd, dasawisma=f"{DESA}/D001"), siti.patch("member", odd, household=door, x="hilang?")
    )
    answer = siti.sync()
    assert verdicts(answer) == ["refused"]
    assert answer["verdicts"][0]["code"]


def test_merged_away__patch_goes_to_the_survivor_and_references_too(phone_of, door_of):
    siti, budi = phone_of("siti"), phone_of("budi")
    one, _family, (_member,) = door_of(siti, "D002")
    two, *_ = door_of(siti, "D002")
    siti.sync()
    budi.sync()
    budi.save(budi.patch("household", two, state="merged", merged_into=one))
    assert verdicts(budi.sync()) == ["applied"]
    newborn = new_id()
    siti.save(siti.patch("household", two, f_satu="untuk yang tersisa"), siti.patch("member", newborn, household=two))
    assert verdicts(siti.sync())[0] in {"applied", "merged"}
    assert siti.records[one]["fields"]["f_satu"] == "untuk yang tersisa"
    assert siti.records[newborn]["fields"]["household"] == one
    assert two not in siti.records
    assert {r["fields"]["household"] for r in siti.records.values() if r["kind"] in {"member", "family"}} == {one}
    siti.save(siti.patch("household", one, state="merged", merged_into=two))
    assert verdicts(siti.sync()) == ["proposed"]
