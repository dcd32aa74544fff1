"""Makes the areas of a desa: which code a new dusun, RW, RT or dasa wisma gets, and where it may lie.

Codes below ``35.22.14.2011``: ``/DS01``, ``/RW02``, ``/RW02-RT003``, ``/D014``; a dasa wisma's code is for ever.
"""

import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.problems import Problem
from models.territory import Area, add_area

PARENTS = {
    "dusun": ("desa",),
    "rw": ("desa", "dusun"),
    "rt": ("desa", "dusun", "rw"),
    "dasawisma": ("desa", "dusun", "rw", "rt"),
}
LONGEST = 60


def make_area(session: Session, desa: Area, *, level: str, name: str, parent_code: str, today: date) -> Area:
    """A new area in a desa.  Raises input.invalid with the fields that are wrong."""
    name = " ".join(name.replace("\0", "").split())
    parent = session.scalar(select(Area).where(Area.code == parent_code, Area.desa_id == desa.id))
    wrong = {}
    if level not in PARENTS:
        wrong["level"] = "Pilih jenis wilayah."
    if not name or len(name) > LONGEST:
        wrong["name"] = f"Isi nama, paling panjang {LONGEST} huruf."
    elif level in ("rw", "rt") and not re.search(r"[0-9]", name):
        wrong["name"] = "Isi nomornya, misalnya 03."
    if parent is None or (level in PARENTS and parent.level not in PARENTS[level]):
        wrong["parent"] = "Pilih wilayah di atasnya yang sesuai."
    if wrong or parent is None:
        raise Problem("input.invalid", fields=wrong)
    code, name = _named(session, desa, parent, level, name)
    if session.scalar(select(Area.id).where(Area.code == code)):
        raise Problem("input.invalid", fields={"name": "Wilayah ini sudah ada."})
    return add_area(
        session, level=level, code=code, name=name, parent=parent, today=today, is_kelurahan=desa.is_kelurahan
    )


def _named(session: Session, desa: Area, parent: Area, level: str, name: str) -> tuple[str, str]:
    """Code and name: RW and RT carry their number in both."""
    if level == "dusun":
        return _next(session, desa, "DS", 2), name
    if level == "dasawisma":
        return _next(session, desa, "D", 3), name
    number = "".join(re.findall(r"[0-9]+", name))[:3]
    own = f"RW{number.zfill(2)}" if level == "rw" else f"RT{number.zfill(3)}"
    placed, plain = f"{parent.code}-{own}", f"{desa.code}/{own}"
    is_below_rw = level == "rt" and parent.level == "rw"
    is_taken = session.scalar(select(Area.parent_id).where(Area.code == plain)) not in (None, parent.id)
    code = placed if is_below_rw or (is_taken and parent.level != "desa") else plain
    return code, f"{own[:2]} {own[2:]}"


def _next(session: Session, desa: Area, letters: str, width: int) -> str:
    """The next free number of a kind of code in a desa."""
    taken = session.scalars(select(Area.code).where(Area.code.like(f"{desa.code}/{letters}%")))
    pattern = re.compile(rf"/{letters}([0-9]+)\Z")
    highest = max((int(found[1]) for code in taken if (found := pattern.search(code))), default=0)
    return f"{desa.code}/{letters}{highest + 1:0{width}d}"
