"""An operator's first hour: start, look around, invite, sync, kill -9, start again, on either database."""

import http.client
import json
import signal
import time

import pytest
from sqlalchemy import make_url

from tests.contract.phone import Phone, new_id
from tests.databases import KINDS, postgresql_server
from tests.journeys.server import Server, free_port

DESA = "35.22.14.2011"


class Client:
    """The few lines of an HTTP client with a cookie that ``Phone`` needs."""

    def __init__(self, server: Server) -> None:
        self.server, self.cookie = server, ""

    def request(self, method, path, data=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        sent = {"X-Dawis": "1", "Content-Type": "application/json", "Cookie": self.cookie, **(headers or {})}
        connection.request(method, path, data, {k: v for k, v in sent.items() if k != "Sec-Fetch-Site"})
        answer = connection.getresponse()
        body = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = line.split(";")[0]
        connection.close()
        return Answer(answer.status, dict(answer.headers), body)

    def post(self, path, data=None, content_type=None, headers=None):
        return self.request("POST", path, data, headers)

    def get(self, path):
        return self.request("GET", path)


class Answer:
    """An answer shaped like the test client's."""

    def __init__(self, status, headers, body) -> None:
        self.status_code, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def get_data(self, *, as_text):
        return self.body.decode()


@pytest.fixture(scope="module", params=KINDS)
def installed(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("install")
    (folder / "catatan lain.txt").write_text("a folder that holds other files")
    url = None
    if request.param == "postgresql":
        postgresql_server().psql("CREATE DATABASE dawis_installed TEMPLATE template0")
        url = str(postgresql_server().get_uri(database="dawis_installed"))
        assert make_url(url).drivername == "postgresql"
    server = Server(folder, free_port(), database_url=url)
    server.start()
    yield server
    server.stop(signal.SIGKILL)


def activate(server: Server, code: str) -> Client:
    client = Client(server)
    answer = client.post("/api/session/activate", json.dumps({"code": code, "device": {"name": "uji"}}))
    assert answer.status_code == 200, answer.body
    return client


def test_territory__28_kecamatan_430_desa(installed):
    shown = json.loads(installed.dawis("territory", "show", "35.22", "--json"))
    assert (shown["code"], shown["level"]) == ("35.22", "kabupaten")
    assert len(shown["children"]) == 28
    desa = [area for kecamatan in shown["children"] for area in kecamatan["children"]]
    assert len(desa) == 430
    assert len([area for area in desa if area["code"].split(".")[3].startswith("1")]) == 11


def test_dasawisma__forty_with_about_six_hundred_doors(installed):
    lines = [json.loads(line) for line in installed.dawis("dasawisma", "list", "--desa", DESA, "--json").splitlines()]
    assert len([line for line in lines if line["expected"]]) == 40
    assert {"code", "name", "rt", "expected", "kader"} <= lines[0].keys()
    coverage = json.loads(installed.dawis("coverage", DESA, "--json"))
    doors = coverage["doors"]
    assert sum(line["expected"] for line in lines) == doors["expected"]
    assert 550 <= doors["expected"] <= 650
    assert 0.4 < doors["known"] / doors["expected"] < 0.6
    assert doors["fresh"] <= doors["complete"] <= doors["known"] <= doors["expected"]
    assert sum(doors["outcomes"].values()) == doors["expected"]
    assert coverage["register"]["state"] == "approved"
    for key in ("listed", "expected", "known", "complete", "fresh"):
        assert sum(child["doors"][key] for child in coverage["children"]) == doors[key]


def test_login__table_of_the_start_works(installed):
    text = (installed.data_dir / "server.log").read_text()
    assert f"Dawis siap di http://127.0.0.1:{installed.port}" in text


def test_kader__invited_activated_synced__survives_kill_9(installed):
    lines = [json.loads(line) for line in installed.dawis("dasawisma", "list", "--desa", DESA, "--json").splitlines()]
    code = lines[0]["code"]
    first, second = installed.invite(code, 2)
    assert {"code", "dasawisma", "kader", "expires_at"} <= first.keys()
    assert len(first["code"]) == 8
    one, two = Phone(activate(installed, first["code"])), Phone(activate(installed, second["code"]))
    one.sync()
    before = len(one.records)
    before_coverage = json.loads(installed.dawis("coverage", code, "--json"))["doors"]
    household, family, member = new_id(), new_id(), new_id()
    one.save(
        one.patch("household", household, dasawisma=code),
        one.patch("family", family, household=household),
        one.patch("member", member, household=household, family=family),
        one.patch("visit", new_id(), household=household, on="2026-11-23", outcome="sebagian", seen=0),
    )
    answer = one.sync()
    assert [verdict["verdict"] for verdict in answer["verdicts"]] == ["applied"]
    installed.stop(signal.SIGKILL)
    started = time.monotonic()
    installed.start()
    assert time.monotonic() - started < 60
    two.sync()
    assert len(two.records) == before + 4
    again = one.send(edits=[], prev=None)
    assert again["applied_through"] == 1
    after = json.loads(installed.dawis("coverage", code, "--json"))["doors"]
    assert after["expected"] == before_coverage["expected"] + 1
    assert after["known"] == before_coverage["known"] + 1
    assert after["complete"] == before_coverage["complete"]


def test_recount__equals_what_is_shown(installed):
    assert json.loads(installed.dawis("recount", "--json"))["differences"] == []


def test_live__refused_with_demonstration(installed):
    with pytest.raises(AssertionError, match="contoh"):
        installed.dawis("live")
