"""Coverage of areas: sums, targets, exclusions, references, and what cannot be counted."""

from datetime import UTC, date, datetime

import pytest

from models.aggregates.coverage import coverage_of
from models.aggregates.recount import differences
from models.aggregates.refresh import refresh, stale_desa
from models.aggregates.tables import TargetLine
from models.register import Door, ReferenceTotal, RegisterState, mark_dirty
from models.territory import Area
from server.transaction import write
from tests.builders import DESA, FAR, NEIGHBOUR
from tests.models.aggregates.doors import FORM, NAME, House, store

TODAY = date(2026, 11, 23)
MOMENT = datetime(2026, 11, 20, 3, tzinfo=UTC)


def house(place="D001", *, people=1, visit="selesai", lacking=False):
    made = House(dasawisma=f"{DESA}/{place}")
    for number in range(people):
        made.member(kin="kepala_keluarga" if number == 0 else "anak")
    made.fill()
    if lacking:
        del next(iter(made.members.values()))[NAME]
    return made.visit(visit) if visit else made


@pytest.fixture
def register(app, keyring, world):
    """Seven doors in three dasa wisma; the register of the desa is approved."""
    houses = [house(people=2), house(lacking=True), house(visit=None), house("D002", visit="menolak"),
              house("D002", visit="kosong"), house("D003"), house("D003", visit="sebagian")]  # fmt: skip
    with write() as session:
        for number, one in enumerate(houses):
            store(session, keyring, world, one, seq=10 * (number + 1))
        session.add(RegisterState(desa=world.area[DESA], state="approved", approved_at=MOMENT, approved_by=1))
    return houses


@pytest.fixture
def cover(app, keyring, world):
    """``cover(code, today)`` -> coverage after counting what is dirty."""

    def ask(code, today=TODAY, **more):
        with write() as session:
            for desa in stale_desa(session, FORM, today):
                refresh(session, keyring, FORM, desa, today)
        with write() as session:
            return coverage_of(session, session.get_one(Area, world.area[code]), today, **more)

    return ask


def counts(node):
    """Every count of a node, flat."""
    flat = {"open_conflicts": node["open_conflicts"]}
    for unit in ("doors", "families", "members"):
        for key, value in node[unit].items():
            if not key.startswith("percent"):
                flat |= (
                    {f"{unit}.{key}.{name}": n for name, n in value.items()}
                    if isinstance(value, dict)
                    else {f"{unit}.{key}": value}
                )
    return flat


def check(node):
    """What must always hold."""
    doors = node["doors"]
    assert sum(doors["outcomes"].values()) == doors["expected"]
    for unit in ("doors", "families", "members"):
        block = node[unit]
        assert block["fresh"] <= block["complete"] <= block["known"] <= block["expected"]
    if node["children"]:
        whole = counts(node)
        assert {key: sum(counts(child)[key] for child in node["children"]) for key in whole} == whole
    for child in node["children"]:
        check(child)


def test_coverage__desa__sums_and_sets(register, cover):
    found = cover(DESA)
    check(found)
    doors = found["doors"]
    assert (doors["listed"], doors["expected"], doors["known"], doors["complete"], doors["fresh"]) == (7, 7, 4, 3, 2)
    assert (doors["percent"], found["basis"], found["missing"]) == (42, "register", 0)
    assert doors["outcomes"] | {"belum": 1, "selesai": 3, "sebagian": 1, "menolak": 1, "kosong": 1} == doors["outcomes"]
    assert (found["members"]["listed"], found["members"]["complete"]) == (8, 4)
    assert found["register"]["state"] == "approved"


@pytest.mark.parametrize(
    "code", ["35.22", "35.22.14", f"{DESA}/DS01", f"{DESA}/RW01", f"{DESA}/RW01-RT001", f"{DESA}/D001"]
)
def test_coverage__every_level__children_sum(register, cover, code):
    check(cover(code))


def test_coverage__desa_without_register__not_a_percentage_of_the_whole(register, cover):
    kecamatan = cover("35.22.14")
    assert (kecamatan["basis"], kecamatan["missing"], kecamatan["doors"]["percent"]) == ("none", 1, None)
    assert cover("35.22")["missing"] == 2


def test_coverage__reference__stands_in_for_a_register(register, cover, world):
    with write() as session:
        session.add(
            ReferenceTotal(
                desa=world.area[NEIGHBOUR], on=date(2026, 6, 30), families=100, people=310, source="Dukcapil"
            )
        )
        session.add(
            ReferenceTotal(desa=world.area[FAR], on=date(2026, 6, 30), families=50, people=None, source="Dukcapil")
        )
    found = cover(NEIGHBOUR)
    check(found)
    assert (found["basis"], found["doors"]["expected"], found["doors"]["percent"]) == ("reference", 100, 0)
    assert [(child["area"], child["doors"]["expected"]) for child in found["children"]] == [
        (f"{NEIGHBOUR}/DS01", 0),
        (None, 100),
    ]
    whole = cover("35.22")
    check(whole)
    assert (whole["basis"], whole["missing"], whole["doors"]["expected"], whole["doors"]["percent"]) == (
        "reference",
        0,
        157,
        1,
    )


def test_coverage__register_against_reference__ratio_always_shown(register, cover, world):
    with write() as session:
        session.add(
            ReferenceTotal(desa=world.area[DESA], on=date(2026, 6, 30), families=10, people=8, source="Dukcapil")
        )
    shown = cover(DESA)["reference"]
    assert (shown["percent_families"], shown["percent_people"], shown["is_low"]) == (70, 100, True)


def target(world, place, doors, **more):
    given = {"approved_at": MOMENT, "state": "approved", "proposed_at": MOMENT} | more
    return TargetLine(dasawisma=world.area[f"{DESA}/{place}"], desa=world.area[DESA], doors=doors, **given)


def test_coverage__target__list_wins_below_it_and_the_difference_shows_above(register, cover, world):
    with write() as session:
        session.add_all(
            [target(world, "D001", 2), target(world, "D002", 5), target(world, "D003", 9, approved_at=None)]
        )
    doors = cover(DESA)["doors"]
    assert (doors["target"], doors["expected"], doors["unlisted"], doors["outcomes"]["belum"]) == (
        2 + 5 + 2,
        3 + 5 + 2,
        3,
        4,
    )
    check(cover(DESA))


def exclude(session, household, reason="kosong", until=None):
    door = session.get_one(Door, household)
    door.excluded_reason, door.excluded_at, door.excluded_until = reason, MOMENT, until
    mark_dirty(session, [household])


def test_coverage__exclusion__leaves_expected_and_lapses(register, cover):
    with write() as session:
        exclude(session, register[4].id, until=date(2026, 12, 31))
        exclude(session, register[0].id, "ganda")
    doors = cover(DESA)["doors"]
    check(cover(DESA))
    assert (doors["listed"], doors["expected"], doors["complete"]) == (7, 5, 2)
    assert doors["excluded"] == {"kosong": 1, "dibongkar": 0, "bukan_rumah_tinggal": 0, "ganda": 1}
    assert cover(DESA, date(2026, 12, 31))["doors"]["expected"] == 5
    assert cover(DESA, date(2027, 1, 1))["doors"]["expected"] == 6


def test_coverage__freshness__ends_by_itself(register, cover):
    assert cover(DESA)["doors"]["fresh"] == 2
    assert cover(DESA, date(2027, 5, 20))["doors"]["fresh"] == 2
    assert (
        cover(DESA, date(2027, 5, 21))["doors"] | {"fresh": 0, "complete": 3} == cover(DESA, date(2027, 5, 21))["doors"]
    )


def test_coverage__public__no_demonstration_and_few_refusals_hidden(register, cover, world):
    public = cover("35.22", is_public=True)
    check(public)
    assert (
        public["doors"]["outcomes"]["menolak"],
        public["doors"]["outcomes"]["belum"],
        public["doors"]["listed"],
    ) == (0, 2, 7)
    with write() as session:
        for area in session.query(Area).where(Area.desa_id == world.area[DESA]):
            area.is_demo = True
    assert cover("35.22", is_public=True)["doors"]["listed"] == 0
    assert cover("35.22")["doors"]["listed"] == 7


def test_refresh__counted_rows__equal_a_recount(register, cover, keyring, world):
    cover(DESA)
    with write() as session:
        assert list(differences(session, keyring, FORM, world.area[DESA], TODAY)) == []
        session.get_one(Door, register[5].id).dasawisma = world.area[f"{DESA}/D001"]
    assert cover(f"{DESA}/D003")["doors"]["listed"] == 2, "not marked"
    with write() as session:
        assert {one.desa for one in differences(session, keyring, FORM, world.area[DESA], TODAY)} == {world.area[DESA]}
        mark_dirty(session, [register[5].id])
    assert cover(f"{DESA}/D003")["doors"]["listed"] == 1
    with write() as session:
        assert list(differences(session, keyring, FORM, world.area[DESA], TODAY)) == []
