"""What the documents name exists: paths, make targets, commands; and every problem has words."""

import json
import re

import pytest
from click.testing import CliRunner

from models.problems import CODES
from server.cli.main import COMMANDS, main
from tests.source import ROOT, name, tracked

DOCUMENTS = tracked("README*.md", "docs/**/*.md", "CHANGELOG.md")
PATH = re.compile(
    r"`((?:server|sync|models|pwa|tests|docs|bench|scripts|\.ci)/[\w./-]*|wsgi\.py|Makefile|pyproject\.toml)`"
)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
TARGET = re.compile(r"`make ([a-z-]+)")
COMMAND = re.compile(r"`(?:\.venv/bin/)?dawis ([a-z]+)(?: ([a-z]+))?")


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_document__names_what_exists(path):
    text = path.read_text("utf-8")
    for found in PATH.findall(text):
        assert (ROOT / found).exists(), found
    for found in LINK.findall(text):
        assert (path.parent / found).exists(), found
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for found in TARGET.findall(text):
        assert found in targets, found
    for command, _ in COMMAND.findall(text):
        assert command in COMMANDS, command


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_command__exists_and_helps(command):
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0, result.output


def test_document__repository_stands_alone():
    for path in tracked("**/*.py", "**/*.md", "**/*.ts", "**/*.tsx", "**/*.toml", "Makefile", "**/*.sh"):
        if path != ROOT / "tests" / "test_documents.py":
            assert "../shared" not in path.read_text("utf-8"), name(path)


def test_lock_files__name_no_host():
    ours = ("*.lock", "bench/peers/*.lock", "bench/peers/pouchdb/package-lock.json")
    for path in tracked(*ours, "pwa/package-lock.json", "models/data/package-lock.json", ".npmrc", "**/.npmrc"):
        assert "://" not in path.read_text("utf-8"), name(path)


def test_problem__has_words():
    words = json.loads((ROOT / "server" / "words" / "problems.id.json").read_text("utf-8"))
    assert words.keys() == CODES.keys()
