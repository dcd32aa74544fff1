"""The guide shows what it names, keeps no picture nobody sees, and stays small enough for a phone."""

import re

from tests.journeys.conftest import GUIDE
from tests.journeys.pictures import packed

MOST_BYTES = 120_000


def test_guide__every_picture_it_shows_is_there__and_no_other():
    shown = {name for page in GUIDE.glob("*.md") for name in re.findall(r"\((\S+\.png)\)", page.read_text())}
    assert shown == {picture.name for picture in GUIDE.glob("*.png")}


def test_guide__every_picture_is_small_and_packed():
    for picture in GUIDE.glob("*.png"):
        png = picture.read_bytes()
        assert len(png) <= MOST_BYTES, picture.name
        assert packed(png) == png, picture.name
