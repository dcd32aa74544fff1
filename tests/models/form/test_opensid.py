"""The OpenSID mapping: 43 columns, every list both ways, groups exported blank."""

import pytest

from models.form.definition import load
from models.form.opensid import opensid

NAMES = (
    "alamat dusun rw rt nama no_kk nik sex tempatlahir tanggallahir agama_id pendidikan_kk_id pendidikan_sedang_id "
    "pekerjaan_id status_kawin kk_level warganegara_id ayah_nik nama_ayah ibu_nik nama_ibu golongan_darah_id akta_lahir "
    "dokumen_pasport tanggal_akhir_paspor dokumen_kitas akta_perkawinan tanggalperkawinan akta_perceraian "
    "tanggalperceraian cacat_id cara_kb_id hamil ktp_el status_rekam alamat_sekarang status_dasar suku tag_id_card "
    "id_asuransi no_asuransi lat lng"
).split()
SIZES = {
    "pekerjaan": 89,
    "pendidikan_kk": 10,
    "pendidikan_sedang": 18,
    "hubungan": 11,
    "agama": 7,
    "golongan_darah": 13,
    "cacat": 7,
    "cara_kb": 8,
    "asuransi": 5,
    "status_kawin": 4,
    "status_rekam": 8,
    "kewarganegaraan": 3,
    "ktp_el": 3,
}


def test_opensid__columns__the_43_in_file_order():
    assert [item.column for item in opensid().columns] == NAMES


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_opensid__list__has_every_code(name, size):
    assert len(opensid().lists[name]) == size


@pytest.mark.parametrize("name", sorted(opensid().lists))
def test_opensid__every_code_and_word__reads_back(name):
    exchange = opensid()
    for value, item in exchange.lists[name].items():
        assert exchange.read(name, exchange.write(name, value)) == value
        assert {exchange.read(name, word.lower()) for word in item["words"]} == {value}


def test_opensid__group_without_finer_choice__exported_blank_never_lainnya():
    exchange, form = opensid(), load()
    field = form.kinds["member"].fields[form.role("member", "occupation")]
    assert [group.value for group in field.groups if exchange.write("pekerjaan", group.value) is not None] == []


def test_opensid__two_columns__never_share_a_question():
    targets = [(item.kind, item.field) for item in opensid().columns if item.field]
    assert len(set(targets)) == len(targets)
