"""How the phone app looks and what it costs: readable screens, installable, small, and offline from the second opening on."""

import gzip
import re

import pytest
from playwright.sync_api import expect

from tests.journeys.looks import too_wide, unreadable

REQUESTS_BEFORE_FIRST_SCREEN = 3
JS_GZIP_BEFORE_FIRST_SCREEN = 35 * 1024


@pytest.fixture
def shown(guide):
    """``shown(kader, "rumah")`` keeps the screen and holds it to what every screen must be."""

    def look(kader, name: str) -> None:
        guide(kader.page, f"hp-{name}")
        assert not unreadable(kader.page) + too_wide(kader.page)

    return look


def test_screens__activation_and_first_visit__readable_for_everybody(office, phone, half_done, shown):
    code = office("admin.kapas").invite("Siti Rahayu", half_done[0])
    siti = phone("siti")
    kader = siti.kader
    kader.open()
    kader.sees("Kode aktivasi")
    shown(kader, "aktivasi")
    kader.type(kader.page.get_by_label("Kode aktivasi"), code)
    kader.press("Mulai")
    kader.at_home()
    kader.synced()
    shown(kader, "beranda")
    kader.list_doors()
    shown(kader, "daftar")

    kader.only("Belum").first.tap()
    kader.sees("Mulai kunjungan")
    shown(kader, "rumah")
    kader.onward("Mulai kunjungan")
    kader.place()
    shown(kader, "kunjungan")
    kader.onward("Lanjut mengisi")
    kader.place()
    shown(kader, "isian")
    kader.fill({})
    kader.onward("Lanjut")
    kader.onward("Daftar isi")
    kader.onward("Akhiri")
    kader.sees(re.compile("Masih kurang"))
    shown(kader, "akhir")
    kader.onward("Simpan sebagian")
    kader.sees("Tersimpan di HP")
    shown(kader, "tersimpan")


def test_screens__other_days__readable_for_everybody(server, phone, half_done, shown):
    siti = phone("siti")
    kader = siti.kader
    kader.activate(server.invite(half_done[1])[0]["code"])
    kader.only("Belum").first.tap()
    kader.step("Tidak bisa didata")
    kader.sees("Mengapa tidak bisa didata?")
    shown(kader, "hasil")
    kader.list_doors()
    kader.step("Tambah")
    kader.sees("Rumah yang belum ada di daftar")
    shown(kader, "tambah")
    siti.offline()
    kader.only("Belum").first.tap()
    kader.outcome("Tidak di rumah")
    kader.sync_screen()
    kader.sees("Hanya ada di HP ini")
    shown(kader, "menunggu")
    siti.offline(is_cut=False)
    kader.send()
    shown(kader, "kirim")

    kader.only("Selesai").first.tap()
    kader.sees(re.compile("Berlaku sampai"))
    shown(kader, "lengkap")
    kader.to_check()
    shown(kader, "cek")


def test_install__nothing_in_the_way(server, phone, half_done):
    siti = phone("siti")
    siti.kader.activate(server.invite(half_done[0])[0]["code"])
    siti.kader.ready_for_offline()
    devtools = siti.context.new_cdp_session(siti.page)
    assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []


def test_first_screen__three_requests_and_little_script(phone):
    siti = phone("siti")
    asked = []
    siti.page.on("response", lambda answer: asked.append(answer))  # noqa: PLW0108 (Playwright wants a function of Python)
    siti.kader.open()
    siti.kader.sees("Kode aktivasi")
    needed = [one for one in asked if one.request.resource_type in {"document", "script", "stylesheet", "fetch", "xhr"}]
    before = [one for one in needed if not one.url.endswith("sw.js")]
    assert len(before) <= REQUESTS_BEFORE_FIRST_SCREEN, [one.url for one in before]
    scripts = [one.body() for one in before if one.request.resource_type == "script"]
    assert sum(len(gzip.compress(body, 9)) for body in scripts) <= JS_GZIP_BEFORE_FIRST_SCREEN


def test_offline__second_opening_shows_the_doors(server, phone, half_done):
    siti = phone("siti")
    siti.kader.activate(server.invite(half_done[0])[0]["code"])
    siti.kader.ready_for_offline()
    siti.close()
    kader = siti.start(offline=True)
    kader.open()
    kader.at_home()
    expect(kader.list_doors().first).to_be_visible()
    kader.list_doors().first.tap()
    kader.sees("Rumah")
