"""Ordinary days: nothing changed, nobody home, a house the list missed, a birth, a death, searching, two tabs, an update."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.village import KASMINI, SUTRISNO, heads

FULL = """() => {
  const store = IDBObjectStore.prototype
  store.kept = store.put
  store.put = () => { throw new DOMException('full', 'QuotaExceededError') }
}"""
ROOM = "() => { IDBObjectStore.prototype.put = IDBObjectStore.prototype.kept }"


@pytest.fixture
def activated(server, phone):
    """``activated("siti", code)`` -> her phone with a new kader of that dasawisma on it."""

    def make(name: str, code: str):
        one = phone(name)
        one.kader.activate(server.invite(code)[0]["code"])
        return one

    return make


def test_qr_link__activates_without_typing__secret_leaves_the_address(server, phone, half_done):
    siti = phone("siti")
    siti.kader.open(f"#aktivasi={server.invite(half_done[0])[0]['secret']}")
    siti.kader.at_home()
    siti.kader.synced()
    assert siti.kader.hash == "#/"
    assert siti.page.evaluate("() => history.length") <= 3


def test_no_change__one_door__arrives_as_such(server, office, activated, half_done):
    siti = activated("siti", half_done[0])
    lines = siti.kader.only("Selesai")
    for number in range(lines.count()):
        siti.kader.only("Selesai").nth(number).tap()
        siti.kader.sees(re.compile("Berlaku sampai"))
        if siti.page.get_by_role("link", name="Tidak ada perubahan").count():
            break
    household = siti.kader.hash.split("/")[2]
    siti.kader.no_change()
    siti.kader.send()
    admin = office("admin.kapas")
    admin.open(f"/desa/{half_done[0].split('/')[0]}/pintu/{household}")
    expect(admin.page.locator("main")).to_contain_text("Tidak ada perubahan")


def test_outcomes__each_of_eight__counted_once(server, activated):
    names = [f"Warga {word}" for word in ("Satu", "Dua", "Tiga", "Empat", "Lima", "Enam", "Tujuh", "Delapan")]
    code = server.list_doors("Bakung Uji", names)
    siti = activated("siti", code)
    siti.kader.list_doors().first.tap()
    siti.kader.step("Tidak bisa didata")
    siti.kader.sees("Mengapa tidak bisa didata?")
    labels = [words.split("\n")[0] for words in siti.page.locator("label.choice span").all_inner_texts()]
    assert len(labels) == 8
    for name, label in zip(names, labels, strict=True):
        siti.kader.open_door(name)
        siti.kader.outcome(label)
    siti.kader.send()
    outcomes = server.coverage(code)["doors"]["outcomes"]
    assert sum(outcomes.values()) == 8
    assert {name for name, count in outcomes.items() if count} == {
        "tidak_di_rumah", "menolak", "kosong", "pindah", "dibongkar", "bukan_rumah_tinggal", "ganda", "bukan_dasawisma_ini",
    }  # fmt: skip


def test_new_door__waits_for_the_desa__counts_when_accepted(server, office, activated):
    code = server.list_doors("Dahlia Uji", ["Warga Lama"])
    siti = activated("siti", code)
    siti.kader.list_doors()
    siti.kader.step("Tambah")
    siti.kader.type(siti.page.get_by_label("Sebutan rumah"), "Rumah Pak Kasdi")
    siti.kader.type(siti.page.get_by_label("Alamat"), "Gang Melati 4")
    siti.kader.onward("Simpan dan mulai kunjungan")
    siti.kader.place()
    siti.kader.onward("Tambah kepala keluarga")
    siti.kader.settled_person()
    siti.kader.roster(KASMINI.people)
    siti.kader.onward("Lanjut")
    said = {person.name: person.said for person in KASMINI.people}
    siti.kader.walk(KASMINI.house, {"number_reason": "Belum punya KK"}, said)
    siti.kader.finish()
    siti.kader.sees(re.compile("Menunggu desa"))
    siti.kader.send()
    doors = server.coverage(code)["doors"]
    assert (doors["expected"], doors["known"], doors["complete"], doors["pending"]) == (2, 1, 0, 1)

    admin = office("admin.kapas")
    admin.open(f"/desa/{code.split('/')[0]}/konflik")
    admin.page.locator("li", has_text=re.compile("Kasdi|Kasmini")).get_by_role(
        "button", name=re.compile("Terima")
    ).click()
    assert admin.coverage(code) == (1, 2)


def test_life_events__a_birth_and_a_death__people_follow(server, office, activated):
    code = server.list_doors("Flamboyan Uji", heads([SUTRISNO]))
    siti = activated("siti", code)
    siti.kader.open_door("Sutrisno")
    siti.kader.survey_roster(SUTRISNO.people)

    siti.kader.step("Catat peristiwa")
    siti.kader.step("Lahir")
    siti.kader.type(siti.page.get_by_label("Nama lengkap"), "Putri Ayu")
    siti.kader.tap(siti.page.locator('[id^="q-person-"] label.choice', has_text="Perempuan"))
    siti.kader.tap(siti.page.locator('[id^="q-event-"] label.choice', has_text="Siti Aminah"))
    siti.kader.onward("Simpan peristiwa")
    siti.kader.sees("Putri Ayu")

    siti.kader.step("Catat peristiwa")
    siti.kader.step("Meninggal")
    siti.kader.tap(siti.page.locator("label.choice", has_text="Rizki Saputra"))
    siti.kader.onward("Simpan peristiwa")
    expect(siti.page.locator("a.row", has_text="Rizki Saputra")).to_have_count(0)
    siti.kader.send()
    row = office("admin.kapas").book("4.16a", code)["Sutrisno"]
    assert (row["jiwa_l"], row["jiwa_p"], row["balita_p"]) == (1, 3, 2)


def test_list__search_and_filters__only_what_matches(server, activated):
    code = server.list_doors("Kenanga Uji", ["Warsito", "Sulastri", "Warni"])
    siti = activated("siti", code)
    expect(siti.kader.list_doors()).to_have_count(3)
    expect(siti.kader.search("war")).to_have_count(2)
    expect(siti.kader.search("warni")).to_have_count(1)
    expect(siti.kader.search("tidak ada")).to_have_count(0)
    siti.kader.sees("Tidak ada rumah")
    siti.kader.search("")
    expect(siti.kader.only("Selesai")).to_have_count(0)
    expect(siti.kader.only("Belum")).to_have_count(3)


def test_two_tabs__both_save__no_number_is_used_twice(server, activated):
    code = server.list_doors("Kemuning Uji", ["Warga Kiri", "Warga Kanan"])
    siti = activated("siti", code)
    other = type(siti.kader)(siti.context.new_page(), siti.url)
    other.open()
    other.at_home()
    siti.offline()
    siti.kader.open_door("Warga Kiri")
    other.open_door("Warga Kanan")
    siti.kader.outcome("Menolak")
    other.outcome("Menolak")
    siti.offline(is_cut=False)
    siti.kader.send()
    other.home()
    other.synced()
    assert server.coverage(code)["doors"]["outcomes"]["menolak"] == 2


def test_reload__in_mid_form__draft_stays(server, activated):
    code = server.list_doors("Teratai Uji", heads([SUTRISNO]))
    siti = activated("siti", code)
    siti.kader.open_door("Sutrisno")
    siti.kader.onward("Mulai kunjungan")
    siti.kader.onward("Lanjut mengisi")
    siti.kader.place()
    siti.kader.fill(SUTRISNO.people[0].said)
    expect(siti.page.locator(".status")).to_have_text(re.compile("Tersimpan di HP"))
    siti.page.reload()
    siti.kader.place()
    assert not [one for one in siti.kader.questions() if one.is_answered is False and not one.is_optional]


def test_captive_portal__a_page_instead_of_an_answer__nothing_is_lost(server, activated):
    code = server.list_doors("Seroja Uji", ["Warga Satu"])
    siti = activated("siti", code)
    siti.context.route(
        "**/api/**", lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>WiFi</h1>")
    )
    siti.kader.open_door("Warga Satu")
    siti.kader.outcome("Menolak")
    siti.kader.sync_screen()
    siti.kader.press("Kirim sekarang")
    expect(siti.page.locator(".status").last).to_contain_text("1 simpanan belum terkirim")
    siti.context.unroute("**/api/**")
    siti.kader.send()
    assert server.coverage(code)["doors"]["outcomes"]["menolak"] == 1


def test_full_phone__answer_stays_on_the_screen__saved_when_there_is_room(server, activated):
    code = server.list_doors("Cempaka Uji", heads([SUTRISNO]))
    siti = activated("siti", code)
    siti.kader.open_door("Sutrisno")
    siti.kader.onward("Mulai kunjungan")
    siti.kader.onward("Lanjut mengisi")
    siti.kader.place()
    siti.page.evaluate(FULL)
    siti.kader.fill(SUTRISNO.people[0].said)
    expect(siti.page.locator(".status")).to_contain_text("ruang penyimpanan HP penuh")
    siti.page.evaluate(ROOM)
    siti.kader.fill({"sex": "Perempuan"})
    expect(siti.page.locator(".status")).to_have_text(re.compile("Tersimpan di HP"))
