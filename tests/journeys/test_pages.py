"""Every office page of the demonstration desa, as each role sees it, on a phone and at a desk."""

import re

import pytest

from tests.journeys.looks import too_wide, unreadable
from tests.journeys.server import DESA

SIZES = {"hp": {"width": 360, "height": 640}, "meja": {"width": 1366, "height": 768}}
OFFICES = (
    "admin.kapas",
    "pkk.kapas",
    "pkk.kecamatan",
    "pkk.kabupaten",
    "camat.kapas",
    "kominfo",
    "bappeda",
    "evaluator",
    "",
)
NOT_PAGES = re.compile(r"^/(app|api|download|static)\b|^#")
LEAST = {"admin.kapas": 20, "bappeda": 4, "": 3}
KEPT = {
    "/desa/CODE": "desa-cakupan",
    "/desa/CODE/konflik": "desa-keputusan",
    "/desa/CODE/kader": "desa-kader",
    "/desa/CODE/register": "desa-register",
    "/desa/CODE/dasawisma/DN": "desa-dasawisma",
    "/desa/CODE/pintu/ID": "desa-pintu",
    "/rekap/4.16a/CODE/DN": "desa-rekap",
    "/kabupaten/CODE": "kabupaten",
    "/kecamatan/CODE": "kecamatan",
    "/unduhan": "unduhan",
    "/": "publik",
}


@pytest.fixture(scope="module")
def looked_at():
    """Pages whose readability was checked already, at which size: roles share most of them."""
    return set()


def kind_of(path: str) -> str:
    """A page's address without what differs between areas, people and days."""
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", path.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0])
    return re.sub(r"\b(DS|RW|RT|D)\d+", r"\1N", re.sub(r"\b35\.22[\d.]*", "CODE", plain))


def look_of(path: str) -> str:
    """The template behind a page: all recap books look alike, wherever they are from."""
    return re.sub(r"^/rekap/4\.\d+\w/.*", "/rekap/BOOK", kind_of(path))


def links(page) -> list[str]:
    """Addresses of ours that a page leads to, those of the demonstration desa first."""
    found = page.locator("a[href]").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
    ours = {path for path in found if path.startswith("/") and not NOT_PAGES.search(path)}
    return sorted(ours, key=lambda path: (DESA not in path, "35.22.14" not in path, path))


def walk(office, visit) -> list[str]:
    """Open every kind of page that somebody can reach from her first one, one of each kind, and look at it."""
    first = office.page.url.removeprefix(office.url)
    todo = [path for path in (first, "/") if path.startswith("/")]
    found = {kind_of(path): path for path in todo}
    while todo:
        path = todo.pop(0)
        assert office.open(path) == 200, path
        visit(path)
        for one in links(office.page):
            if kind_of(one) not in found:
                found[kind_of(one)] = one
                todo.append(one)
    return list(found.values())


@pytest.mark.parametrize("who", OFFICES)
def test_pages__every_page_of_a_role__readable_on_a_phone_and_at_a_desk(office, guide, looked_at, who):
    bad = []

    def look(path: str, size: str) -> None:
        bad.extend(too_wide(reader.page))
        if (look_of(path), size) not in looked_at:
            looked_at.add((look_of(path), size))
            bad.extend(unreadable(reader.page))
            if kind_of(path) in KEPT:
                guide(reader.page, f"{KEPT[kind_of(path)]}-{size}")

    reader = office(who, viewport=SIZES["hp"])
    found = walk(reader, lambda path: look(path, "hp"))
    assert len(found) >= LEAST.get(who, 4), found
    reader.page.set_viewport_size(SIZES["meja"])
    for path in [path for path in found if (look_of(path), "meja") not in looked_at]:
        reader.open(path)
        look(path, "meja")
    assert not bad, "\n".join(bad)
