"""The office pages in a real browser: nothing sticks out, nothing is flagged by axe, nothing is logged, at both sizes."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

DESA = "35.22.14.2011"
SIZES = {"phone": {"width": 360, "height": 640}, "desk": {"width": 1366, "height": 768}}
PAGES = {
    "": ("/", "/masuk", "/ledger"),
    "admin.kapas": (
        f"/desa/{DESA}",
        f"/desa/{DESA}/DS01",
        f"/desa/{DESA}/dasawisma/D001",
        f"/desa/{DESA}/konflik",
        f"/desa/{DESA}/kader",
        f"/desa/{DESA}/register",
        f"/rekap/{DESA}",
        f"/rekap/4.17a/{DESA}",
        f"/rekap/4.16a/{DESA}/D001",
    ),
    "pkk.kecamatan": ("/kecamatan/35.22.14", f"/desa/{DESA}/register"),
    "kominfo": ("/kabupaten/35.22",),
    "bappeda": ("/unduhan", "/rekap/35.22"),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_page__each_at_both_sizes__fits_and_axe_finds_nothing(office, guide, name, size):
    desk = office(name, viewport=SIZES[size])
    for number, path in enumerate(PAGES[name]):
        status = desk.open(path)
        assert status == 200, path
        beyond = desk.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert beyond <= 0, (path, beyond)
        found = Axe().run(desk.page).response["violations"]
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], path
        guide(desk.page, f"kantor-{name or 'umum'}-{number}-{size}")


def test_door__from_the_headline_down_by_keyboard__opens_and_shows_answers(office):
    desk = office("admin.kapas")
    page = desk.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    for pattern in (r"^Dusun ", r"^RW ", r"^RT ", r""):
        page.locator("tbody th a", has_text=re.compile(pattern)).first.focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    expect(page).to_have_url(re.compile(r"/dasawisma/D\d+$"))
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Rumah", exact=True)).to_be_visible()
    page.get_by_role("link", name="Riwayat Rumah").click()
    expect(page.get_by_role("heading", name="Riwayat: Rumah")).to_be_visible()


def test_invite__code_and_qr__on_a_sheet_that_prints(office, guide):
    desk = office("admin.kapas")
    desk.open(f"/desa/{DESA}/kader")
    desk.page.get_by_label("Nama kader").fill("Bu Percobaan")
    desk.page.get_by_role("button", name="Buat kode aktivasi").click()
    expect(desk.page.locator(".code")).to_have_text(re.compile(r"^[A-Z2-9]{4}-[A-Z2-9]{4}$"))
    expect(desk.page.get_by_role("img", name=re.compile("QR aktivasi")).locator("svg")).to_be_visible()
    assert Axe().run(desk.page).response["violations"] == []
    desk.page.emulate_media(media="print")
    expect(desk.page.get_by_role("link", name="Kembali ke daftar kader")).to_be_hidden()
    guide(desk.page, "kantor-undangan-cetak")


def test_conflict__settled_in_two_steps__one_less(office):
    desk = office("admin.kapas")
    desk.page.get_by_role("link", name=re.compile("Konflik")).first.click()
    heading = desk.page.locator("#konflik")
    before = int(re.search(r"\d+", heading.inner_text())[0])
    desk.page.get_by_role("button", name=re.compile("Ganti ke ini")).first.click()
    expect(heading).to_have_text(f"Konflik isian ({before - 1})")
