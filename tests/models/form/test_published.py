"""A published form never changes, not by a letter: phones in the field show it, and stored answers mean what it says."""

import hashlib

import pytest

from models.form.definition import FOLDER, versions

FROZEN = {"2026.1": "1e74bd5cc118fd7f1cf4baca24624c0701eb89853b88b9bfc7bc835728667051"}
"""SHA-256 over the files of each version, names and bytes; a new version adds a line, no line ever changes."""


def test_versions__each_has_its_line():
    assert tuple(FROZEN) == versions()


@pytest.mark.parametrize("version", FROZEN)
def test_version__its_bytes_are_what_was_published(version):
    digest = hashlib.sha256()
    for path in sorted((FOLDER / version).rglob("*.json")):
        digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    assert digest.hexdigest() == FROZEN[version]
