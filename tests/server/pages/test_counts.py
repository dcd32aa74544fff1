"""What each reader sees of coverage: the front pages of everybody, kabupaten, kecamatan and desa."""

import pytest

from models.register import RegisterState
from models.territory import Area, ServerState, Setting
from server.transaction import write
from tests.builders import DESA, FAR


def approve(world, moment, *desa):
    with write() as session:
        for code in desa:
            session.add(RegisterState(desa=world.area[code], state="approved", version=1, approved_at=moment))


def test_public__nothing_countable__says_so_and_gives_no_percentage(browser, world):
    page = browser.get("/").text
    assert "Belum dapat dihitung" in page
    assert "3 desa dan kelurahan belum" in page
    assert "%" not in page.split("Arti kata")[0].split("Kabupaten Bojonegoro")[1]


def test_public__holders__named_from_the_settings(browser, world):
    assert "belum ditetapkan" in browser.get("/").text
    with write() as session:
        session.add(Setting(name="controller", value="Pemkab Bojonegoro"))
    assert "Pemkab Bojonegoro" in browser.get("/").text


def test_banner__until_live_and_without_demonstration_data(browser, world):
    assert "Data peragaan" in browser.get("/").text
    with write() as session:
        session.get_one(ServerState, 1).is_live = True
    assert "Data peragaan" not in browser.get("/").text
    with write() as session:
        session.get_one(Area, world.area[DESA]).is_demo = True
    assert "Data peragaan" in browser.get("/").text


def test_public__demonstration_desa__not_counted(browser, world, clock, phone_of, house):
    house(phone_of("siti"))
    approve(world, clock(), DESA)
    assert "1 rumah" in browser.get("/").text
    with write() as session:
        session.get_one(Area, world.area[DESA]).is_demo = True
    page = browser.get("/").text
    assert "2 desa dan kelurahan belum" in page
    assert "1 rumah" not in page


def test_desa__headline_and_what_stands_beside_it(world, sign_in, clock, phone_of, house):
    house(phone_of("siti"))
    approve(world, clock(), DESA)
    page = sign_in(world.person["budi"]).get(f"/desa/{DESA}").text
    for words in ("0 dari 1 rumah lengkap", "Segar", "Lengkap dari yang tercatat", "disetujui kecamatan", "Rumah baru"):
        assert words in page
    assert "Dusun Krajan" in page
    assert "Melati 1" in page


@pytest.mark.parametrize(("part", "title"), [("DS01", "Dusun Krajan"), ("RW01", "RW 01"), ("RW01-RT001", "RT 001")])
def test_area_below__has_its_page(world, sign_in, part, title):
    page = sign_in(world.person["budi"]).get(f"/desa/{DESA}/{part}").text
    assert f"<h1>{title}</h1>" in page


def test_dasawisma__code_of_a_row__leads_to_its_doors(world, sign_in):
    answer = sign_in(world.person["budi"]).get(f"/desa/{DESA}/D001")
    assert answer.headers["Location"] == f"/desa/{DESA}/dasawisma/D001"


@pytest.mark.parametrize("name", ["bappeda", "evaluator"])
def test_desa__planners__nothing_below_the_desa(world, sign_in, name):
    page = sign_in(world.person[name]).get(f"/desa/{DESA}").text
    assert "Krajan" not in page
    assert "Siti" not in page


@pytest.mark.parametrize("name", ["camat", "kabupaten"])
def test_desa__administration__sees_dasawisma_but_no_names_of_kader(world, sign_in, name):
    page = sign_in(world.person[{"camat": "hadi", "kabupaten": "kominfo"}[name]]).get(f"/desa/{DESA}").text
    assert "Melati 1" in page
    assert "Siti" not in page


def test_kelurahan__its_own_words(world, sign_in):
    page = sign_in(world.person["kominfo"]).get(f"/desa/{FAR}").text
    assert "Kelurahan Kepatihan" in page
    assert "Lingkungan" in page


def test_kabupaten__drills_down_and_counts_what_cannot_be_counted(world, sign_in, clock):
    approve(world, clock(), DESA)
    client = sign_in(world.person["kominfo"])
    page = client.get("/kabupaten", follow_redirects=True).text
    assert "2 dari 2 kecamatan" in page
    assert "1 dari 2 desa dapat dihitung" in page
    assert 'href="/kecamatan/35.22.14"' in page
    assert f'href="/desa/{DESA}"' in client.get("/kecamatan/35.22.14").text


def test_camat__own_kecamatan_only(world, sign_in):
    client = sign_in(world.person["hadi"])
    assert client.get("/beranda").headers["Location"] == "/kecamatan/35.22.14"
    assert client.get("/kecamatan/35.22.15").status_code == 403
    assert client.get("/kabupaten").status_code == 403


@pytest.mark.parametrize(
    "path", ["/desa/99.99.99.9999", "/kecamatan/x", f"/desa/{DESA}/D999", "/kecamatan/35.22", "/nowhere"]
)
def test_unknown__code_or_address__page_with_words(world, sign_in, path):
    answer = sign_in(world.person["kominfo"]).get(path)
    assert answer.status_code == 404
    assert "tidak ada" in answer.text


def test_downloads__links_for_planners(world, sign_in):
    page = sign_in(world.person["bappeda"]).get("/unduhan?tanggal=2026-06-30").text
    assert "/download/totals/35.22.xlsx?level=desa&amp;as_of=2026-06-30" in page
    assert sign_in(world.person["bappeda"]).get("/download/totals/35.22.csv?level=kecamatan").status_code == 200
