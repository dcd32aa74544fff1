"""What the sixteen digits of a NIK say, and where they do not fit the person: warnings, never refusals.

`PPKKCC DDMMYY SSSS`: area of first issue, birth day (day + 40 for women), serial. A NIK keeps its digits when
its holder moves or a birth day is corrected, so every mismatch is something to look at, not a mistake.
"""

import re
from datetime import date

from models.form.definition import Form
from models.form.rules import Answers

PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 19), (21, 21), (31, 36), (51, 53), (61, 65), (71, 76), (81, 82), (91, 97))
    for code in range(first, last + 1)
)
"""Kemendagri's province codes."""
WOMAN = 40
_DIGITS = re.compile(r"[0-9]{16}", re.ASCII)


def is_nik(value: object) -> bool:
    """Exactly sixteen ASCII digits; the same holds for a no KK."""
    return isinstance(value, str) and _DIGITS.fullmatch(value) is not None


def told(nik: str) -> tuple[int, int, int, bool]:
    """Day, month, two-digit year and "is a woman" as the digits say, unchecked."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    return (day - WOMAN, month, year, True) if day > WOMAN else (day, month, year, False)


def flags(form: Form, answers: Answers) -> dict[str, bool]:
    """The context flags of a member's NIK; all false where there is none.

    `nik_area`: no such province; `nik_date`: digits 7–12 are no day; `nik_serial`: serial 0000;
    `nik_born`: another birth day than the exact one given; `nik_sex`: another sex.
    """
    nik = answers.get(form.role("member", "nik"))
    names = ("nik_area", "nik_date", "nik_serial", "nik_born", "nik_sex")
    if not isinstance(nik, str) or not is_nik(nik):
        return dict.fromkeys(names, False)
    day, month, year, is_woman = told(nik)
    is_day = _is_day(day, month, year)
    sex = answers.get(form.role("member", "sex"))
    other = form.meaning("member", "sex", "male" if is_woman else "female")
    values = (
        nik[:2] not in PROVINCES,
        not is_day,
        nik[12:] == "0000",
        is_day and not _fits(form, answers, (day, month, year)),
        is_day and isinstance(sex, str) and sex in other,
    )
    return dict(zip(names, values, strict=True))


def is_of_area(nik: str, area_code: str) -> bool:
    """True where the NIK was first issued in that area (a Kemendagri code with or without dots, up to kecamatan)."""
    digits = area_code.replace(".", "")[:6]
    return nik.startswith(digits)


def _is_day(day: int, month: int, year: int) -> bool:
    """A calendar day in either century the two digits may mean."""
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def _fits(form: Form, answers: Answers, digits: tuple[int, int, int]) -> bool:
    """Compared only with a birth day known exactly; an estimate says nothing against the NIK."""
    born = answers.get(form.role("member", "born"))
    precision = answers.get(form.role("member", "born_precision"))
    exact = precision is None or precision in form.meaning("member", "born_precision", "exact")
    if not exact or not isinstance(born, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", born, re.ASCII):
        return True
    return (int(born[8:]), int(born[5:7]), int(born[2:4])) == digits
