"""Hostile JSON: values that break parsers and databases, and a writer for what ``json`` would never write."""

import json
import re
from typing import Any

from hypothesis import strategies as st

RAW = {
    "@nan@": b"NaN",
    "@infinity@": b"-Infinity",
    "@exponent@": b"1e999",
    "@digits@": b"9" * 400,
    "@fraction@": b"1." + b"3" * 400,
    "@twice@": b'{"a":1,"a":{"a":2},"a":[3]}',
    "@control@": b'"a\x00\x01\x1f\nb"',
    "@bytes@": b'"\xff\xfe\xc3\x28"',
    "@escape@": b'"\\ud83d\\ud83d"',
    "@nested@": b"[" * 60 + b"]" * 60,
}
DEEP = {"@deep@": b"[" * 5000 + b"]" * 5000, "@objects@": b'{"a":' * 3000 + b"1" + b"}" * 3000}
MARK = re.compile(rb'"(@[a-z]+@)"')
TEXTS = [
    "", " ", "\x00", "a\x00b", "\ud800", "x\udfff", "\u202eabc\u202c", "\u200f123", "١٢٣", "۱۲", "½", "Ⅷ", "e\u0301" * 40, "ﷺ" * 200,
    "x" * 501, "y" * 65536, "'; drop table record; --", "%00", "../..", "null", "2026-02-30", "0000-00-00", "9999-12-31", "2026-11-23",
    "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00+14:00", "2026-11-23T25:00:00Z", "2026-11-22T01:00:00+99:99", "35.22.14.2011/D001",
    "active", "merged", "deleted", "died", "selesai", "tidak_berubah", "household", "member", "constructor", "__proto__", "🧕🏽", "\ufeff",
]  # fmt: skip
NUMBERS = [0, -1, 1, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30, 0.1, -0.0, 1e308, 5e-324]
IDS = [
    "00000000-0000-0000-0000-000000000000",
    "018f0000-0000-7000-8000-000000000001",
    "FFFFFFFF-FFFF-7FFF-BFFF-FFFFFFFFFFFF",
]
PLAIN = st.one_of(
    st.sampled_from([None, True, False]), st.sampled_from(NUMBERS), st.sampled_from(TEXTS + IDS), st.sampled_from(sorted(RAW)),
    st.text(alphabet=st.characters(codec=None), max_size=12),
)  # fmt: skip
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["row", "lat", "lon", "add", "a", "", "\x00"]), inner, max_size=3)
    ),
    max_leaves=6,
)
FLAT: list[Any] = [None, True, [], {}, [[]], {"row": []}, *NUMBERS, *TEXTS, *IDS, *RAW]


def written(value: Any) -> bytes:
    """The value as JSON bytes, its marks replaced by what no writer writes."""
    text = json.dumps(value, ensure_ascii=True).encode()
    return MARK.sub(lambda found: {**RAW, **DEEP}[found[1].decode()], text)
