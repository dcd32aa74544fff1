"""Doors, KK and people out of rows, and what a second import sends."""

# ruff: noqa: PT018 (one fact in two halves)

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from models.exchange.places import Place, PlaceBook
from models.exchange.plan import Draft, Plan, Planner, Prior
from models.exchange.resident import Resident
from models.exchange.rtm import RtmLine

DESA = "35.22.14.2011"
RT3 = Place("Krajan", "02", "003")
RT4 = Place("Krajan", "02", "004")


def ids() -> Iterator[str]:
    return (f"id-{number}" for number in count(1))


def person(row: int, kk: str | None = "KK1", *, head: bool = False, nik: str | None = None, **more: Any) -> Resident:
    answers = {"household": {"alamat": "Jl. Melati"}, "family": {"nomor": kk}, "member": {"nama": f"Orang {row}"}}
    settings: dict[str, Any] = {"name": f"Orang {row}", "place": RT3, "answers": answers} | more
    return Resident(row=row, kk=kk, nik=nik or f"N{row}", is_head=head, **settings)


def planned(
    rows: Iterable[Resident], priors: dict[tuple[str, str], Prior] | None = None, rtm: Iterable[RtmLine] = ()
) -> Plan:
    numbers = ids()
    return Planner(priors or {}, PlaceBook(DESA, []), lambda: next(numbers), rtm).plan(rows)


def remembered(plan: Plan) -> dict[tuple[str, str], Prior]:
    priors: dict[tuple[str, str], Prior] = {}
    for draft in (draft for door in plan.doors for draft in door.drafts):
        prior = Prior(draft.id, draft.values, 7)
        priors |= {(draft.kind, key): prior for key in (*draft.keys, f"id:{draft.id}")}
    return priors


def changed(plan: Plan) -> list[Draft]:
    return [draft for door in plan.doors for draft in door.drafts if draft.changes]


def again(rows: list[Resident], first: Plan, rtm: Iterable[RtmLine] = ()) -> Plan:
    numbers = (f"new-{number}" for number in count(1))
    return Planner(remembered(first), first.book, lambda: next(numbers), rtm).plan(rows)


def test_plan__without_rtm__each_kk_is_one_provisional_door() -> None:
    plan = planned([person(2, head=True), person(3), person(4, "KK2", head=True)])
    assert [(len(door.families), len(door.members), door.is_provisional) for door in plan.doors] == [
        (1, 2, True),
        (1, 1, True),
    ]
    door = plan.doors[0]
    assert door.household.changes == {"alamat": "Jl. Melati", "dasawisma": f"{DESA}/D001"}
    assert door.families[0].changes == {"nomor": "KK1", "household": door.household.id}
    assert door.members[1].changes == {"nama": "Orang 3", "household": door.household.id, "family": door.families[0].id}


def test_plan__with_rtm__two_kk_share_a_door() -> None:
    rtm = [
        RtmLine(2, "N2", "RT-1", is_head=True),
        RtmLine(3, "N4", "RT-1", is_head=False),
        RtmLine(4, "N9", "RT-7", is_head=True),
    ]
    plan = planned([person(2, head=True), person(3), person(4, "KK2", head=True), person(5, "KK3", head=True)], rtm=rtm)
    assert [(len(door.families), len(door.members), door.is_provisional) for door in plan.doors] == [
        (2, 3, False),
        (1, 1, True),
    ]
    assert [remark.code for remark in plan.remarks] == ["rtm_tanpa_warga"]


def test_plan__same_file_again__sends_nothing() -> None:
    rows = [person(2, head=True), person(3), person(4, "KK2", head=True)]
    assert changed(again(rows, planned(rows))) == []


def test_plan__one_cell_differs__sends_that_cell_with_the_imports_base() -> None:
    rows = [person(2, head=True), person(3)]
    first = planned(rows)
    rows[1] = person(3, answers={"member": {"nama": "Orang tiga"}})
    [draft] = changed(again(rows, first))
    assert (draft.kind, draft.changes, draft.base) == ("member", {"nama": "Orang tiga"}, 7)


def test_plan__fewer_columns__leave_the_rest_alone() -> None:
    rows = [person(2, head=True)]
    first = planned(rows)
    bare = [person(2, None, place=None, answers={"member": {}})]
    second = again(bare, first)
    assert changed(second) == []
    assert second.doors[0].members[0].values["nama"] == "Orang 2"


def test_plan__emptied_cell__is_cleared() -> None:
    rows = [person(2, head=True)]
    first = planned(rows)
    [draft] = changed(again([person(2, head=True, answers={"member": {"nama": None}})], first))
    assert draft.changes == {"nama": None}


def test_plan__person_moves_to_another_kk__keeps_his_record() -> None:
    rows = [person(2, head=True), person(3), person(4, "KK2", head=True)]
    first = planned(rows)
    second = again([rows[0], person(3, "KK2"), rows[2]], first)
    [draft] = changed(second)
    assert draft.id == first.doors[0].members[1].id
    assert draft.changes == {"household": first.doors[1].household.id, "family": first.doors[1].families[0].id}


def test_plan__rtm_comes_later__head_keeps_the_door_and_the_other_kk_moves_in() -> None:
    rows = [person(2, head=True), person(4, "KK2", head=True)]
    first = planned(rows)
    rtm = [RtmLine(2, "N2", "R1", is_head=True), RtmLine(3, "N4", "R1", is_head=False)]
    second = again(rows, first, rtm)
    assert [draft.kind for draft in changed(second)] == ["family", "member"]
    assert len(second.doors) == 1
    assert second.doors[0].household.id == first.doors[0].household.id


def test_plan__no_kk_and_no_rtm__is_rejected() -> None:
    plan = planned([person(2, None), person(3)])
    assert [(one.row, one.column, one.text) for one in plan.rejections] == [
        (2, "kk", "nomor KK kosong; tanpa nomor KK atau rumah tangga (RTM) warga tidak dapat ditempatkan")
    ]
    assert len(plan.doors) == 1


def test_plan__column_dasawisma__places_the_door_and_stays_when_the_column_is_gone() -> None:
    first = planned([person(2, head=True, dasawisma="Melati 3")])
    assert [area.name for area in first.book.new if area.level == "dasawisma"] == ["Melati 3"]
    assert changed(again([person(2, head=True)], first)) == []


def test_plan__rt_changes_for_an_unshared_door__moves_between_placeholders() -> None:
    first = planned([person(2, head=True)])
    [draft] = changed(again([person(2, head=True, place=RT4)], first))
    assert draft.changes == {"dasawisma": f"{DESA}/D002"}


def test_plan__unknown_dasawisma_code__rejects_the_rows_of_that_door() -> None:
    plan = planned([person(2, head=True, dasawisma="D099"), person(3), person(4, "KK2", head=True)])
    assert [(one.row, one.column) for one in plan.rejections] == [(2, "dasawisma"), (3, "dasawisma")]
    assert len(plan.doors) == 1


def test_plan__person_a_kader_registered__only_fills_what_is_missing() -> None:
    door, family = Prior("h", {"dasawisma": "x"}, 3, is_adopted=True), Prior("f", {}, 3, is_adopted=True)
    mine = Prior("m", {"nama": "Siti", "household": "h", "family": "f"}, 3, is_adopted=True)
    priors = {
        ("household", "id:h"): door,
        ("family", "id:f"): family,
        ("member", "nik:N2"): mine,
        ("member", "id:m"): mine,
    }
    rows = [person(2, head=True, answers={"member": {"nama": "SITI", "agama": "islam"}}), person(3)]
    plan = planned(rows, priors)
    assert plan.doors[0].household.id == "h" and plan.doors[0].families[0].id == "f"
    assert plan.doors[0].members[0].changes == {"agama": "islam"}
    assert plan.doors[0].members[1].is_new
    assert [remark.code for remark in plan.remarks] == ["sudah_ada"]


def test_plan__undone_import__comes_back_under_the_same_ids() -> None:
    rows = [person(2, head=True)]
    first = planned(rows)
    undone = {key: Prior(prior.id, prior.values, 9, is_undone=True) for key, prior in remembered(first).items()}
    second = Planner(undone, first.book, lambda: "new", ()).plan(rows)
    drafts = changed(second)
    assert [draft.id for draft in drafts] == [draft.id for draft in changed(first)]
    assert all(draft.changes["state"] == "active" and draft.base == 9 for draft in drafts)


def test_plan__person_without_nik_gets_one__keeps_his_record() -> None:
    first = planned([Resident(row=2, name="Bayi", kk="KK1", place=RT3, answers={"member": {"nik": None}})])
    second = again(
        [Resident(row=2, name="Bayi", nik="N1", kk="KK1", place=RT3, answers={"member": {"nik": "N1"}})], first
    )
    [draft] = changed(second)
    assert draft.id == first.doors[0].members[0].id and draft.changes == {"nik": "N1"}


def test_plan__kk_gets_a_new_number__keeps_door_family_and_people() -> None:
    rows = [person(2, head=True), person(3)]
    first = planned(rows)
    second = again([person(2, "KK9", head=True), person(3, "KK9")], first)
    [draft] = changed(second)
    assert (draft.id, draft.changes) == (first.doors[0].families[0].id, {"nomor": "KK9"})
    assert len(second.doors) == 1


def test_plan__child_gets_a_kk_of_her_own__is_a_new_family_behind_the_same_door() -> None:
    rows = [person(2, head=True), person(3), person(4)]
    first = planned(rows)
    second = again([*rows[:2], person(4, "KK9", head=True)], first)
    family, member = changed(second)
    assert family.is_new and family.changes["household"] == first.doors[0].household.id
    assert (member.id, member.changes) == (first.doors[0].members[2].id, {"family": family.id})


def test_plan__only_the_child_is_in_the_file__the_old_kk_keeps_its_number() -> None:
    rows = [person(2, head=True), person(3), person(4)]
    first = planned(rows)
    numbers = (f"new-{number}" for number in count(1))
    planner = Planner(remembered(first), first.book, lambda: next(numbers), people_of=lambda _family: 3)
    assert [draft.kind for draft in changed(planner.plan([person(4, "KK9", head=True)])) if draft.is_new] == ["family"]


def test_plan__record_the_desa_deleted__is_left_alone_and_told() -> None:
    rows = [person(2, head=True), person(3)]
    first = planned(rows)
    priors = remembered(first)
    gone = first.doors[0].members[1].id
    priors = {key: Prior(one.id, one.values, 9, is_gone=one.id == gone) for key, one in priors.items()}
    plan = Planner(priors, first.book, lambda: "new").plan([rows[0], person(3, answers={"member": {"nama": "Lain"}})])
    assert changed(plan) == []
    assert [remark.code for remark in plan.remarks] == ["sudah_dihapus"]


def test_plan__door_the_desa_deleted__takes_nobody_new() -> None:
    rows = [person(2, head=True)]
    first = planned(rows)
    door = first.doors[0].household.id
    priors = {key: Prior(one.id, one.values, 9, is_gone=one.id == door) for key, one in remembered(first).items()}
    plan = Planner(priors, first.book, lambda: "new").plan([*rows, person(3)])
    assert [(one.row, one.code) for one in plan.rejections] == [(3, "rumah_dihapus")]
