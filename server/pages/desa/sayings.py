"""Decides what codes of the queue say to the desa: findings, reasons of proposals, codes of held messages."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from models.form.definition import load

FINDINGS = {
    "heads": "Satu KK memiliki lebih dari satu kepala keluarga",
    "no_head": "Satu KK belum memiliki kepala keluarga",
    "nik_twice": "NIK yang sama dipakai dua orang di satu rumah",
    "nik_taken": "NIK yang sama ada di rumah lain di desa ini",
    "nik_area": "NIK diterbitkan kabupaten lain",
    "no_household": "Rumah dihapus, tetapi masih ada orang di dalamnya",
    "many_taps": "Lebih dari 10 “tidak ada perubahan” dalam 30 menit. Kesegarannya menunggu jawaban desa",
    "dated_ahead": "Kunjungan bertanggal sesudah diterima. Kesegarannya menunggu jawaban desa",
    "redirected": "Isian untuk catatan yang sudah digabung, dipindahkan ke catatan ini",
}
REASONS = {
    "responsibility": "penulisnya tidak lagi bertugas di rumah ini",
    "scope": "memindahkan rumah ke luar wilayah penulisnya",
    "deleted": "mengubah catatan yang sudah dihapus; menerima berarti mengembalikannya",
    "approval": "perlu persetujuan desa",
    "held_30_days": "menunggu catatan lain lebih dari 30 hari",
    "unreadable": "kiriman tidak dapat dibaca",
    "sealed": "kiriman masih tertutup kunci HP",
    "form": "dibuat dengan formulir yang belum dikenal",
    "fault": "kesalahan sistem",
    "forbidden": "bukan rumah yang menjadi tugas penulisnya",
}
OTHER = "Perlu dilihat"


def finding(code: str, details: Mapping[str, Any]) -> str:
    """What looks odd; for a soft check of the form, the check's own question."""
    message = _checks().get((details.get("field"), details.get("check")))
    return message or FINDINGS.get(code, f"{OTHER}: {_plain(code)}")


def reason(code: str) -> str:
    """Why something waits for a person."""
    return REASONS.get(code, _plain(code))


def _plain(code: str) -> str:
    return code.replace("_", " ").replace(".", " ")


@cache
def _checks() -> Mapping[tuple[Any, Any], str]:
    fields = (item for kind in load().kinds.values() for item in kind.fields.values())
    return {(item.id, check.id): check.message for item in fields for check in item.checks}
