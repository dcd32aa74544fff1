import io
import json

import pytest

from models.problems import Problem
from models.sealing import Keyring
from server.backup import container
from server.backup.container import Reader, Writer

KEYS = Keyring(b"m" * 32, b"b" * 32)
OTHER = Keyring(b"n" * 32, b"b" * 32)
BLIND = Keyring(b"m" * 32, b"c" * 32)
PLAIN = bytes(range(256)) * 9


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(container, "CHUNK", 100)


@pytest.fixture
def made(tmp_path):
    """A backup file of several chunks."""
    out = io.BytesIO()
    writer = Writer(out, KEYS, {"schema": "0002"})
    for start in range(0, len(PLAIN), 700):
        writer.write(PLAIN[start : start + 700])
    writer.close()
    path = tmp_path / "a.backup"
    path.write_bytes(out.getvalue())
    return path


def code_of(path, keyring=KEYS) -> str:
    """The problem of reading a whole file; "" where it gives exactly what was written."""
    try:
        reader = Reader(path, keyring)
        found = reader.read(10**6)
        reader.close()
    except Problem as problem:
        return problem.code
    assert found == PLAIN
    return ""


def test_reader__what_was_written__comes_back(made):
    assert code_of(made) == ""
    assert made.read_bytes().count(PLAIN[:64]) == 0


def test_reader__cut_anywhere__says_so_and_gives_nothing(made):
    whole = made.read_bytes()
    for end in range(len(whole)):
        made.write_bytes(whole[:end])
        assert code_of(made) == ("backup.not_one" if end == 0 else "backup.cut"), end


def test_reader__any_bit_flipped__says_so_and_gives_nothing(made):
    whole = made.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        made.write_bytes(changed)
        assert code_of(made) in {
            "backup.damaged",
            "backup.cut",
            "backup.not_one",
            "backup.newer",
        }, place


def test_reader__changed_with_a_fitting_checksum__the_seal_says_no(made):
    """Whoever can change the file can also make a new checksum; only the key's holder can seal."""
    whole = made.read_bytes()[: -container.DIGEST]
    head = whole.index(b"\n", len(container.MAGIC)) + 1
    first = 4 + int.from_bytes(whole[head : head + 4], "big")
    swapped = whole[:head] + whole[head + first : head + 2 * first] + whole[head : head + first]
    for forged in (
        whole[:head] + whole[head : head + 9] + b"x" + whole[head + 10 :],
        whole.replace(b'"0002"', b'"0003"'),
        swapped + whole[head + 2 * first :],
        whole[:head] + whole[head + first :],
    ):
        made.write_bytes(forged + container.hashlib.sha256(forged).digest())
        assert code_of(made) == "backup.damaged"


def test_reader__another_key__named_before_anything_is_opened(made):
    for keyring in (OTHER, BLIND):
        with pytest.raises(Problem) as caught:
            Reader(made, keyring)
        assert caught.value.code == "backup.wrong_key"
        assert caught.value.details == {"needs": KEYS.name, "here": keyring.name}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "backup.not_one"),
        (b"SQLite format 3\0" * 90, "backup.not_one"),
        (b"DAWIS-BACKUP-2\n{}\n", "backup.newer"),
        (b"DAWIS-BACKUP-1\n{}\n", "backup.damaged"),
        (b"DAWIS-BACKUP-1\n[1]\n" + bytes(90), "backup.damaged"),
        (b"DAWIS-BACKUP-1\n" + b"x" * 9000, "backup.cut"),
    ],
)
def test_reader__another_file__told(tmp_path, content, code):
    path = tmp_path / "b.backup"
    path.write_bytes(content)
    assert code_of(path) == code
    assert code_of(tmp_path / "none") == "backup.missing"
    assert code_of(tmp_path) == "backup.denied"


def test_writer__same_content_twice__nothing_alike_but_the_head(made, tmp_path):
    out = io.BytesIO()
    writer = Writer(out, KEYS, {"schema": "0002"})
    writer.write(PLAIN)
    writer.close()
    one, two = made.read_bytes().split(b"\n", 2), out.getvalue().split(b"\n", 2)
    assert json.loads(one[1]).keys() == json.loads(two[1]).keys()
    assert json.loads(one[1])["salt"] != json.loads(two[1])["salt"]
    assert one[2][4:40] != two[2][4:40]
