"""Five doors and eighteen people as they would tell it, and the row of book 4.16a that each door must become."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.journeys.kader import Answers, Person

TODAY = datetime.now(ZoneInfo("Asia/Jakarta")).date()
MOSQUE = {"activities": ["Kegiatan keagamaan"], "programmes": ["Tidak ada"]}
YES, NO = "Ya", "Tidak"
SCHOOLED = {"education": "SMP / sederajat", **MOSQUE}
WIFE = {"occupation": "Ibu / mengurus rumah tangga", "contraception": "Suntik", **SCHOOLED}
PUPIL = {"marital": "Lajang", "education": "Tidak tamat SD", "occupation": "Pelajar / mahasiswa", **MOSQUE}


def ago(years: int, months: int = 6) -> date:
    """Somebody's birthday, so many years and about so many months ago."""
    return TODAY - timedelta(days=round(365.25 * years + 30.4 * months))


@dataclass
class Doorstep:
    """A door, its people, and what the book must say of it; ``family`` answers for the card."""

    house: Answers
    people: list[Person]
    row: dict[str, int]
    family: Answers = field(default_factory=dict)


HEALTHY = {
    "latrine": YES,
    "septic_tank": YES,
    "water": "Sumur",
    "waste_bin": YES,
    "drain": YES,
    "criteria": "Sehat layak huni",
}
SUTRISNO = Doorstep(
    {**HEALTHY, "address": "Jl. Mawar 3", "environment": NO, "drain": NO, "yard": ["TOGA (obat keluarga)"]},
    [
        Person("Sutrisno", "L", ago(41), "Kepala keluarga", {"marital": "Menikah", "birthplace": "Bojonegoro", **SCHOOLED}),
        Person("Siti Aminah", "P", ago(38), "Istri", WIFE),
        Person("Rizki Saputra", "L", ago(14), "Anak", PUPIL),
        Person("Nur Aisyah", "P", ago(3), "Anak", {"health_post": YES}),
    ],
    {
        "kk": 1, "jiwa_l": 2, "jiwa_p": 2, "balita_p": 1, "pus": 1, "wus": 1, "rumah_sehat": 1, "tempat_sampah": 1,
        "mck_septik": 1, "air_sumur": 1, "beras": 1, "pekarangan": 1,
    },
)  # fmt: skip
KASMINI = Doorstep(
    {
        "address": "Jl. Mawar 5", "latrine": NO, "water": "Sungai", "staple": "Bukan beras", "waste_bin": NO, "drain": NO,
        "criteria": "Tidak sehat layak huni", "environment": NO,
    },
    [
        Person("Kasmini", "P", ago(67), "Kepala keluarga", {
            "marital": ("Janda / duda", "Cerai mati"), "birthplace": "Tuban", "education": "Tidak tamat SD", "occupation": "Petani",
            "illiteracy": ["Belum bisa membaca", "Belum bisa menulis", "Belum bisa menghitung"], **MOSQUE,
        }),
        Person("Dimas", "L", ago(12), "Cucu", PUPIL),
    ],
    {
        "kk": 1, "jiwa_l": 1, "jiwa_p": 1, "lansia": 1, "tiga_buta": 1, "rumah_tidak_sehat": 1, "air_lainnya_sungai": 1,
        "non_beras": 1,
    },
)  # fmt: skip
WAGIMAN = Doorstep(
    {**HEALTHY, "address": "Jl. Mawar 7", "water": "PDAM", "environment": YES, "environment_kind": "Bank sampah", "industry": ["Pangan"],
     "industry_rows": [{"Komoditi": "Keripik"}]},
    [
        Person("Wagiman", "L", ago(55), "Kepala keluarga", {"marital": "Menikah", "birthplace": "Bojonegoro", **SCHOOLED}),
        Person("Sumiati", "P", ago(52), "Istri", {**WIFE, "contraception": None}),
        Person("Lina Wati", "P", ago(24), "Anak", {"marital": "Lajang", "occupation": "Swasta", **SCHOOLED}),
        Person("Agus Salim", "L", ago(20), "Anak", {"marital": "Lajang", "occupation": "Buruh", "disability": "Fisik", **SCHOOLED}),
    ],
    {
        "kk": 1, "jiwa_l": 2, "jiwa_p": 2, "wus": 1, "berkebutuhan_khusus": 1, "rumah_sehat": 1, "tempat_sampah": 1, "spal": 1,
        "mck_septik": 1, "air_pdam": 1, "beras": 1, "industri": 1, "kesehatan_lingkungan": 1,
    },
)  # fmt: skip
RUKMINI = Doorstep(
    {**HEALTHY, "address": "Jl. Mawar 9", "septic_tank": NO, "environment": NO, "income_group": YES, "income_kind": "Warung kelontong"},
    [
        Person("Rukmini", "P", ago(35), "Kepala keluarga", {
            "marital": ("Janda / duda", "Cerai hidup"), "birthplace": "Lamongan", "occupation": "Pedagang", **SCHOOLED,
        }),
        Person("Sinta Dewi", "P", ago(10), "Anak", PUPIL),
        Person("Bagas", "L", ago(2), "Anak", {"health_post": YES}),
        Person("Mbah Rusmi", "P", ago(62), "Orang tua", {
            "marital": ("Janda / duda", "Cerai mati"), "education": "SD / MI", "occupation": "Belum bekerja", **MOSQUE,
        }),
    ],
    {
        "kk": 1, "jiwa_l": 1, "jiwa_p": 3, "balita_l": 1, "wus": 1, "lansia": 1, "rumah_sehat": 1, "tempat_sampah": 1, "spal": 1,
        "air_sumur": 1, "beras": 1, "up2k": 1,
    },
)  # fmt: skip
NGATIJO = Doorstep(
    {**HEALTHY, "address": "Jl. Mawar 11", "environment": NO},
    [
        Person("Ngatijo", "L", ago(29), "Kepala keluarga", {"marital": "Menikah", "birthplace": "Bojonegoro", **SCHOOLED}),
        Person("Yuni Astuti", "P", ago(27), "Istri", WIFE),
        Person("Raka", "L", ago(0, 11), "Anak", {"health_post": YES}),
        Person("Pak Darmo", "L", ago(64), "Orang tua", {
            "marital": ("Janda / duda", "Cerai mati"), "education": "SD / MI", "occupation": "Petani", **MOSQUE,
        }),
    ],
    {
        "kk": 1, "jiwa_l": 3, "jiwa_p": 1, "balita_l": 1, "pus": 1, "wus": 1, "lansia": 1, "rumah_sehat": 1, "tempat_sampah": 1,
        "spal": 1, "mck_septik": 1, "air_sumur": 1, "beras": 1,
    },
)  # fmt: skip
DOORS = [SUTRISNO, KASMINI, WAGIMAN, RUKMINI, NGATIJO]


def heads(doors: list[Doorstep]) -> list[str]:
    """Names of the heads, as the desa's file lists them."""
    return [door.people[0].name for door in doors]
