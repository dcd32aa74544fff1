"""One word for one thing: banned synonyms stay out, and the glossary has a line for every word we keep."""

import re

import pytest

from tests.source import ROOT, name, python_files, tracked

KEPT = (
    "kabupaten kecamatan desa kelurahan dusun rw rt dasawisma kader pkk bappeda posyandu nik kk "
    "territory household family member head event visit register edit patch record outbox verdict conflict proposal finding "
    "coverage recap total snapshot door problem notify epoch digest"
).split()
BANNED = (
    "village villages district districts regency cadre cadres hamlet neighbourhood dasa_wisma dasawismas desas kaders dawises "
    "rts rws kks niks household_head citizen resident residents warga_count dusuns kecamatans kabupatens"
).split()
WORD = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)*")
SOURCES = [*python_files(), *tracked("pwa/src/**/*.ts", "pwa/src/**/*.tsx")]
READERS = {"resident", "residents"}


def words_of(text: str) -> set[str]:
    """Identifiers' and prose's words, split at underscores and capitals."""
    parts: set[str] = set()
    for word in WORD.findall(text):
        parts.add(word.lower())
        parts |= {piece.lower() for piece in re.split(r"_|(?<=[a-z])(?=[A-Z])", word)}
    return parts


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_source__uses_no_banned_synonym(path):
    allowed = (
        READERS if name(path).startswith(("models/exchange/", "server/register/", "server/cli/register")) else set()
    )
    assert not words_of(path.read_text("utf-8")) & set(BANNED) - allowed


@pytest.mark.parametrize("word", KEPT)
def test_glossary__has_a_line_for(word):
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8").lower()
    assert re.search(rf"^\| *{word}\b", text, re.MULTILINE), word
