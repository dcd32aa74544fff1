"""The server dies at every point of its work, one after the other; what was asked is asked again.

Nothing is lost and nothing is done twice: afterwards everything that can be seen equals the run without a crash.  A
crash that left a state that was healed before needs no second healing: healing depends on nothing else.
"""

import os

from models.database import db
from tests.databases import KINDS
from tests.faults.points import CRASHED, Points, watch_engine, watch_request
from tests.faults.said import say
from tests.faults.scenes import SCENES
from tests.faults.trial import Stage, fingerprint, in_child, make_random_repeatable, state_of

FEWEST = {
    "great_push": 60,
    "halving": 100,
    "counting": 15,
    "tidy": 20,
    "acceptance": 50,
    "register_file": 80,
    "register_undo": 100,
}
"""Points each scene has at least; a seam that no longer sees them fails the test."""


ON_SQLITE = ("register_file", "register_undo")
"""Long scenes, on SQLite only but for the soak (``DAWIS_FAULTS=all``); an import is many pushes, and those run on both."""


def pytest_generate_tests(metafunc):
    kinds = [(kind, name) for kind in KINDS for name in SCENES if _is_run(kind, name)]
    metafunc.parametrize(("database_kind", "name"), kinds)


def _is_run(kind, name):
    return kind == "sqlite" or name not in ON_SQLITE or os.environ.get("DAWIS_FAULTS") == "all"


def test_crash__at_every_point__nothing_lost_nothing_twice(app, world, clock, tmp_path, name):
    stage = Stage(app, tmp_path, clock)
    for office in ("budi", "joko"):
        stage.let_in(office, world.person[office])
    scene = SCENES[name](stage, world)
    stage.seal()

    def run(url, stop_at=None):
        make_random_repeatable()
        with stage.open(url) as opened:
            points = Points(stop_at)
            watch_engine(db.engine, points)
            watch_request(opened, points)
            return scene.act(stage, opened), points.names

    def heal(url):
        with stage.open(url) as opened:
            found = scene.act(stage, opened)
            return found, state_of(stage, opened, scene.apart)

    calm = stage.copy()
    _, (said, names) = in_child(lambda: run(calm))
    _, wanted = in_child(lambda: heal(calm))
    assert wanted[0] == said
    is_sqlite = stage.config.gate_path is not None
    least = {point.removesuffix(" locked") if is_sqlite else point for point in scene.least}
    assert least - set(names) - (set() if is_sqlite else {"gate taken", "gate given back"}) == set(), sorted(set(names))
    assert len(names) >= FEWEST[name]
    healed, url = set(), stage.copy()
    untouched = fingerprint(url)
    for place, point in enumerate(names, 1):
        code, _ = in_child(lambda url=url, place=place: run(url, place))
        assert code == CRASHED, point
        left = fingerprint(url)
        if left not in healed:
            _, found = in_child(lambda url=url: heal(url))
            for part, value in wanted[1].items():
                assert found[1][part] == value, (place, point, part)
            assert found[0] == said, (place, point)
            healed.add(left)
            left = "healed"
        if left != untouched:
            stage.forget(url)
            url = stage.copy()
    say(f"{name}: {len(names)} points, {len(healed)} states")
