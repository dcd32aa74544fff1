"""The main job: activate, survey five doors without a network, lose nothing, sync, and see coverage and recap move."""

import re

from playwright.sync_api import expect

from tests.journeys.village import DOORS, NGATIJO, SUTRISNO, heads

TAPS_PER_QUESTION = 1.3
WATER_PAGE = "Air, makanan, dan kebersihan"


def test_survey__offline_five_doors_eighteen_people__coverage_and_recap_follow(server, phone, office, record_property):
    assert sum(len(door.people) for door in DOORS) == 18
    code = server.list_doors("Anggrek Uji", heads(DOORS))
    desa = code.split("/")[0]
    admin = office("admin.kapas")
    desa_before, (complete, expected) = admin.coverage(desa), admin.coverage(code)
    assert (complete, expected) == (0, 5)

    siti = phone("siti")
    siti.kader.activate(server.invite(code)[0]["code"])
    siti.kader.ready_for_offline()
    siti.offline()
    siti.close()

    kader = siti.start(offline=True)
    kader.open()
    kader.at_home()
    kader.effort.taps = 0
    for door in DOORS[:-1]:
        kader.open_door(door.people[0].name)
        kader.survey(door.house, door.people)

    kader.open_door(NGATIJO.people[0].name)
    kader.onward("Mulai kunjungan")
    kader.onward("Lanjut mengisi")
    kader.roster(NGATIJO.people)
    expect(siti.page.locator(".status")).to_have_text(re.compile("Tersimpan di HP"))
    effort = kader.effort
    siti.kill()

    kader = siti.start(offline=True)
    kader.effort = effort
    kader.open()
    kader.at_home()
    kader.list_doors()
    expect(siti.page.locator(".door-row", has_text="Ngatijo")).to_contain_text("Sedang diisi")
    kader.open_door("Ngatijo")
    for person in NGATIJO.people:
        kader.sees(person.name)
    kader.onward("Lanjutkan kunjungan")
    kader.walk(NGATIJO.house, {}, {person.name: person.said for person in NGATIJO.people})
    kader.finish()
    record_property("taps_per_question", f"{effort.taps} / {len(effort.questions)} = {effort.ratio:.2f}")
    assert effort.ratio <= TAPS_PER_QUESTION

    kader.home()
    expect(siti.page.locator(".status")).to_contain_text("Tersimpan di HP, 5 simpanan belum terkirim")
    siti.offline(is_cut=False)
    kader.send()
    expect(siti.page.get_by_role("heading", name="Sudah di server")).to_be_visible()
    kader.home()
    expect(siti.page.locator(".ring").first).to_have_attribute("aria-label", re.compile("Lengkap 100 %"))

    assert admin.coverage(code) == (5, 5)
    assert admin.coverage(desa) == (desa_before[0] + 5, desa_before[1])
    book = admin.book("4.16a", code)
    assert book == {door.people[0].name: door.row for door in DOORS}


def test_conflict__two_kader_one_house__both_phones_and_the_desa_see_it(server, phone, office):
    code = server.list_doors("Kamboja Uji", heads([SUTRISNO]))
    first, second = server.invite(code, 2)
    siti, sri = phone("siti"), phone("sri")
    siti.kader.activate(first["code"])
    siti.kader.open_door("Sutrisno")
    siti.kader.change_house(WATER_PAGE, {"water": "Sumur"})
    siti.kader.send()
    sri.kader.activate(second["code"])

    for one, water in ((siti, "PDAM"), (sri, "Lainnya")):
        one.kader.ready_for_offline()
        one.offline()
        one.kader.open_door("Sutrisno")
        one.kader.change_house(WATER_PAGE, {"water": water})
    for one in (siti, sri):
        one.offline(is_cut=False)
        one.kader.send()
    expect(sri.page.get_by_role("heading", name="Digabung atau menunggu")).to_be_visible()
    expect(sri.page.locator("main")).to_contain_text("Sumber air utama")
    siti.kader.send()
    siti.kader.sees(re.compile("Kabar untuk Anda"))
    siti.kader.sees(re.compile("Sumber air utama"))

    admin = office("admin.kapas")
    admin.open(f"/desa/{code.split('/')[0]}/konflik")
    clash = admin.page.locator("article", has_text="Sutrisno").filter(has_text="Sumber air utama")
    expect(clash).to_contain_text("PDAM")
    expect(clash).to_contain_text("Lainnya")
