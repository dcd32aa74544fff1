from models.database import db
from models.territory import area_by_code, children_of, dasawisma_within
from tests.builders import DESA, FAR, NEIGHBOUR


def test_area__within_follows_the_tree(world):
    session = db.session()
    desa, dasawisma = area_by_code(session, DESA), area_by_code(session, f"{DESA}/D001")
    assert dasawisma.is_within(desa)
    assert dasawisma.is_within(area_by_code(session, "35.22"))
    assert not dasawisma.is_within(area_by_code(session, NEIGHBOUR))
    assert not desa.is_within(dasawisma)
    assert desa.is_within(desa)
    assert dasawisma.desa_id == desa.id == desa.desa_id


def test_dasawisma_within__every_level_finds_its_own(world):
    session = db.session()
    assert [area.code for area in dasawisma_within(session, area_by_code(session, DESA))] == [
        f"{DESA}/D00{n}" for n in (1, 2, 3)
    ]
    assert len(dasawisma_within(session, area_by_code(session, "35.22"))) == 9
    assert [area.code for area in dasawisma_within(session, area_by_code(session, f"{FAR}/D002"))] == [f"{FAR}/D002"]


def test_children__by_code_and_kelurahan_marked(world):
    session = db.session()
    assert [area.code for area in children_of(session, area_by_code(session, "35.22.14"))] == [DESA, NEIGHBOUR]
    assert area_by_code(session, FAR).is_kelurahan
    assert not area_by_code(session, DESA).is_kelurahan
