"""A phone: a Chromium profile at 360×640 that outlives being closed, killed and cut off."""

import os
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright

from tests.journeys.kader import Kader
from tests.journeys.line import Line

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE = {"width": 360, "height": 640}
OFFLINE = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_CONNECTION_REFUSED")


def chromium() -> str | None:
    """The installed browser; None lets Playwright use its own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def watch(context: BrowserContext, faults: list[str]) -> None:
    """Collect what no page may ever do: throw, log an error, or break the content policy."""
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda line: _note(line, faults))


def _note(line: Any, faults: list[str]) -> None:
    if line.type == "error" and not any(words in line.text for words in OFFLINE):
        faults.append(f"{line.page.url if line.page else ''}: {line.text}")


@dataclass
class Phone:
    """One phone of one kader; ``kader`` drives the page that is open."""

    playwright: Playwright
    profile: Path
    line: Line
    faults: list[str]
    options: dict[str, Any] = field(default_factory=dict)
    context: BrowserContext | None = None

    def __post_init__(self) -> None:
        self.start()

    @property
    def url(self) -> str:
        """The server as this phone knows it: through its own line."""
        return f"http://127.0.0.1:{self.line.port}"

    def start(self, *, offline: bool = False) -> Kader:
        """Start the browser again on the same profile; with ``offline`` without any network from the first moment."""
        if offline:
            self.line.cut()
        given = {
            "viewport": SIZE,
            "device_scale_factor": 1,
            "is_mobile": True,
            "has_touch": True,
            "locale": "id-ID",
            "timezone_id": "Asia/Jakarta",
            "permissions": ["notifications", "background-sync", "geolocation"],
        }
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile, executable_path=chromium(), headless=True, args=FLAGS, **{**given, **self.options}
        )
        watch(self.context, self.faults)
        self.context.set_offline(offline)
        self.kader = Kader(self.page, self.url)
        return self.kader

    @property
    def page(self) -> Page:
        """The page that is open."""
        assert self.context is not None
        return self.context.pages[0]

    def offline(self, *, is_cut: bool = True) -> None:
        """Cut the network, or give it back."""
        assert self.context is not None
        if is_cut:
            self.line.cut()
        else:
            self.line.join()
        self.context.set_offline(is_cut)

    def close(self) -> None:
        """Close the browser as a person does."""
        if self.context is not None:
            self.context.close()
            self.context = None

    def kill(self) -> None:
        """SIGKILL: no event, no flush, as when the phone's memory is full or its battery falls out."""
        assert self.context is not None
        with self.context.expect_event("close"):
            for pid in self._processes():
                os.kill(pid, signal.SIGKILL)
        self.context = None

    def _processes(self) -> list[int]:
        """The browser of this profile: its main process, whose end is the end of all its others."""
        mark = f"--user-data-dir={self.profile}".encode()
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                words = _words_of(folder)
                if mark in words and not any(word.startswith(b"--type=") for word in words):
                    found.append(int(folder.name))
        return found


def _words_of(folder: Path) -> list[bytes]:
    try:
        return (folder / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
