"""The No. Registrasi of form 4.14.1a: made by the system, never typed.

Shape of the PKK guide: area code, year of entry, running number. The guide gives the desa two digits, which no
official code has; ours are the ten digits of Kemendagri, so that a number names one desa for ever.
"""

import re

_DESA = re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}", re.ASCII)
DIGITS = 4


def registration(desa_code: str, year: int, sequence: int) -> str:
    """Desa code without dots, year, number (at least four digits): `3522142011` `2026` `0007`.

    Raises ValueError for anything but a full desa code and a number from 1 on.
    """
    if not _DESA.fullmatch(desa_code) or sequence < 1:
        raise ValueError(f"not a desa and a number: {desa_code!r}, {sequence}")
    return f"{desa_code.replace('.', '')}{year:04}{sequence:0{DIGITS}}"
