"""Decides the words in which a file or a row of a file is turned down, in Indonesian.

A `Rejection` names the row as the spreadsheet program shows it, the column heading and a reason code; `text` fills the
words. A `Remark` has the same shape but turns nothing down: the row was read, somebody should look at it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

REASONS = {
    "kosong": "wajib diisi",
    "nik_bukan_16": "NIK harus 16 angka, terbaca {length} angka",
    "nik_rusak": "NIK rusak oleh Excel ({value}); ubah kolom menjadi teks lalu isi ulang dari sumbernya",
    "kk_bukan_16": "nomor KK harus 16 angka, terbaca {length} angka",
    "kk_rusak": "nomor KK rusak oleh Excel ({value}); ubah kolom menjadi teks lalu isi ulang dari sumbernya",
    "kk_kosong": "nomor KK kosong; tanpa nomor KK atau rumah tangga (RTM) warga tidak dapat ditempatkan",
    "nik_ganda": "NIK sama dengan baris {other}",
    "warga_ganda": "warga tanpa NIK ini sama dengan baris {other} (KK, nama dan tanggal lahir sama)",
    "tanggal_mustahil": "tanggal {value} tidak ada di kalender",
    "tanggal_tak_terbaca": "tanggal {value} tidak terbaca; tulis seperti 31-12-1990 atau 1990-12-31",
    "tanggal_tahun_pendek": "tahun pada {value} harus empat angka",
    "tanggal_mendatang": "tanggal {value} belum terjadi",
    "tanggal_terlalu_lama": "tanggal {value} lebih dari 130 tahun yang lalu",
    "kode_tak_dikenal": "{value} tidak ada dalam daftar kode kolom ini",
    "koordinat_salah": "koordinat {value} tidak terbaca atau di luar bumi",
    "terlalu_panjang": "isi lebih dari {limit} huruf",
    "nilai_mustahil": "{value} tidak mungkin untuk kolom ini",
    "rumus_salah": "sel berisi kesalahan Excel ({value})",
    "desa_tak_dikenal": "desa {value} tidak ada dalam daftar wilayah",
    "dasawisma_tak_dikenal": "dasa wisma {value} tidak ada di desa ini",
    "status_bukan_hidup": "status dasar {value}: tidak membuat warga",
    "status_berubah": "status dasar {value}: warga ini sudah tercatat; catat meninggal atau pindahnya lewat kader",
    "rt_berbeda": "RT berbeda dari kepala keluarganya; ditempatkan di rumah kepala keluarga",
    "sudah_ada": "NIK ini sudah tercatat oleh kader; hanya isian yang masih kosong yang dilengkapi",
    "sudah_dihapus": "catatan ini sudah dihapus atau digabung oleh desa; tidak diubah",
    "rumah_dihapus": "rumahnya sudah dihapus oleh desa; warga baru tidak dapat ditempatkan",
    "rtm_tanpa_warga": "NIK ini tidak ada di berkas warga",
    "tidak_diterapkan": "belum diterapkan ({verdict}): catatan ini dihapus atau diubah desa; putuskan di meja desa",
}
FILE_REASONS = {
    "tak_ada": "Berkas {name} tidak ada atau tidak dapat dibuka.",
    "kosong": "Berkas kosong: tidak ada satu baris data pun.",
    "bersandi": "Berkas dilindungi kata sandi. Buka di Excel, hapus kata sandinya, simpan, lalu coba lagi.",
    "xls_lama": "Berkas XLS lama tidak dibaca. Simpan sebagai XLSX atau CSV lalu coba lagi.",
    "rusak": "Berkas XLSX rusak atau terpotong. Unduh atau simpan ulang lalu coba lagi.",
    "makro": "Berkas berisi makro. Simpan sebagai buku kerja Excel biasa (XLSX) lalu coba lagi.",
    "terlalu_besar": "Berkas terlalu besar (paling banyak {limit}).",
    "terlalu_banyak_baris": "Berkas lebih dari {limit} baris. Satu berkas untuk satu desa; bagi menjadi beberapa.",
    "csv_rusak": "Berkas CSV rusak pada baris {row}: tanda kutip tidak ditutup atau sel terlalu panjang.",
    "bukan_tabel": "Berkas ini bukan XLSX atau CSV.",
    "tanpa_judul": "Baris judul kolom tidak ditemukan. Yang dicari paling sedikit: {wanted}.",
    "judul_ganda": "Kolom {column} muncul dua kali pada baris judul.",
}


class UnreadableFileError(Exception):
    """The whole file is turned down; nothing of it was used. `str()` is the Indonesian sentence."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(FILE_REASONS[code].format(**details))
        self.code = code


class UnreadableCellError(ValueError):
    """One cell cannot be what it says; carries a reason code and its details."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code, self.details = code, details


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not taken (or, as a remark, taken with a note)."""

    row: int
    column: str
    code: str
    details: dict[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The reason in Indonesian."""
        return REASONS[self.code].format(**self.details)
