"""A real server with the demonstration desa, phones that outlive a kill, desks of offices, and screenshots for the guides."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.journeys.line import Line
from tests.journeys.office import Office
from tests.journeys.phones import FLAGS, Phone, chromium, watch
from tests.journeys.pictures import packed
from tests.journeys.server import DESA, Server, free_port
from tests.source import ROOT

GUIDE = ROOT / "docs" / "guide"
DESK = {"width": 1366, "height": 768}


def pytest_addoption(parser):
    parser.addoption("--write-guide", action="store_true", help="write the guides' screenshots into docs/guide")


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """``dawis run`` with the demonstration desa on SQLite."""
    running = Server(tmp_path_factory.mktemp("journey"), free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def desk_browser(playwright):
    browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def browser_faults():
    """What no page may ever do: throw, log an error, or break the content policy."""
    faults: list[str] = []
    yield faults
    assert not faults, faults


@pytest.fixture
def phone(playwright, server, tmp_path, browser_faults):
    """``phone("siti")`` -> a phone of its own at 360×640; ``options`` go to the browser."""
    made = []

    def make(name: str, **options):
        made.append(Phone(playwright, tmp_path / name, Line(server.port), browser_faults, options))
        return made[-1]

    yield make
    for one in made:
        one.close()
        one.line.cut()


@pytest.fixture
def office(desk_browser, server, browser_faults):
    """``office("admin.kapas")`` -> somebody signed in at a desk; without a name, the public."""
    opened = []

    def make(username: str = "", viewport=None) -> Office:
        context = desk_browser.new_context(viewport=viewport or DESK, locale="id-ID", timezone_id="Asia/Jakarta")
        watch(context, browser_faults)
        opened.append(context)
        found = Office(context.new_page(), server.url)
        if username:
            found.sign_in(username, server.data_dir)
        return found

    yield make
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def half_done(server, desk_browser):
    """Codes of the demonstration's dasa wisma where some doors are fresh and some were never visited."""
    context = desk_browser.new_context()
    admin = Office(context.new_page(), server.url)
    admin.sign_in("admin.kapas", server.data_dir)
    found = []
    for number in range(1, 41):
        doors = context.request.get(f"{server.url}/api/coverage/{DESA}/D{number:03d}").json()["doors"]
        if doors["fresh"] >= 3 and doors["outcomes"]["belum"] >= 3:
            found.append(f"{DESA}/D{number:03d}")
    context.close()
    return found


@pytest.fixture
def guide(request):
    """``guide(page, "hp-rumah")`` keeps a screenshot: where a guide shows it and --write-guide is given, beside that guide.

    All others go to a folder for looking: DAWIS_SHOTS, or test-results.
    """
    is_writing = request.config.getoption("--write-guide", default=False)
    looking = Path(os.environ.get("DAWIS_SHOTS", ROOT / "test-results"))
    pages = "".join(page.read_text() for page in GUIDE.glob("*.md"))

    def keep(page, name: str) -> None:
        folder = GUIDE if is_writing and f"({name}.png)" in pages else looking
        folder.mkdir(parents=True, exist_ok=True)
        page.evaluate("() => scrollTo(0, 0)")
        (folder / f"{name}.png").write_bytes(packed(page.screenshot(scale="css", animations="disabled")))

    return keep
