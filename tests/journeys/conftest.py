"""A real server with the demonstration desa, and phones: Chromium profiles that outlive a kill."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.journeys.server import Server, free_port
from tests.source import ROOT

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 640}
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


@pytest.fixture
def browser_faults():
    """What no page may ever do: throw, log an error, or break the content policy."""
    faults: list[str] = []
    yield faults
    assert not faults, faults


@pytest.fixture
def phone(playwright, tmp_path, browser_faults):
    """``phone("siti")`` -> a Chromium profile at 360×640; the same name gives the same profile again."""
    opened = []

    def make(name: str, viewport=None):
        context = playwright.chromium.launch_persistent_context(
            tmp_path / name,
            executable_path=_chromium(),
            headless=True,
            args=FLAGS,
            viewport=viewport or PHONE,
            device_scale_factor=2,
            is_mobile=viewport is None,
            has_touch=viewport is None,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            permissions=["notifications", "background-sync", "geolocation"],
        )
        context.on("weberror", lambda error: browser_faults.append(str(error.error)))
        context.on("console", lambda line: _note(line, browser_faults))
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


def _note(line, faults: list[str]) -> None:
    expected = ("net::ERR_INTERNET_DISCONNECTED", "Failed to load resource")
    if line.type == "error" and not any(words in line.text for words in expected):
        faults.append(line.text)


def _chromium() -> str | None:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


@pytest.fixture
def guide(request):
    """``guide(page, "01-aktivasi")`` keeps a screenshot: in docs/guide when asked to, else in a folder for looking."""
    wanted = request.config.getoption("--write-guide")
    folder = ROOT / "docs" / "guide" if wanted else Path(os.environ.get("DAWIS_SHOTS", ROOT / "test-results"))
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page, name: str) -> None:
        page.screenshot(path=folder / f"{name}.png")

    return keep
