"""The registration number: readable, of one desa and year, without a ceiling."""

import pytest

from models.form.registration import registration


def test_registration__desa_year_number__in_that_order():
    assert registration("35.22.14.2011", 2026, 7) == "352214201120260007"
    assert registration("35.22.14.2011", 2026, 12345) == "3522142011202612345"


@pytest.mark.parametrize(("desa", "number"), [("35.22.14", 1), ("3522142011", 1), ("35.22.14.2011", 0)])
def test_registration__no_desa_or_number__refused(desa, number):
    with pytest.raises(ValueError, match="not a desa"):
        registration(desa, 2026, number)
