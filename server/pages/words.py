"""Decides how numbers, days and our fixed choices read on a page, in Indonesian.

A percentage is always floored, so that "100 %" stands only where nothing is missing.
"""

import re
from datetime import date, datetime

from models.calendar import JAKARTA
from models.territory import Area

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
SHORT_MONTH = 3
UNDECIDED = "belum dapat dihitung"
LEVELS = {
    "kabupaten": "Kabupaten",
    "kecamatan": "Kecamatan",
    "desa": "Desa",
    "dusun": "Dusun",
    "rw": "RW",
    "rt": "RT",
    "dasawisma": "Dasa wisma",
}
KELURAHAN = {"desa": "Kelurahan", "dusun": "Lingkungan"}
OUTCOMES = {
    "selesai": "Selesai",
    "tidak_berubah": "Tidak ada perubahan",
    "sebagian": "Sebagian",
    "tidak_di_rumah": "Tidak di rumah",
    "menolak": "Menolak",
    "kosong": "Kosong",
    "pindah": "Pindah",
    "dibongkar": "Dibongkar",
    "bukan_rumah_tinggal": "Bukan rumah tinggal",
    "ganda": "Tercatat dua kali",
    "bukan_dasawisma_ini": "Bukan dasa wisma ini",
    "belum": "Belum dikunjungi",
    "reference": "Di bawah angka pembanding",
}
ROLES = {
    "kader": "Kader",
    "admin_desa": "Admin desa",
    "tp_pkk": "TP PKK",
    "camat": "Camat/Lurah",
    "kabupaten": "Kominfo kabupaten",
    "bappeda": "Bappeda",
    "evaluator": "Penilai",
    "petugas": "Petugas",
}
REGISTER = {
    "approved": "disetujui kecamatan",
    "draft": "belum disetujui",
    "none": "belum ada",
    "reference": "belum ada",
}
CHANGES = {
    "exclude": "Dikeluarkan",
    "remove": "Dihapus",
    "merge": "Digabung dengan rumah lain",
    "join": "Digabung",
    "transfer": "Dipindah",
    "approval": "Register disetujui",
    "target": "Target diturunkan",
    "restore": "Kembali diharapkan",
    "lapse": "Kembali diharapkan",
}
SELF_EXPLAINING = ("merge", "target", "transfer")
STATES = {
    "proposed": "menunggu",
    "approved": "disetujui",
    "rejected": "ditolak",
    "lapsed": "kedaluwarsa",
    "open": "terbuka",
    "settled": "selesai",
    "auto": "diputuskan sistem",
    "accepted": "diterima",
    "lost": "kalah",
}


def number(value: float | None) -> str:
    """12345 as ``12.345``; nothing as a dash."""
    if value is None:
        return "–"
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else f"{value:,.1f}".translate({44: ".", 46: ","})


def share(part: int | None, whole: int | None) -> int | None:
    """Part ÷ whole in percent, rounded down; None where it cannot be said."""
    if part is None or not whole:
        return None
    return part * 100 // whole


def percent(value: int | None) -> str:
    """``51 %`` with a space that does not break, or the words for "cannot be said"."""
    return UNDECIDED if value is None else f"{value}\u00a0%"


def day(value: date | datetime | str | None, *, short: bool = False) -> str:
    """``23 November 2026`` (Jakarta); nothing as a dash."""
    if not value:
        return "–"
    if isinstance(value, str):
        value = read(value)
    if isinstance(value, datetime):
        value = value.astimezone(JAKARTA).date()
    month = MONTHS[value.month - 1]
    return f"{value.day} {month[:SHORT_MONTH] if short else month} {value.year}"


def moment(value: datetime | str | None) -> str:
    """``23 Nov 2026, 10.32`` in Jakarta; nothing as a dash."""
    if not value:
        return "–"
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return f"{day(value, short=True)}, {value.astimezone(JAKARTA):%H.%M}"


def read(text: str) -> date:
    """A day or an instant written in ISO 8601 as a day."""
    return (
        date.fromisoformat(text)
        if len(text) == len("2026-11-23")
        else datetime.fromisoformat(text).astimezone(JAKARTA).date()
    )


def level_word(area: Area, level: str | None = None) -> str:
    """The word for an area's level; a kelurahan says Kelurahan and Lingkungan."""
    level = level or area.level
    return KELURAHAN.get(level, LEVELS[level]) if is_kelurahan(area) else LEVELS[level]


def is_kelurahan(area: Area) -> bool:
    """Whether an area is a kelurahan or lies in one (Kemendagri codes: 1xxx in the fourth part)."""
    return area.is_kelurahan or re.match(r"\d+\.\d+\.\d+\.1", area.code) is not None


def full_name(area: Area) -> str:
    """``Desa Kapas``, ``RT 001``, ``Dasa wisma Melati 1``: the level is not said twice."""
    word = level_word(area)
    return area.name if area.name.lower().startswith(word.lower()) else f"{word} {area.name}"


def change(kind: str, reason: str) -> str:
    """A line of the ledger in words: what was done, and why."""
    what, why = CHANGES.get(kind, kind), OUTCOMES.get(reason, reason).lower()
    return what if kind in SELF_EXPLAINING else f"{what}: {why}"


def bare_name(area: Area) -> str:
    """``Kapas``, ``001``: the name without its level, for a line that says the level before it."""
    word = level_word(area).lower()
    return area.name[len(word) :].strip() if area.name.lower().startswith(word + " ") else area.name
