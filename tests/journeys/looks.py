"""What every screen must be: readable by everybody (axe), and never wider than the glass."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE = Axe()
STILL = "() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))"


def unreadable(page: Page) -> list[str]:
    """What axe finds once nothing moves or fades, one line each: rule, and the first elements it is about."""
    page.evaluate(STILL)
    found = _AXE.run(page).response["violations"]
    return [f"{page.url} {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]


def too_wide(page: Page) -> list[str]:
    """Elements that make the page scroll sideways."""
    if page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"):
        return []
    wide = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
          .slice(0, 3).map((one) => one.outerHTML.slice(0, 120))"""
    )
    return [f"{page.url} is wider than {page.viewport_size}: {wide}"]
