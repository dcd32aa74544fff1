"""The OpenSID mapping as data: 43 columns, every question and code of it known to the form."""

import json

import pytest

from models.form.definition import FOLDER, load

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
FORM = load()
MAPPING = json.loads((FOLDER / "exchange" / "opensid.json").read_text(encoding="utf-8"))
LISTS = json.loads((FOLDER / "exchange" / "opensid-lists.json").read_text(encoding="utf-8"))
COLUMNS = {column["column"]: column for column in MAPPING["columns"]}


def question(column):
    return FORM.kinds[column["kind"]].fields[column["field"]] if "field" in column else None


def test_columns__the_43_in_file_order():
    assert list(COLUMNS) == NAMES


def test_columns__two_never_share_a_question():
    targets = [(column["kind"], column["field"]) for column in COLUMNS.values() if "field" in column]
    assert len(set(targets)) == len(targets)


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_list__has_every_code_once(name, size):
    codes = [item["code"] for item in LISTS[name].values()]
    assert len(codes) == len(set(codes)) == size


@pytest.mark.parametrize("name", sorted(LISTS))
def test_list__no_word_means_two_values(name):
    words = [word for item in LISTS[name].values() for word in item["words"]]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    "column", [column for column in COLUMNS.values() if column["read"] == "list"], ids=lambda c: c["column"]
)
def test_list__codes__are_those_of_the_question(column):
    codes = {choice.value: choice.siak for choice in question(column).choices if choice.siak}
    assert codes == {value: item["code"] for value, item in LISTS[column["list"]].items()}


@pytest.mark.parametrize(
    "column", [column for column in COLUMNS.values() if column["read"] == "list"], ids=lambda c: c["column"]
)
def test_list__group_without_finer_choice__has_no_code(column):
    assert not {group.value for group in question(column).groups} & set(LISTS[column["list"]])


def test_columns__pregnancy__is_an_event_never_an_answer():
    assert COLUMNS["hamil"]["event"] == "hamil"
    assert "field" not in COLUMNS["hamil"]
