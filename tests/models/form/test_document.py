"""The page about the form says what the definition says."""

import pytest

from models.form.definition import load, versions
from models.form.document import DOCS, page, said
from models.form.parser import rules_of
from models.form.recap import recap


@pytest.mark.parametrize("version", versions())
def test_page__of_the_definition__is_the_one_in_docs(version):
    assert (DOCS / f"{version}.md").read_text(encoding="utf-8") == page(load(version), recap()), "make form-doc"


def test_said__every_rule_of_the_form__has_words():
    for _, place, rule in rules_of(load()):
        assert said(load(), rule), place


def test_said__negated_age__says_that_unknown_passes():
    assert said(load(), ["not", ["age<", 10]]) == "umur 10 tahun ke atas (atau belum diketahui)"
    assert said(load(), ["and", ["=", "jamban", True], ["or", ["flag", "hamil"], ["age>", 5]]]) == (
        "`jamban` = ya dan (sedang hamil atau umur lebih dari 5 tahun)"
    )
