import pytest

from server.security.password import set_password
from server.transaction import write
from tests.builders import DESA

SAME = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "kuda lumping 7"


@pytest.fixture
def budi(browser, world):
    with write() as session:
        set_password(session, world.person["budi"], "budi", PASSWORD)
    return browser


def enter(client, password=PASSWORD, **more):
    return client.post("/masuk", data={"username": "Budi ", "password": password, **more}, headers=SAME)


def test_login__right_password__goes_where_she_wanted(budi):
    answer = enter(budi, next=f"/desa/{DESA}/kader")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desa/{DESA}/kader")
    assert budi.get("/beranda").headers["Location"] == f"/desa/{DESA}"
    assert "Budi" in budi.get(f"/desa/{DESA}/kader").text


def test_login__wrong_password__words_and_name_kept(budi):
    answer = enter(budi, password="salah")
    assert answer.status_code == 401
    assert "Nama pengguna atau kata sandi salah." in answer.text
    assert 'value="Budi "' in answer.text
    assert "Set-Cookie" not in answer.headers


def test_login__many_failures__says_how_long_to_wait(budi):
    for _ in range(5):
        enter(budi, password="salah")
    answer = enter(budi)
    assert answer.status_code == 429
    assert "Coba lagi dalam 6 detik" in answer.text


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "/\\evil.test", "evil", "/a\r\nb", "/masuk"])
def test_login__foreign_target__goes_home_instead(budi, target):
    assert enter(budi, next=target).headers["Location"] == "/beranda"


def test_login__from_another_site__refused(budi):
    answer = budi.post(
        "/masuk", data={"username": "budi", "password": PASSWORD}, headers={"Origin": "https://evil.test"}
    )
    assert answer.status_code == 403
    assert "tidak datang dari halaman Dawis" in answer.text


def test_page__not_signed_in__asks_to_sign_in_and_remembers_the_page(browser, world):
    answer = browser.get(f"/desa/{DESA}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/masuk?next=%2Fdesa%2F{DESA}")


def test_leave__session_ended__page_closed(budi):
    enter(budi)
    assert budi.post("/keluar", headers=SAME).headers["Location"] == "/"
    assert budi.get(f"/desa/{DESA}").status_code == 303
