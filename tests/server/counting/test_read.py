"""Readers and writers at once: nobody fails, and in the end the counted rows are true."""

import threading

from models.aggregates.recount import differences
from server.counting import read
from server.transaction import snapshot
from tests.builders import DESA
from tests.models.aggregates.doors import FORM, House
from tests.models.aggregates.phone import Phone, patches_of, visit_of


class Crowd:
    """People who survey and people who ask, each in a thread; ``wrong`` is what went amiss."""

    def __init__(self, app, world, sign_in, clock):
        self.app, self.world, self.sign_in, self.clock = app, world, sign_in, clock
        self.wrong = []

    def survey(self, name, place):
        phone = Phone(self.sign_in(self.world.person[name]), self.clock)
        for _ in range(4):
            house = House(dasawisma=f"{DESA}/{place}")
            house.member()
            house.fill()
            phone.save([*patches_of(house), visit_of(house.id, "selesai", "2026-11-23")], "2026-11-23")
            phone.save([visit_of(house.id, "menolak", "2026-11-23")], "2026-11-23")

    def ask(self, name, code):
        client = self.sign_in(self.world.person[name])
        for _ in range(8):
            found = client.get(f"/api/coverage/{code}").json["doors"]
            if sum(found["outcomes"].values()) != found["expected"]:
                self.wrong.append(found)

    def thread(self, deed, *args):
        def run():
            try:
                with self.app.app_context():
                    deed(*args)
            except Exception as error:  # noqa: BLE001 (the test tells it)
                self.wrong.append(error)

        return threading.Thread(target=run)


def test_counting__while_others_write__ends_true(app, world, sign_in, clock, keyring):
    crowd = Crowd(app, world, sign_in, clock)
    deeds = [(crowd.survey, "siti", "D001"), (crowd.survey, "sri", "D002"), (crowd.ask, "budi", DESA)]
    threads = [crowd.thread(*deed) for deed in [*deeds, (crowd.ask, "kominfo", "35.22")]]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert crowd.wrong == []
    read.bring_up_to_date()
    with snapshot() as session:
        assert list(differences(session, keyring, FORM, world.area[DESA], read.today())) == []
    doors = sign_in(world.person["budi"]).get(f"/api/coverage/{DESA}").json["doors"]
    assert (doors["listed"], doors["known"], doors["outcomes"]["menolak"]) == (8, 8, 8)


def test_bring_up_to_date__nothing_marked__writes_nothing(app, world):
    assert read.bring_up_to_date() == 0
